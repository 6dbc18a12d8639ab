"""What people are told when they are away: kinds, the list, and how other services tell.

Another service tells with one call, after its COMMIT, on the node where it happened:

    notices.tell(Notice(user_id=…, kind="export_ready", conversation_id=…, subject_type="export", subject_id="12"))

(`notices` is services.notification_ports.Notices, which this class is.) It never waits:
the notice is stored within moments with others, told live by the event `notification` on all nodes, and, if it is
unread after a while and the person is away, by push and e-mail. A crash within those moments loses it, so it is a hint
and no record. new_message and urgent need no call: services.notification_decisions finds them in what is stored.

A new kind is a row in KINDS, a value in the constraint notifications_kind_known (a migration) and a line in the client.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from repositories.errors import ConstraintViolated, StorageUnavailable
from repositories.notifications import Inserted, NewNotification, NotificationRow
from repositories.repositories import Repositories
from services.errors import NotFound
from services.events import NotificationsTold
from services.notification_ports import Notice
from services.ports import Publisher, UnitOfWork
from services.principal import Principal

MAX_WAITING = 10_000
BATCH = 500
IDS_A_FACT = 200
OLD_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Kind:
    """`hushed`: nothing goes outside for it while its conversation is muted. `by_messages`: found in the messages."""

    about: str
    hushed: bool = False
    by_messages: bool = False


KINDS = {
    "new_message": Kind("Messages that were not read, while away", hushed=True, by_messages=True),
    "urgent": Kind("Urgent messages that were not read", by_messages=True),
    "context_changed": Kind("The prescription or exam of a conversation changed", hushed=True),
    "export_ready": Kind("An export that one asked for can be fetched"),
    "conversation_opened": Kind("Somebody who is no participant, or only by special right, opened one's conversation"),
}
HUSHED = tuple(name for name, kind in KINDS.items() if kind.hushed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """In seconds. `delay`: unread for so long, with no device that has it: away. `idle`: unread for so long in spite of a
    device that has it. `email_delay`: e-mail waits for more to come."""

    delay: float
    idle: float
    email_delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Which ways outside this installation has."""

    push: bool
    email: bool


@dataclass(frozen=True, slots=True)
class NotificationPage:
    items: Sequence[NotificationRow]
    next: int | None


@dataclass(frozen=True, slots=True)
class _Tried:
    """The oldest of those that wait, so many: they were inserted, and no answer to COMMIT has come."""

    size: int
    inserted: list[Inserted]


class Notifications:
    """`wake` is called when there is something to flush."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        kinds: frozenset[str],
        timing: Timing,
        ways: Ways,
        failed: Callable[[str, int], None],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._kinds = kinds
        self._timing = timing
        self._ways = ways
        self._failed = failed
        self._waiting: deque[Notice] = deque()
        self._tried: _Tried | None = None
        self.wake: Callable[[], None] = lambda: None

    def tell(self, notice: Notice) -> None:
        """services.notification_ports.Notices."""
        if notice.kind not in KINDS or KINDS[notice.kind].by_messages:
            self._failed(f"unknown kind {notice.kind!r}", 1)
        elif len(self._waiting) >= MAX_WAITING:
            self._failed("too many wait", 1)
        else:
            self._waiting.append(notice)
            self.wake()

    async def flush(self) -> None:
        """Stores what waits. Raises StorageUnavailable, and keeps it then."""
        while self._waiting:
            await self._store(self._tried.size if self._tried else min(BATCH, len(self._waiting)))

    async def _store(self, size: int) -> None:
        """The next ones. One that names what there is not spoils only itself."""
        batch = list(islice(self._waiting, size))
        try:
            async with self._unit_of_work.transaction() as repositories:
                inserted = await self._stored_before(repositories)
                if not inserted:
                    inserted = await self.add(repositories, [_new(notice) for notice in batch])
                    self._tried = _Tried(size, inserted)
        except StorageUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # what cannot be stored must not stop all others for ever
            if size > 1:
                for _ in range(size):
                    await self._store(1)
                return
            inserted = []
            self._failed(f"{batch[0].kind} {_trouble(error)}", 1)
        self._tried = None
        for _ in range(size):
            self._waiting.popleft()
        self.publish(inserted)

    async def _stored_before(self, repositories: Repositories) -> list[Inserted]:
        """What the last try has stored, if it has and nobody heard the answer."""
        if self._tried is None or not await repositories.notifications.any_of(
            [item.id for item in self._tried.inserted]
        ):
            return []
        return self._tried.inserted

    async def add(self, repositories: Repositories, new: Sequence[NewNotification]) -> list[Inserted]:
        """Within the caller's transaction; after it `publish` what this returned."""
        inserted = await repositories.notifications.insert(new)
        fresh = [item.id for item in inserted if item.fresh]
        if fresh and (self._ways.push or self._ways.email):
            await repositories.notification_queue.plan(
                fresh,
                push=self._ways.push,
                email=self._ways.email,
                delay=self._timing.delay,
                email_delay=self._timing.email_delay,
                hushed_kinds=HUSHED,
            )
        return inserted

    def publish(self, inserted: Sequence[Inserted]) -> None:
        ids: dict[int, list[int]] = defaultdict(list)
        for item in inserted:
            ids[item.user_id].append(item.id)
        for user_id, mine in ids.items():
            for first in range(0, len(mine), IDS_A_FACT):
                told = tuple(mine[first : first + IDS_A_FACT])
                self._publisher.publish(NotificationsTold(user_id=user_id, notification_ids=told))

    async def page(
        self, principal: Principal, *, role: str, user_id: int, unread: bool, before: int | None, limit: int
    ) -> NotificationPage:
        """One's own only. Raises NotFound, Unavailable."""
        if (role, user_id) != (principal.role, principal.user_id):
            raise NotFound
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.notifications.page(
                user_id=user_id, kinds=self._kinds, unread=unread, before=before, limit=limit + 1
            )
        items = rows[:limit]
        return NotificationPage(items, items[-1].id if len(rows) > limit else None)

    async def set_read(self, principal: Principal, *, notification_id: int, read: bool) -> NotificationRow:
        """What stands for messages that were read stays read. Raises NotFound, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            await repositories.notifications.set_read(
                notification_id=notification_id, user_id=principal.user_id, read=read
            )
            [*found] = await self.rows(repositories, principal.user_id, [notification_id])
            if not found:
                raise NotFound
        self._publisher.publish(NotificationsTold(user_id=principal.user_id, notification_ids=(notification_id,)))
        return found[0]

    async def rows(self, repositories: Repositories, user_id: int, ids: Sequence[int]) -> list[NotificationRow]:
        """Those of them that this person may see now."""
        return await repositories.notifications.at(ids, user_id=user_id, kinds=self._kinds)

    async def forget_old(self, *, days: int) -> int:
        """How many went, up to some at once. Raises StorageUnavailable."""
        async with self._unit_of_work.transaction() as repositories:
            return await repositories.notifications.delete_old(days=days, limit=OLD_AT_ONCE)


def _trouble(error: Exception) -> str:
    return f"breaks {error.constraint}" if isinstance(error, ConstraintViolated) else f"raises {type(error).__name__}"


def _new(notice: Notice) -> NewNotification:
    return NewNotification(
        user_id=notice.user_id,
        kind=notice.kind,
        conversation_id=notice.conversation_id,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
        actor_id=notice.actor_id,
    )
