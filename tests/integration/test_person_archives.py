"""Archives of everything about a person, on a real database and a real folder: what is in them, and who gets them."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from repositories.trail import Noted
from repositories.unit_of_work import Database
from server.cli.exports import _verifies
from server.files.folder_store import FolderStore
from server.person_data.build import PersonData, forgetting, make_person_data
from server.security.cipher import AesContentCipher
from services.errors import Conflict, NotFound
from services.events import ArchiveProgressed
from services.export_verify import verify
from services.key_rotation import KeyRotation
from services.person_archives import store_key
from services.ports import UnitOfWork
from services.principal import ADMIN, Principal
from services.questions import QuestionChanges
from services.retention import Retention, RetentionPolicy
from services.trail_ports import NULL_TRAIL
from tests.integration.test_attachments import chunked, put, send
from tests.support.files import ALWAYS, attachments_in
from tests.support.forgetful import LosesAnAnswer
from tests.support.forum import ForumHouse
from tests.support.house import House, Pair
from tests.support.postgres import ScratchDatabase, connected
from tests.support.specimens import pdf

DAYS = {"care": 2557, "contextual": 2557, "mentoring": 2557}


class Registry:
    """One's data on the database of a house; `folder` is the file store's."""

    def __init__(
        self,
        house: House,
        cipher: AesContentCipher,
        folder: Path,
        *,
        life_seconds: float = 3600,
        unit_of_work: UnitOfWork | None = None,
    ) -> None:
        self.house, self.folder, self.cipher = house, folder, cipher
        self.store = FolderStore(folder)
        self.uploads = attachments_in(folder.parent, database=house.database, cipher=cipher, store=self.store)
        self.data: PersonData = make_person_data(
            unit_of_work=unit_of_work or house.database,
            publisher=house.published,
            cipher=cipher,
            opener=house.opener,
            store=self.store,
            signing_seed=bytes(32),
            rechecks=ALWAYS,
            wake=lambda: None,
            life_seconds=life_seconds,
            days=DAYS,
        )

    async def made(self, who: Principal) -> bytes:
        archive_id = await self.data.archives.ask(who, about=who.user_id)
        assert await self.data.maker.make_next()
        stream = await self.data.archives.download(who, archive_id=archive_id)
        data = b"".join([chunk async for chunk in stream.chunks])
        assert len(data) == stream.size
        return data

    async def shred(self, pair: Pair) -> None:
        self.run(
            "UPDATE conversations SET created_at = now() - interval '9 years', last_message_at = now() - interval '9 years'"
            " WHERE id = %s",
            pair.conversation_id,
        )
        retention = Retention(
            unit_of_work=self.house.database,
            publisher=self.house.published,
            trail=NULL_TRAIL,
            policy=RetentionPolicy(archive_days=0, days=DAYS),
            forget=forgetting(self.house.database, self.house.published, self.store, self.data.maker),
        )
        assert pair.conversation_id in (await retention.run(dry=False)).shredded

    def run(self, sql: str, *parameters: Any) -> None:
        with connected(self.house.owner_url) as cursor:
            cursor.execute(sql, parameters)

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        with connected(self.house.owner_url) as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def session(self, user_id: int) -> str:
        session_id = str(uuid4())
        self.run(
            "INSERT INTO sessions (id, user_id, expires_at, address, device)"
            " VALUES (%s, %s, now() + interval '1 day', '192.0.2.7', 'phone')",
            session_id,
            user_id,
        )
        return session_id

    def everything(self) -> str:
        """All rows of all tables, as a dump would show them."""
        names = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return "".join(str(self.rows(f"SELECT string_agg(t::text, ' ') FROM {name} t")) for (name,) in names)  # noqa: S608  # names of our tables

    def kept(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]


@pytest.fixture
def registry(house: House, cipher: AesContentCipher, tmp_path: Path) -> Registry:
    return Registry(house, cipher, tmp_path / "files")


def opened(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


async def test_everything_about_a_patient_is_in_it(registry: Registry, tmp_path: Path) -> None:
    house = registry.house
    pair, shredded = await house.care_pair(), await house.care_pair()
    letter = await put(registry.uploads, pair.second, pair, name="lettre.pdf")
    await house.say(pair.first, pair, "Bonjour docteur")
    await house.messages.post(pair.second, send(pair, letter.id, content="Voici", type="file"))
    me = pair.first.user_id
    registry.session(me)
    registry.run("INSERT INTO notifications (user_id, kind, since) VALUES (%s, 'conversation_opened', now())", me)
    registry.run("INSERT INTO notification_preferences (user_id, push) VALUES (%s, false)", me)
    registry.run("INSERT INTO activity_days (user_id, day, sent) VALUES (%s, '2026-05-03', 7)", me)
    registry.run(
        "INSERT INTO questions (author_id, title, body, tags) VALUES (%s, 'Genou et sport ?', 'Bonjour', '{sport}')", me
    )
    noted = Noted(1.0, "login", me, "patient", None, None, None, None, "ok", None, "192.0.2.7", "phone", None, None, 1)
    opening = noted._replace(
        action="conversation.open", user_id=pair.second.user_id, conversation_id=pair.conversation_id
    )
    async with house.database.transaction() as repositories:
        await repositories.trail.note(uuid4(), [noted, opening, noted._replace(user_id=pair.second.user_id)])

    data = await registry.made(pair.first)
    file = tmp_path / "person.zip"
    file.write_bytes(data)
    assert verify(file, proof=None, verifies=_verifies).troubles == ()
    whole = opened(data)
    folder = f"conversations/{pair.conversation_id}"
    assert json.loads(whole["person.json"])["id"] == me
    assert [row["address"] for row in json.loads(whole["sessions.json"])] == ["192.0.2.7"]
    assert [row["kind"] for row in json.loads(whole["notifications.json"])] == ["conversation_opened"]
    assert [row["push"] for row in json.loads(whole["notification-preferences.json"])] == [False]
    assert json.loads(whole["activity.json"]) == [{"day": "2026-05-03", "sent": 7, "received": 0, "replies": None}]
    assert [row["title"] for row in json.loads(whole["forum-questions.json"])] == ["Genou et sport ?"]
    assert [row["patientId"] for row in json.loads(whole["care-links.json"])] == [me]
    assert [(row["action"], row["userId"]) for row in json.loads(whole["trail.json"])] == [("login", me)]
    assert [row["id"] for row in json.loads(whole["conversations.json"])] == [pair.conversation_id]
    assert [row["content"] for row in json.loads(whole[f"{folder}/conversation.json"])["messages"]] == [
        "Bonjour docteur",
        "Voici",
    ]
    assert whole[f"{folder}/attachments/{letter.id}-lettre.pdf"] == pdf()
    assert [row["userId"] for row in json.loads(whole[f"{folder}/accesses.json"])] == [pair.second.user_id]
    assert str(shredded.conversation_id) not in {name.split("/")[1] for name in whole if "/" in name}
    stored = b"".join(path.read_bytes() for path in registry.kept())
    assert b"Bonjour" not in stored


async def test_others_words_are_left_out_where_they_are_not_ones_own_to_take(registry: Registry) -> None:
    house = registry.house
    pair, left, over = await house.care_pair(), await house.mentoring_pair(), await house.care_pair()
    await house.say(pair.first, pair, "du patient")
    await house.say(pair.second, pair, "du médecin")
    await house.say(left.first, left, "de moi")
    await house.say(left.second, left, "de l’autre")
    registry.run("UPDATE participants SET left_at = now() WHERE user_id = %s", left.first.user_id)
    await house.say(over.first, over, "fini")
    await registry.shred(over)
    for who, place, said in (
        (pair.second, pair, ["du médecin"]),
        (left.first, left, ["de moi"]),
        (left.second, left, ["de moi", "de l’autre"]),
    ):
        whole = opened(await registry.made(who))
        document = json.loads(whole[f"conversations/{place.conversation_id}/conversation.json"])
        assert [message["content"] for message in document["messages"]] == said
        own_only = len(said) == 1
        assert (f"conversations/{place.conversation_id}/accesses.json" in whole) is not own_only
    whole = opened(await registry.made(over.first))
    assert [row["shredded"] for row in json.loads(whole["conversations.json"])] == [True]
    assert not [name for name in whole if name.startswith("conversations/")]


async def test_only_the_person_fetches_it_whoever_asked_and_it_ends(registry: Registry, tmp_path: Path) -> None:
    house, archives = registry.house, registry.data.archives
    pair, admin = await house.care_pair(), await house.person(ADMIN)
    await house.say(pair.first, pair, "un")
    archive_id = await archives.ask(admin, about=pair.first.user_id)
    assert await archives.ask(pair.first, about=pair.first.user_id) == archive_id
    with pytest.raises(Conflict):
        await archives.download(pair.first, archive_id=archive_id)
    await registry.data.maker.make_next()
    for other in (admin, pair.second):
        with pytest.raises(NotFound):
            await archives.find(other, archive_id=archive_id)
    found = await archives.find(pair.first, archive_id=archive_id)
    assert (found.state, found.progress, found.url) == ("ready", 100, f"/api/messaging/archives/{archive_id}/file")
    told = [fact for fact in house.published.facts if isinstance(fact, ArchiveProgressed)]
    assert {fact.user_id for fact in told} == {pair.first.user_id}
    assert (told[-1].state, told[-1].progress) == ("ready", 100)
    with pytest.raises(NotFound):
        await archives.ask(admin, about=10**9)

    # Rotation wraps it too, and the end of retention ends it: else it would keep what was shredded.
    rotation = KeyRotation(unit_of_work=house.database, cipher=registry.cipher, master_keys=_keys(registry))
    assert any("person_archives" in state.wraps for state in await rotation.states())
    await registry.shred(pair)
    assert (await archives.find(pair.first, archive_id=archive_id)).state == "expired"
    assert registry.kept() == []

    brief = Registry(house, registry.cipher, tmp_path / "brief", life_seconds=0)
    second = await brief.data.archives.ask(pair.first, about=pair.first.user_id)
    await brief.data.maker.make_next()
    assert (await brief.data.archives.find(pair.first, archive_id=second)).url is None
    await brief.data.maker.tidy()
    assert brief.kept() == []
    assert registry.rows("SELECT count(*) FROM person_archives WHERE sealed IS NOT NULL OR key_id <> ''") == [(0,)]


async def test_what_one_said_before_and_showed_of_oneself_is_in_it(registry: Registry) -> None:
    house = registry.house
    pair = await house.mentoring_pair()
    member, mentor = pair.first, pair.second
    sent = await house.say(mentor, pair, "erst", "gelöscht")
    await house.changes.edit(mentor, message_id=sent[0].id, content="dann")
    await house.changes.edit(mentor, message_id=sent[0].id, content="zuletzt")
    await house.changes.delete(mentor, message_id=sent[1].id)
    others = await house.say(member, pair, "vom anderen")
    await house.changes.edit(member, message_id=others[0].id, content="vom anderen, neu")
    async with house.database.transaction() as repositories:
        await repositories.mentors.keep_picture(user_id=mentor.user_id, content=b"\xff\xd8 my face")
    forum = ForumHouse(house.database)
    question = await forum.ask(mentor, title="How it was asked first?")
    changes = QuestionChanges(title="How it was asked then?")
    await forum.questions.edit(mentor, question_id=question.row.id, changes=changes)
    answer = await forum.answer(mentor, question, "As it was")
    await forum.answers.edit(mentor, answer_id=answer.row.id, body="As it is")

    whole = opened(await registry.made(mentor))
    folder = f"conversations/{pair.conversation_id}"
    versions = json.loads(whole[f"{folder}/earlier-versions.json"])
    assert [(row["seq"], row["version"], row["content"]) for row in versions] == [
        (1, 1, "erst"),
        (1, 2, "dann"),
        (2, 1, "gelöscht"),
    ]
    assert versions[0].keys() == {"messageId", "seq", "version", "content", "editedAt", "replacedAt"}
    assert whole["mentor-picture.jpg"] == b"\xff\xd8 my face"
    asked = json.loads(whole["forum-question-versions.json"])
    assert [(row["questionId"], row["version"], row["title"]) for row in asked] == [
        (question.row.id, 1, "How it was asked first?")
    ]
    assert [row["body"] for row in json.loads(whole["forum-answer-versions.json"])] == ["As it was"]
    # The other one has their own, and nothing of these.
    whole = opened(await registry.made(member))
    assert [row["content"] for row in json.loads(whole[f"{folder}/earlier-versions.json"])] == ["vom anderen"]
    assert "mentor-picture.jpg" not in whole
    assert json.loads(whole["forum-question-versions.json"]) == json.loads(whole["forum-answer-versions.json"]) == []


def _keys(registry: Registry) -> Any:
    return registry.cipher._master_keys


async def test_what_a_dead_node_left_is_made_by_another(
    registry: Registry, database: Database, clean_database: ScratchDatabase
) -> None:
    pair = await registry.house.care_pair()
    archive_id, token = await registry.data.archives.ask(pair.first, about=pair.first.user_id), uuid4()
    async with database.transaction() as repositories:
        assert await repositories.person_archives.take(owner=uuid4(), token=token, seconds=60, attempts=3)
    await registry.store.write(store_key(token), chunked(b"all but finished"))
    assert not await registry.data.maker.make_next()
    registry.run("UPDATE person_archives SET lease_until = now() - interval '1 second'")
    assert await registry.data.maker.make_next()
    assert (await registry.data.archives.find(pair.first, archive_id=archive_id)).state == "ready"
    assert [path.name == store_key(token) for path in registry.kept()] == [False]


@pytest.mark.parametrize("stored", [True, False])
async def test_who_asked_is_told_though_the_answer_to_the_commit_was_lost(
    house: House, cipher: AesContentCipher, tmp_path: Path, stored: bool
) -> None:
    pair = await house.care_pair()
    forgetful = LosesAnAnswer(house.database, "instance", stored=stored)
    await Registry(house, cipher, tmp_path / "files", unit_of_work=forgetful).made(pair.first)
    assert forgetful.lost == 1
    assert [fact.state for fact in house.published.of(ArchiveProgressed)][-1] == "ready"
