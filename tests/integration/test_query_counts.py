"""A list costs the same number of statements whether it shows one row or thirty: never one a row."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from repositories.unit_of_work import Database
from repositories.users import UserFilter
from server.security.cipher import AesContentCipher
from services.errors import NotFound
from services.people import People
from services.principal import DOCTOR, PATIENT, Principal
from services.resume import Position, Update
from services.sessions import Sessions
from tests.support.fakes import RecordingPublisher
from tests.support.house import Everybody, House, Pair
from tests.support.people import Desk
from tests.support.postgres import ScratchDatabase

Call = Callable[["Counted"], Awaitable[object]]


class Counted:
    """A doctor with `patients` conversations of three messages each, on a database that notes every statement."""

    def __init__(self, database: Database, cipher: AesContentCipher, owner_url: str, statements: list[str]) -> None:
        self.house = House(database, cipher, owner_url)
        self.database = database
        self.statements = statements
        self.pairs: list[Pair] = []

    async def fill(self, patients: int) -> None:
        doctor = await self.house.person(DOCTOR)
        for _ in range(patients):
            patient = await self.house.person(PATIENT)
            async with self.database.transaction() as repositories:
                await repositories.seeding.links([(patient.user_id, doctor.user_id)])
            opened = await self.house.conversations.open(patient, participant_id=doctor.user_id)
            self.pairs.append(Pair(patient, doctor, opened.view.row.id))
            await self.house.say(patient, self.pairs[-1], "a", "b", "c")

    @property
    def doctor(self) -> Principal:
        return self.pairs[0].second

    async def cost(self, call: Call) -> list[str]:
        self.statements.clear()
        await call(self)
        return list(self.statements)


@pytest.fixture
async def counted(clean_database: ScratchDatabase, cipher: AesContentCipher) -> AsyncIterator[Counted]:
    statements: list[str] = []
    database = Database(
        url=clean_database.server_url, pool_size=3, patience=2.5, observe=lambda name, _: statements.append(name)
    )
    await database.open()
    yield Counted(database, cipher, clean_database.owner_url, statements)
    await database.close()


async def conversations(counted: Counted) -> object:
    return await counted.house.conversations.page(
        counted.doctor, status=None, kind=None, q=None, sort="urgent", before=None, limit=50
    )


async def history(counted: Counted) -> object:
    return await counted.house.history.page(counted.doctor, conversation_id=counted.pairs[0].conversation_id, limit=50)


async def one_conversation(counted: Counted) -> object:
    return await counted.house.conversations.get(counted.doctor, conversation_id=counted.pairs[0].conversation_id)


async def sync(counted: Counted) -> object:
    named = counted.pairs[: len(counted.pairs) // 2 or 1]
    return await counted.house.resume.sync(
        counted.doctor, positions={pair.conversation_id: Position(1, 1) for pair in named}
    )


async def people(counted: Counted) -> object:
    found = People(unit_of_work=counted.database, online=Everybody(), kinds=frozenset({"care", "mentoring"}))
    return await found.partners(counted.doctor, q="patient", before=None, limit=50)


async def sessions(counted: Counted) -> object:
    mine = Sessions(unit_of_work=counted.database, publisher=RecordingPublisher())
    return await mine.page(counted.doctor, before=None, limit=50)


async def users(counted: Counted) -> object:
    async with counted.database.reading() as repositories:
        return await repositories.users.page(filters=UserFilter(), before=None, limit=50)


@pytest.mark.parametrize(
    ("call", "statements"),
    [
        (conversations, ["list_conversations"]),
        (history, ["find_membership", "list_messages_before"]),
        (one_conversation, ["find_conversation", "list_participants"]),
        (
            sync,
            [
                "list_memberships",
                "list_missed_changes",
                "list_missed_messages",
                "list_participants",
                "list_recent_conversations",
            ],
        ),
        (people, None),
        (sessions, None),
        (users, None),
    ],
)
async def test_a_list_is_one_query_however_long(counted: Counted, call: Call, statements: list[str] | None) -> None:
    await counted.fill(1)
    few = await counted.cost(call)
    counted.pairs.clear()
    await counted.fill(30)
    many = await counted.cost(call)
    assert many == few
    if statements is None:
        assert len(many) == 1
    else:
        assert many == statements


async def test_who_joins_at_the_same_time_shares_the_statements_and_learns_only_of_the_own_rooms(
    counted: Counted,
) -> None:
    await counted.fill(10)
    resume, pairs = counted.house.resume, counted.pairs
    stranger = await counted.house.person(PATIENT)

    async def join(who: Principal, conversation_id: int) -> object:
        await resume.require_membership(who, conversation_id=conversation_id)
        return await resume.join(who, conversation_id=conversation_id, after_seq=None, after_change=None)

    everybody = [(who, pair) for pair in pairs for who in (pair.first, pair.second)]
    counted.statements.clear()
    asked = [join(who, pair.conversation_id) for who, pair in everybody]
    refused = [join(stranger, pairs[0].conversation_id), join(pairs[1].first, pairs[0].conversation_id)]
    answers = await asyncio.gather(*asked, *refused, return_exceptions=True)
    assert counted.statements == ["list_places", "list_places", "list_participants"]
    assert [type(answer) for answer in answers[-2:]] == [NotFound, NotFound]
    for answer, (_, pair) in zip(answers, everybody, strict=False):
        assert isinstance(answer, Update)
        assert answer.conversation_id == pair.conversation_id
        people = [pair.first.user_id, pair.second.user_id]
        assert sorted(state.row.user_id for state in answer.participants) == sorted(people)


async def test_who_connects_at_the_same_time_shares_one_statement(counted: Counted) -> None:
    desk = Desk(counted.database)
    people = [await desk.person(PATIENT) for _ in range(10)]
    tokens = [await desk.token(person) for person in people]
    counted.statements.clear()
    arrivals = await asyncio.gather(*[desk.authentication.arrive(token) for token in tokens])
    assert counted.statements == ["list_bearers"]
    assert [arrival.principal.user_id for arrival in arrivals] == [person.id for person in people]
