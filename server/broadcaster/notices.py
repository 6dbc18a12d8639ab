"""The event `notification`, to all sockets of its reader."""

from collections import OrderedDict

from repositories.notifications import NotificationRow
from repositories.unit_of_work import Database
from server.broadcaster.digest import Present
from server.broadcaster.sockets import Sockets
from services.events import NotificationsTold
from services.notifications import Notifications

MOST_TOLD = 20_000


class NoticeTeller:
    def __init__(self, *, database: Database, sockets: Sockets, notifications: Notifications, present: Present) -> None:
        self._database = database
        self._sockets = sockets
        self._notifications = notifications
        self._present = present
        # As it was told last: the second look finds what was told already too, and nobody is to be buzzed twice.
        self._told: OrderedDict[int, NotificationRow] = OrderedDict()

    async def tell(self, fact: NotificationsTold) -> None:
        """Looked up by each node that has a socket of theirs. Raises StorageUnavailable."""
        if not self._sockets.sockets_of(fact.user_id):
            return
        async with self._database.reading() as repositories:
            rows = await self._notifications.rows(repositories, fact.user_id, fact.notification_ids)
        for row in rows:
            if self._told.get(row.id) == row:
                continue
            self._remember(row)
            self._sockets.to_user(fact.user_id, "notification", self._present("notification", {"notification": row}))

    def _remember(self, row: NotificationRow) -> None:
        self._told[row.id] = row
        self._told.move_to_end(row.id)
        if len(self._told) > MOST_TOLD:
            self._told.popitem(last=False)
