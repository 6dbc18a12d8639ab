"""What goes on the trail waits here for a fraction of a second, and is stored with what came meanwhile."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from repositories.errors import StorageUnavailable
from repositories.trail import Noted
from services.errors import Unavailable
from services.openings import Openings
from services.ports import UnitOfWork
from services.principal import Origin, Principal
from services.tasks import end
from services.trail_ports import CALL, TrailEntry

log = structlog.get_logger(__name__)

FLUSH_SECONDS = 0.2
# Numbers are gathered for longer: what they say more of is a row of its own, stored already.
TALLY_SECONDS = 2.0
PAUSE_WHILE_AWAY = 0.5
PATIENCE = 3.0
CLOSE_SECONDS = 5.0
# Of one entry that stands for many: a longer list of numbers is a new one.
MOST_NUMBERS = 100
# Whoever is nobody is told apart so many times in a batch, then only counted: they choose what each entry says, need not
# sign in, and no row of the trail ever goes again.
MOST_OF_NOBODY = 10
_UNSTORABLE = {0: None, **dict.fromkeys(range(0xD800, 0xE000), "?")}


@dataclass
class _Tally:
    at: float
    action: str
    principal: Principal
    origin: Origin
    conversation_id: int
    numbers: list[int]


@dataclass
class _Times:
    """`at`: the first time."""

    at: float
    times: int = 0


@dataclass
class _Batch:
    """`tried`: a write of it may have been stored though its answer was lost."""

    rows: list[Noted]
    waiters: "list[asyncio.Future[None]]"
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    tried: bool = False


class BufferedTrail:
    """services.trail_ports.TrailWriter. `now`: seconds since 1970. `max_waiting` bounds what may wait while the database is
    away: beyond it entries are lost, which is counted, said in the metrics, and put on the trail once it can be.
    """

    def __init__(
        self, *, unit_of_work: UnitOfWork, openings: Openings, now: Callable[[], float], max_waiting: int = 50_000
    ) -> None:
        self._unit_of_work = unit_of_work
        self._openings = openings
        self._now = now
        self._max_waiting = max_waiting
        self._entries: dict[TrailEntry, _Times] = {}
        self._of_nobody = 0
        self._tallies: dict[tuple[str, str, int], _Tally] = {}
        self._full: list[_Tally] = []
        self._tallied_since = 0.0
        self._waiters: list[asyncio.Future[None]] = []
        self._batch: _Batch | None = None
        self._something, self._hurry = asyncio.Event(), asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None
        self._unsaid = 0
        self.lost = 0

    @property
    def waiting(self) -> int:
        stored_next = 0 if self._batch is None else len(self._batch.rows)
        return len(self._entries) + len(self._tallies) + len(self._full) + stored_next

    def note(self, entry: TrailEntry) -> None:
        if entry.principal is None and entry.object_type == CALL:
            self._of_nobody += 1
            if self._of_nobody > MOST_OF_NOBODY:
                entry = _without_details(entry)
        at = self._now()
        # Looked up once: to hash an entry is to hash all that is in it.
        noted = self._entries.setdefault(entry, _Times(at))
        noted.times += 1
        if noted.times == 1 and not self._has_room(besides=1):
            del self._entries[entry]
        self._openings.seen(entry, at)
        self._something.set()

    def tally(
        self, action: str, principal: Principal, origin: Origin, where: str, conversation_id: int, number: int
    ) -> None:
        key = (where, action, conversation_id)
        known = self._tallies.get(key)
        if known is not None:
            known.numbers.append(number)
            if len(known.numbers) >= MOST_NUMBERS:
                self._full.append(self._tallies.pop(key))
        elif len(self._tallies) < self._max_waiting or self._has_room():
            at = self._now()
            if not self._tallies:
                self._tallied_since = at
                self._something.set()
            self._tallies[key] = _Tally(at, action, principal, origin, conversation_id, [number])

    async def settled(self) -> None:
        """Raises Unavailable."""
        if not self._entries and self._batch is None:
            return
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(stored)
        self._something.set()
        self._hurry.set()
        try:
            async with asyncio.timeout(PATIENCE):
                await stored
        except TimeoutError as error:
            raise Unavailable(retry_after=1.0) from error

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="trail")

    async def close(self) -> None:
        """All that was noted is stored, unless the database stays away."""
        self._closing = True
        self._something.set()
        self._hurry.set()
        if self._task is not None:
            done, _ = await asyncio.wait({self._task}, timeout=CLOSE_SECONDS)
            if not done:
                await end([self._task])
        if self.waiting:
            log.error("trail_lost_at_the_end", entries=self.waiting)

    def _has_room(self, *, besides: int = 0) -> bool:
        """`besides`: what was put there to see whether it is new."""
        if self.waiting - besides < self._max_waiting:
            return True
        if not self._unsaid:
            log.error("trail_full", waiting=self.waiting)
        self.lost += 1
        self._unsaid += 1
        return False

    async def _work(self) -> None:
        while not (self._closing and not self.waiting):
            await self._something.wait()
            if not self._waiters and not self._closing:
                await self._gather()
            self._something.clear()
            while self.waiting or self._waiters:
                self._hurry.clear()
                if not await self._store():
                    await asyncio.sleep(PAUSE_WHILE_AWAY)
                elif not (self._waiters or self._closing):
                    await self._gather()

    async def _gather(self) -> None:
        """A moment for others to come, unless somebody waits."""
        try:
            async with asyncio.timeout(FLUSH_SECONDS):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _store(self) -> bool:
        """False: not now."""
        batch = self._batch = self._batch or self._taken()
        if not batch.rows:
            self._end(batch, None)
            return True
        try:
            async with self._unit_of_work.transaction() as repositories:
                if not (batch.tried and await repositories.trail.is_noted(batch.id)):
                    batch.tried = True
                    await repositories.trail.note(batch.id, batch.rows)
        except StorageUnavailable:
            return False
        except Exception as error:
            # Never seen; but one that cannot be stored must not stop all others for ever.
            self.lost += len(batch.rows)
            log.exception("trail_lost", entries=len(batch.rows))
            self._end(batch, error)
        else:
            self._end(batch, None)
        return True

    def _end(self, batch: _Batch, error: Exception | None) -> None:
        self._batch = None
        for waiter in batch.waiters:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(Unavailable())

    def _taken(self) -> _Batch:
        rows = [_row(entry, noted.at, noted.times) for entry, noted in self._entries.items()]
        rows += [_row(_entry(tally), tally.at, 1) for tally in self._taken_tallies()]
        if self._unsaid:
            overflow = TrailEntry(action="trail.overflow", principal=None, result="failed")
            rows.append(_row(overflow, self._now(), self._unsaid))
        self._unsaid = 0
        rows.sort(key=lambda row: row.at)
        batch = _Batch(rows, self._waiters)
        self._entries, self._waiters, self._of_nobody = {}, [], 0
        return batch

    def _taken_tallies(self) -> list[_Tally]:
        taken, self._full = self._full, []
        # A clock that was put back must not keep them here until it is as late again.
        if self._closing or not 0 <= self._now() - self._tallied_since < TALLY_SECONDS:
            taken += self._tallies.values()
            self._tallies = {}
        return taken


def _without_details(entry: TrailEntry) -> TrailEntry:
    """What was tried, from where, and how it ended. All that are alike in this are one."""
    origin = entry.origin and replace(entry.origin, device="", request_id="")
    return replace(entry, origin=origin, object_id=None, conversation_id=None)


def _entry(tally: _Tally) -> TrailEntry:
    return TrailEntry(
        action=tally.action,
        principal=tally.principal,
        origin=tally.origin,
        object_type="seq",
        object_id=",".join(map(str, dict.fromkeys(tally.numbers))),
        conversation_id=tally.conversation_id,
    )


def _row(entry: TrailEntry, at: float, times: int) -> Noted:
    who, origin = entry.principal, entry.origin
    said = (
        entry.object_id,
        entry.reason,
        origin.address if origin else None,
        origin.device if origin else None,
        who.session_id if who else None,
        origin.request_id if origin else None,
    )
    object_id, reason, address, device, session_id, request_id = _cleaned(said)
    return Noted(
        at,
        entry.action,
        who.user_id if who else None,
        who.role if who else None,
        entry.on_behalf_of,
        entry.object_type,
        object_id,
        entry.conversation_id,
        entry.result,
        reason,
        address,
        device,
        session_id,
        request_id,
        times,
    )


def _cleaned(texts: Sequence[str | None]) -> Sequence[str | None]:
    """What PostgreSQL cannot keep is no reason to lose the entry. Hardly any has such a thing: looked for in all at once."""
    whole = "".join(filter(None, texts))
    if whole.isascii() and "\0" not in whole:
        return texts
    return [None if text is None else text.translate(_UNSTORABLE) for text in texts]
