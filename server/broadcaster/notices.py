"""The event `notification`, to all sockets of its reader."""

from repositories.unit_of_work import Database
from server.broadcaster.digest import Present
from server.broadcaster.sockets import Sockets
from services.events import NotificationsTold
from services.notifications import Notifications


class NoticeTeller:
    def __init__(self, *, database: Database, sockets: Sockets, notifications: Notifications, present: Present) -> None:
        self._database = database
        self._sockets = sockets
        self._notifications = notifications
        self._present = present

    async def tell(self, fact: NotificationsTold) -> None:
        """Looked up by each node that has a socket of theirs. Raises StorageUnavailable."""
        if not self._sockets.sockets_of(fact.user_id):
            return
        async with self._database.reading() as repositories:
            rows = await self._notifications.rows(repositories, fact.user_id, fact.notification_ids)
        for row in rows:
            self._sockets.to_user(fact.user_id, "notification", self._present("notification", {"notification": row}))
