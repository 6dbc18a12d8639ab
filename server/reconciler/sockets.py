"""Second look at the people behind this node's sockets: who may no longer listen, and whose lists are stale."""

import datetime
from collections import OrderedDict
from collections.abc import Callable, Iterable
from itertools import groupby

from repositories.repositories import Repositories
from repositories.rights import RightsRepository
from server.reconciler.view import LocalSocket, LocalView
from services.events import (
    CareLinkChanged,
    ConversationChanged,
    Fact,
    NotificationsTold,
    ParticipantRemoved,
    SessionsEnded,
    UserDisabled,
)

MOST_REMEMBERED = 50_000
# Of one person, at one look.
MOST_NOTIFICATIONS = 20


class RightsCheck:
    """Two statements for any number of sockets."""

    def __init__(self, *, view: LocalView, kinds: frozenset[str], deliver: Callable[[Fact], None]) -> None:
        self._view = view
        self._kinds = kinds
        self._deliver = deliver

    async def run(self, repositories: Repositories) -> None:
        sockets = set(self._view.sockets())
        if not sockets:
            return
        ended: dict[int, set[str | None]] = {}
        disabled: set[int] = set()
        for row in await repositories.rights.outdated(sockets):
            if row.disabled:
                disabled.add(row.user_id)
            else:
                # Over, or a socket that acts with the role it came with: it has to come again.
                ended.setdefault(row.user_id, set()).add(row.session_id)
        disabled.update(user_id for user_id, session_ids in ended.items() if None in session_ids)
        for user_id in sorted(disabled):
            self._deliver(UserDisabled(user_id=user_id))
        for user_id in sorted(ended.keys() - disabled):
            self._deliver(SessionsEnded(user_id=user_id, session_ids=tuple(sorted(filter(None, ended[user_id])))))
        await self._hidden(repositories)

    async def _hidden(self, repositories: Repositories) -> None:
        pairs = sorted(set(self._view.watching()))
        if pairs:
            for row in await repositories.presence.hidden(pairs, kinds=self._kinds):
                # Whoever is the patient of the two: both lose sight of each other.
                self._deliver(CareLinkChanged(patient_id=row.watcher_id, doctor_id=row.watched_id))


class ListsCheck:
    """For people who have a conversation in their list and no room open, and for their notifications. Only when hints were
    lost: a list shows the latest state, so that telling it once too often is harmless and telling it never is not."""

    def __init__(self, *, view: LocalView, deliver: Callable[[Fact], None]) -> None:
        self._view = view
        self._deliver = deliver
        self._views: OrderedDict[tuple[int, int], datetime.datetime] = OrderedDict()
        self._removed: OrderedDict[tuple[int, int], datetime.datetime] = OrderedDict()
        self._links: OrderedDict[tuple[int, int], datetime.datetime] = OrderedDict()
        self._notifications: OrderedDict[tuple[int, int], datetime.datetime] = OrderedDict()

    async def run(self, repositories: Repositories, *, seconds: float) -> None:
        users = sorted(_users(self._view.sockets()))
        if not users:
            return
        await self._their_links(repositories.rights, users, seconds)
        await self._their_views(repositories.rights, users, seconds)
        await self._their_notifications(repositories.rights, users, seconds)

    async def _their_links(self, rights: RightsRepository, users: list[int], seconds: float) -> None:
        for link in await rights.touched_links(users, seconds=seconds):
            if _is_new(self._links, (link.patient_id, link.doctor_id), link.at):
                self._deliver(CareLinkChanged(patient_id=link.patient_id, doctor_id=link.doctor_id))

    async def _their_views(self, rights: RightsRepository, users: list[int], seconds: float) -> None:
        for view in await rights.touched_views(users, seconds=seconds):
            if _is_new(self._views, (view.conversation_id, view.user_id), view.updated_at):
                self._deliver(ConversationChanged(conversation_id=view.conversation_id, user_id=view.user_id))
        for gone in await rights.recently_removed(users, seconds=seconds):
            if _is_new(self._removed, (gone.conversation_id, gone.user_id), gone.left_at):
                self._deliver(ParticipantRemoved(conversation_id=gone.conversation_id, user_id=gone.user_id))

    async def _their_notifications(self, rights: RightsRepository, users: list[int], seconds: float) -> None:
        touched = await rights.touched_notifications(users, seconds=seconds, limit=MOST_NOTIFICATIONS)
        for user_id, group in groupby(touched, key=lambda notification: notification.user_id):
            ids = tuple(item.id for item in group if _is_new(self._notifications, (user_id, item.id), item.at))
            if ids:
                self._deliver(NotificationsTold(user_id=user_id, notification_ids=ids))


def _users(sockets: Iterable[LocalSocket]) -> set[int]:
    return {socket.user_id for socket in sockets}


def _is_new(
    remembered: "OrderedDict[tuple[int, int], datetime.datetime]", key: tuple[int, int], at: datetime.datetime
) -> bool:
    if remembered.get(key) == at:
        return False
    remembered[key] = at
    remembered.move_to_end(key)
    if len(remembered) > MOST_REMEMBERED:
        remembered.popitem(last=False)
    return True
