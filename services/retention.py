"""Time passes: what is silent goes to the archive, what need not be kept any longer is shredded.

A conversation is kept as a whole, counted from its last message: it is one record and has one key. Its end is the destruction
of that key; after it nothing can be read, whatever is left of the rows. Emptying them is the second half, and may come later.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from repositories.retention import EndedRow
from services.doubts import until_known
from services.events import ConversationChanged
from services.ports import Publisher, UnitOfWork
from services.trail_ports import Trail, TrailEntry

# Its row in services.jobs.
RETENTION_JOB = "retention"
WINDOW = 1000
# A step ends well before its lease does.
SHREDDED_AT_ONCE = 50
MESSAGES_AT_ONCE = 500
# Removes what else is kept of a conversation that was shredded (files, search index). It may be called twice.
Forget = Callable[[int], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPolicy:
    """Days of silence. 0: never archived. A kind with 0 days is kept for ever."""

    archive_days: int
    days: Mapping[str, int]

    @property
    def limited(self) -> dict[str, int]:
        return {kind: days for kind, days in self.days.items() if days}


@dataclass(slots=True)
class KindReport:
    """`conversations` (and their messages) whose time is over; `held` of them must be kept nevertheless."""

    conversations: int = 0
    messages: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class RetentionReport:
    kinds: Mapping[str, KindReport]
    shredded: list[int] = field(default_factory=list)

    @property
    def due(self) -> int:
        return sum(kind.conversations - kind.held for kind in self.kinds.values())


class Retention:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        trail: Trail,
        policy: RetentionPolicy,
        forget: Sequence[Forget] = (),
        window: int = WINDOW,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._trail = trail
        self._policy = policy
        self._forget = forget
        self._window = window

    async def archive_step(self, bookmark: str | None) -> str | None:
        """services.jobs.Step. A new message reopens what was archived here."""
        if not self._policy.archive_days:
            return None
        async with self._unit_of_work.transaction() as repositories:
            looked = await repositories.retention.archive(
                after_id=int(bookmark or 0), window=self._window, days=self._policy.archive_days
            )
        for row in looked:
            if row.archived:
                self._publisher.publish(ConversationChanged(conversation_id=row.id))
        return str(looked[-1].id) if looked else None

    async def shred_step(self, bookmark: str | None) -> str | None:
        """services.jobs.Step. First what an earlier run has left half done."""
        await self._empty_rest()
        rows = await self._ended(int(bookmark or 0))
        due = [row for row in rows if row.ended and not row.held]
        for row in due[:SHREDDED_AT_ONCE]:
            await self._shred(row)
        if len(due) > SHREDDED_AT_ONCE:
            return str(due[SHREDDED_AT_ONCE - 1].id)
        return str(rows[-1].id) if rows else None

    async def ended(self) -> AsyncIterator[EndedRow]:
        """Whatever is due, held or not; changes nothing. Raises StorageUnavailable."""
        after = 0
        while rows := await self._ended(after):
            after = rows[-1].id
            for row in rows:
                if row.ended:
                    yield row

    async def run(self, *, dry: bool) -> RetentionReport:
        """All at once, for the command line. `dry` only reports. Raises StorageUnavailable."""
        report = RetentionReport(defaultdict(KindReport))
        if not dry:
            await self._empty_rest()
        async for row in self.ended():
            kind = report.kinds[row.kind]
            kind.conversations += 1
            kind.messages += row.message_count
            kind.held += row.held
            if not dry and not row.held and await self._shred(row):
                report.shredded.append(row.id)
        return report

    async def _ended(self, after_id: int) -> list[EndedRow]:
        if not self._policy.limited:
            return []
        async with self._unit_of_work.reading() as repositories:
            return await repositories.retention.ended(after_id=after_id, window=self._window, days=self._policy.limited)

    async def _shred(self, row: EndedRow) -> bool:
        """Judged anew by the database: a message or a hold may have come since it was listed."""
        done = False

        async def shred() -> bool:
            nonlocal done
            async with self._unit_of_work.transaction() as repositories:
                if not (done and await repositories.retention.is_shredded(conversation_id=row.id)):
                    days = self._policy.limited[row.kind]
                    done = await repositories.retention.shred(conversation_id=row.id, days=days)
            return done

        # Nobody comes by again who would put it on the trail.
        shredded = await until_known(shred)
        if shredded:
            self._trail.note(
                TrailEntry(
                    action="retention.shred",
                    principal=None,
                    object_type="conversation",
                    object_id=str(row.id),
                    conversation_id=row.id,
                    reason="retention_ended",
                )
            )
            await self._empty(row.id)
        return shredded

    async def _empty_rest(self) -> None:
        while True:
            async with self._unit_of_work.reading() as repositories:
                half_done = await repositories.retention.to_empty(limit=self._window)
            if not half_done:
                return
            for conversation_id in half_done:
                await self._empty(conversation_id)

    async def _empty(self, conversation_id: int) -> None:
        for forget in self._forget:
            await forget(conversation_id)
        after: int | None = 0
        while after is not None:
            async with self._unit_of_work.transaction() as repositories:
                after = await repositories.retention.empty(
                    conversation_id=conversation_id, after_seq=after, most=MESSAGES_AT_ONCE
                )
        self._publisher.publish(ConversationChanged(conversation_id=conversation_id))
