"""The group commit under faults, with storage that fails on command."""

import asyncio
import uuid
from collections.abc import Callable

import pytest

from repositories.errors import ConstraintViolated, OutcomeUnknown, StorageUnavailable
from repositories.messages import Appended, Draft
from services import message_writer
from services.errors import Unavailable
from services.message_writer import ENOUGH, MessageWriter
from services.outcome import Outcome

Fault = Callable[[list[Draft]], None]


class Storage:
    """The lane of sends. `faults` come one a try; `stored` outlives them."""

    def __init__(self) -> None:
        self.certain: list[bool] = []
        # In the order in which they came, and in which they were answered: a real one keeps that order.
        self.asked: list[list[Draft]] = []
        self.batches: list[list[Draft]] = []
        self.stored: list[bytes] = []
        self.before_append: list[Fault] = []
        self.at_commit: list[Fault] = []
        self.open_gate = asyncio.Event()
        self.open_gate.set()
        self.under_way = 0

    async def append(self, drafts: list[Draft], *, certain: bool) -> list[Appended]:
        self.under_way += 1
        self.asked.append(drafts)
        await self.open_gate.wait()
        self.under_way -= 1
        self.batches.append(drafts)
        self.certain.append(certain)
        if self.before_append:
            self.before_append.pop(0)(drafts)
        answers = [
            ANSWER._replace(verdict="own" if draft.message_key in self.stored else "stored", seq=number)
            for number, draft in enumerate(drafts, 1)
        ]
        if self.at_commit:
            self.at_commit.pop(0)(drafts)
        self.stored += [draft.message_key for draft in drafts if draft.message_key not in self.stored]
        return answers


ANSWER = Appended("stored", 1, 1, 1, None, None, None, None, None, None)


def draft(*, client_id: uuid.UUID | None = None, action: str | None = None, sender_id: int = 1) -> Draft:
    return Draft(
        conversation_id=1,
        sender_id=sender_id,
        message_key=uuid.uuid4().bytes,
        client_message_id=client_id,
        type="text",
        content=b"",
        is_urgent=False,
        requires_response=False,
        action=action,
        reply_to_id=None,
    )


def fail(error: BaseException) -> Fault:
    def fault(drafts: list[Draft]) -> None:
        raise error

    return fault


@pytest.fixture
def storage() -> Storage:
    return Storage()


@pytest.fixture
def doubts() -> list[set[int]]:
    return []


def writer_on(storage: Storage, doubts: list[set[int]], **limits: int) -> MessageWriter:
    return MessageWriter(appender=storage, in_doubt=doubts.append, committed=lambda count: None, **limits)


def append(writer: MessageWriter, one: Draft) -> Outcome[Appended]:
    outcome: Outcome[Appended] = Outcome()

    def told(answer: Appended | None, error: BaseException | None) -> None:
        if answer is None:
            outcome.fail(error or AssertionError("told nothing"))
        else:
            outcome.resolve(answer)

    writer.append(one, told)
    return outcome


