"""Who is online: at once; offline only after a grace without any socket anywhere, so that a reload is no farewell."""

import datetime
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from repositories.errors import StorageUnavailable
from services.cluster import Cluster
from services.events import PresenceChanged
from services.ports import Clock, Publisher, UnitOfWork
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class PresenceState:
    """`last_seen_at` is None while the person is online, and when they never were."""

    user_id: int
    online: bool
    last_seen_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class _Leaving:
    deadline: float
    at: datetime.datetime
    node: str


class Presence:
    """Each node computes it for its sockets from the Cluster. `tick` ends graces, `remember` writes last_seen_at."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cluster: Cluster,
        kinds: frozenset[str],
        clock: Clock,
        now: Callable[[], datetime.datetime],
        grace_seconds: float,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cluster = cluster
        self._kinds = kinds
        self._clock = clock
        self._now = now
        self._grace_seconds = grace_seconds
        self._leaving: OrderedDict[int, _Leaving] = OrderedDict()
        self._seen: dict[int, datetime.datetime] = {}
        cluster.listen(self._total_changed)

    def connected(self, socket_id: str, user_id: int) -> None:
        self._cluster.socket_opened(socket_id, user_id)

    def disconnected(self, socket_id: str, user_id: int) -> None:
        """The same socket twice counts once."""
        self._cluster.socket_closed(socket_id)

    def is_online(self, user_id: int) -> bool:
        return user_id in self._cluster.totals or user_id in self._leaving

    async def states(self, principal: Principal, *, user_ids: Sequence[int]) -> list[PresenceState]:
        """Of those the caller may know about; the others are left out, existing or not. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.presence.visible(
                viewer_id=principal.user_id, user_ids=user_ids, kinds=self._kinds
            )
        return [self._state(row.user_id, row.last_seen_at) for row in rows]

    def _state(self, user_id: int, last_seen_at: datetime.datetime | None) -> PresenceState:
        online = self.is_online(user_id)
        return PresenceState(user_id, online, None if online else last_seen_at)

    async def visible_partners(self, user_id: int) -> frozenset[int]:
        """Who may know of this person's presence, and whose presence this person may know. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            return frozenset(await repositories.presence.partners(user_id=user_id, kinds=self._kinds))

    async def visible_conversations(self, user_ids: Sequence[int]) -> dict[int, list[int]]:
        """For each of these people the conversations in whose rooms their presence is told. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.presence.conversations(user_ids=user_ids, kinds=self._kinds)
        found: dict[int, list[int]] = {user_id: [] for user_id in user_ids}
        for row in rows:
            found[row.user_id].append(row.conversation_id)
        return found

    def _total_changed(self, user_id: int, before: int, after: int, node: str) -> None:
        if not after:
            self._leaving[user_id] = _Leaving(self._clock() + self._grace_seconds, self._now(), node)
        elif not before and self._leaving.pop(user_id, None) is None:
            self._publisher.publish(PresenceChanged(user_id=user_id, online=True, last_seen_at=None))

    def tick(self) -> None:
        """The grace is the same for all, so they end in the order in which they began."""
        now = self._clock()
        while self._leaving:
            user_id, leaving = next(iter(self._leaving.items()))
            if leaving.deadline > now:
                return
            del self._leaving[user_id]
            self._publisher.publish(PresenceChanged(user_id=user_id, online=False, last_seen_at=leaving.at))
            if self._cluster.speaks_for(leaving.node):
                self._seen[user_id] = leaving.at

    async def remember(self) -> bool:
        """Write down who was last seen when. False when the database is out of reach: it is kept for the next time."""
        if not self._seen:
            return True
        seen, self._seen = self._seen, {}
        try:
            async with self._unit_of_work.transaction() as repositories:
                await repositories.presence.remember(seen)
        except StorageUnavailable:
            self._seen = {**seen, **self._seen}
            return False
        return True

    async def close(self) -> None:
        """This node goes: who has no socket elsewhere was last seen now."""
        self._seen.update((user_id, self._now()) for user_id in self._cluster.only_here())
        self._seen.update(
            (user_id, leaving.at)
            for user_id, leaving in self._leaving.items()
            if self._cluster.speaks_for(leaving.node)
        )
        self._cluster.leave()
        await self.remember()