async def test_what_waits_is_committed_together(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    first = append(writer, draft())
    await asyncio.sleep(0)
    rest = [append(writer, draft()) for _ in range(9)]
    storage.open_gate.set()
    await asyncio.gather(first, *rest)
    assert [len(batch) for batch in storage.batches] == [1, 9]


def of_many(count: int, *, after: int = 0) -> list[Draft]:
    return [draft(client_id=uuid.uuid4(), sender_id=after + number) for number in range(1, count + 1)]


def of_two() -> list[Draft]:
    return of_many(2)


async def some_turns(turns: int = 20) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def under_way(storage: Storage, writer: MessageWriter, *drafts: Draft) -> list[Outcome[Appended]]:
    """One after the other, while the database answers nobody."""
    outcomes = []
    for one in drafts:
        outcomes.append(append(writer, one))
        await some_turns()
    return outcomes


@pytest.mark.parametrize("turns", [0, 20], ids=["in the same turn", "one later"])
async def test_two_do_not_wait_for_each_others_commit(storage: Storage, doubts: list[set[int]], turns: int) -> None:
    writer = writer_on(storage, doubts)
    for _ in range(3):
        storage.open_gate.clear()
        both = []
        for one in of_two():
            both.append(append(writer, one))
            await some_turns(turns)
        await some_turns()
        assert storage.under_way == 2
        storage.open_gate.set()
        await asyncio.gather(*both)
    assert [len(batch) for batch in storage.batches] == [1] * 6


@pytest.mark.parametrize("same", ["sender", "certainty of the first", "certainty of the second"])
async def test_only_who_can_ask_again_and_is_somebody_else_goes_beside(
    storage: Storage, doubts: list[set[int]], same: str
) -> None:
    drafts = of_two()
    if same == "sender":
        drafts[1] = drafts[1]._replace(sender_id=drafts[0].sender_id)
    else:
        at = int(same.endswith("second"))
        drafts[at] = drafts[at]._replace(client_message_id=None)
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    both = await under_way(storage, writer, *drafts)
    assert storage.under_way == 1
    storage.open_gate.set()
    await asyncio.gather(*both)
    assert storage.batches == [[drafts[0]], [drafts[1]]]


class OneAfterTheOther(Storage):
    """As PostgreSQL on one connection, and each takes a while."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = asyncio.Lock()

    async def append(self, drafts: list[Draft], *, certain: bool) -> list[Appended]:
        async with self._turn:
            await some_turns()
            return await super().append(drafts, certain=certain)


@pytest.mark.parametrize(("senders", "size"), [(1, 1), (2, 1), (3, 3), (4, 4)])
async def test_three_and_more_come_to_share_a_commit(doubts: list[set[int]], senders: int, size: int) -> None:
    storage = OneAfterTheOther()
    writer = writer_on(storage, doubts)

    async def send(sender_id: int) -> None:
        for _ in range(30):
            await append(writer, draft(client_id=uuid.uuid4(), sender_id=sender_id))

    await asyncio.gather(*map(send, range(senders)))
    assert {len(batch) for batch in storage.batches[len(storage.batches) // 2 :]} == {size}


async def test_nobody_goes_beside_more_than_one(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    together = [append(writer, draft()) for _ in range(2)]
    await some_turns()
    late = await under_way(storage, writer, draft(client_id=uuid.uuid4(), sender_id=3))
    assert storage.under_way == 1
    storage.open_gate.set()
    await asyncio.gather(*together, *late)
    assert [len(batch) for batch in storage.batches] == [2, 1]


@pytest.mark.parametrize(("size", "enough"), [(9, 9), (30, 30), (128, ENOUGH)])
async def test_of_many_enough_go_beside_what_is_under_way(
    storage: Storage, doubts: list[set[int]], size: int, enough: int
) -> None:
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    drafts = of_many(size + enough + 300)
    outcomes = [append(writer, one) for one in drafts[:size]]
    await some_turns()
    outcomes += [append(writer, one) for one in drafts[size : size + enough - 1]]
    await some_turns()
    assert storage.under_way == 1
    outcomes += [append(writer, one) for one in drafts[size + enough - 1 : size + enough]]
    await some_turns()
    assert storage.under_way == 2
    outcomes += [append(writer, one) for one in drafts[size + enough :]]
    await some_turns()
    assert storage.under_way == 2
    storage.open_gate.set()
    await asyncio.gather(*outcomes)
    assert [len(batch) for batch in storage.asked[:2]] == [size, enough]
    assert [one for batch in storage.asked for one in batch] == drafts


@pytest.mark.parametrize("same", ["sender", "certainty of the first", "certainty of the second", "too few"])
async def test_one_that_may_not_go_beside_keeps_all_back(storage: Storage, doubts: list[set[int]], same: str) -> None:
    first, second, later = of_many(9), of_many(9, after=9), of_many(9, after=18)
    if same == "sender":
        second[4] = second[4]._replace(sender_id=first[7].sender_id)
    elif same == "too few":
        first = first[:8]
    else:
        batch = second if same.endswith("second") else first
        batch[3] = batch[3]._replace(client_message_id=None)
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    outcomes = [append(writer, one) for one in first]
    await some_turns()
    outcomes += [append(writer, one) for one in [*second, *later]]
    await some_turns()
    assert storage.under_way == 1
    storage.open_gate.set()
    await asyncio.gather(*outcomes)
    assert [one for batch in storage.asked for one in batch] == [*first, *second, *later]


@pytest.mark.parametrize("size", [1, 9])
@pytest.mark.parametrize("fault", [StorageUnavailable("away"), OutcomeUnknown("lost"), ConstraintViolated("a check")])
async def test_a_batch_that_fails_leaves_the_one_beside_it_alone(
    storage: Storage, doubts: list[set[int]], fault: Exception, size: int
) -> None:
    writer, drafts = writer_on(storage, doubts), of_many(2 * size)
    failing = {one.message_key for one in drafts[:size]}

    def refuse_the_first(batch: list[Draft]) -> None:
        if any(one.message_key in failing for one in batch):
            raise fault

    storage.before_append = [refuse_the_first] * (2 * size + 1)
    storage.open_gate.clear()
    both = [append(writer, one) for one in drafts[:size]]
    await some_turns()
    both += [append(writer, one) for one in drafts[size:]]
    await some_turns()
    assert storage.under_way == 2
    storage.open_gate.set()
    answers = await asyncio.gather(*both, return_exceptions=True)
    expected = ConstraintViolated if isinstance(fault, ConstraintViolated) else Unavailable
    assert [type(answer) for answer in answers] == [expected] * size + [Appended] * size
    assert (await append(writer, draft())).verdict == "stored"


async def test_closing_waits_for_both(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    both = await under_way(storage, writer, *of_two())
    closing = asyncio.create_task(writer.close())
    await some_turns()
    assert not closing.done()
    storage.open_gate.set()
    await closing
    assert [outcome.settled for outcome in both] == [True, True]


@pytest.mark.parametrize(("recently", "expected"), [(60, [3, 3]), (0, [3, 1, 2])])
async def test_who_sends_beside_a_few_waits_for_them(
    storage: Storage, doubts: list[set[int]], monkeypatch: pytest.MonkeyPatch, recently: float, expected: list[int]
) -> None:
    """Only when they were together a moment ago. Else each would wait for the commit of others for ever."""
    monkeypatch.setattr(message_writer, "RECENTLY", recently)
    monkeypatch.setattr(message_writer, "INSTANT", 60)
    writer = writer_on(storage, doubts)
    await asyncio.gather(*(append(writer, draft()) for _ in range(3)))
    first = append(writer, draft())
    if recently:
        await some_turns()
        assert len(storage.batches) == 1
    else:
        await first
    await asyncio.gather(first, *(append(writer, draft()) for _ in range(2)))
    assert [len(batch) for batch in storage.batches] == expected


async def test_who_waits_for_company_that_does_not_come_goes_alone(
    storage: Storage, doubts: list[set[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_writer, "RECENTLY", 60)
    writer = writer_on(storage, doubts)
    await asyncio.gather(*(append(writer, draft()) for _ in range(3)))
    await append(writer, draft())
    assert [len(batch) for batch in storage.batches] == [3, 1]


async def test_who_listens_badly_keeps_nobody_from_hearing(storage: Storage, doubts: list[set[int]]) -> None:
    reported: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context["exception"]))
    writer, odd = writer_on(storage, doubts), RuntimeError("odd")

    def raises(answer: Appended | None, error: BaseException | None) -> None:
        raise odd

    writer.append(draft(), raises)
    assert (await append(writer, draft())).verdict == "stored"
    assert reported == [odd]
    assert (await append(writer, draft())).verdict == "stored"


async def test_the_same_client_id_never_shares_a_batch(storage: Storage, doubts: list[set[int]]) -> None:
    writer, key = writer_on(storage, doubts), uuid.uuid4()
    await asyncio.gather(*(append(writer, draft(client_id=key)) for _ in range(3)))
    assert [len(batch) for batch in storage.batches] == [1, 1, 1]


async def test_a_database_that_is_away_fails_all_that_wait(storage: Storage, doubts: list[set[int]]) -> None:
    storage.before_append = [fail(StorageUnavailable("away"))]
    writer = writer_on(storage, doubts, max_batch=1)
    outcomes = await asyncio.gather(*(append(writer, draft()) for _ in range(3)), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert doubts == []
    assert (await append(writer, draft())).verdict == "stored"


async def test_a_lost_answer_to_commit_is_resolved_for_who_cannot_ask_again(
    storage: Storage, doubts: list[set[int]]
) -> None:
    def committed_but_lost(drafts: list[Draft]) -> None:
        storage.stored += [item.message_key for item in drafts]
        raise OutcomeUnknown("lost")

    storage.at_commit = [committed_but_lost]
    writer = writer_on(storage, doubts)
    outcomes = await asyncio.gather(
        append(writer, draft(client_id=uuid.uuid4())), append(writer, draft()), return_exceptions=True
    )
    assert isinstance(outcomes[0], Unavailable)
    assert isinstance(outcomes[1], Appended)
    assert outcomes[1].verdict == "own"
    assert doubts == [{1}]


async def test_one_bad_row_fails_alone(storage: Storage, doubts: list[set[int]]) -> None:
    def refuse_bad(drafts: list[Draft]) -> None:
        if any(item.action == "bad" for item in drafts):
            raise ConstraintViolated("some_check")

    storage.before_append = [refuse_bad] * 4
    writer = writer_on(storage, doubts)
    outcomes = await asyncio.gather(
        *(append(writer, draft(action=action)) for action in ("good", "bad", "good")), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [Appended, ConstraintViolated, Appended]


async def test_who_gave_up_is_stored_all_the_same(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts)
    storage.open_gate.clear()
    waiting = [asyncio.ensure_future(_outcome_of(writer)) for _ in range(2)]
    await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    storage.open_gate.set()
    await writer.close()
    assert len(storage.stored) == 2


async def _outcome_of(writer: MessageWriter) -> Appended:
    return await append(writer, draft())


async def test_certainty_is_for_who_cannot_ask_again(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts, max_batch=1)
    await asyncio.gather(append(writer, draft(client_id=uuid.uuid4())), append(writer, draft()))
    assert storage.certain == [False, True]


async def test_too_many_waiting_is_said_at_once(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts, max_waiting=2)
    storage.open_gate.clear()
    first = [append(writer, draft()) for _ in range(2)]
    with pytest.raises(Unavailable):
        append(writer, draft())
    storage.open_gate.set()
    await asyncio.gather(*first)


async def test_stopping_answers_everybody(storage: Storage, doubts: list[set[int]]) -> None:
    writer = writer_on(storage, doubts)
    storage.before_append = [fail(asyncio.CancelledError())]
    waiting = [append(writer, draft()) for _ in range(2)]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 2


async def test_who_is_stopped_while_one_bad_row_is_looked_for_is_told_once(
    storage: Storage, doubts: list[set[int]]
) -> None:
    storage.before_append = [
        fail(ConstraintViolated("some_check")),
        lambda drafts: None,
        fail(asyncio.CancelledError()),
    ]
    writer = writer_on(storage, doubts)
    waiting = [append(writer, draft()) for _ in range(3)]
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    # The first one was stored before somebody stopped it.
    assert [type(outcome) for outcome in outcomes] == [Appended, Unavailable, Unavailable]
    await writer.close()
