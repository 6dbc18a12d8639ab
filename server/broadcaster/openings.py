"""Patients and mentees are told who looked into their conversation."""

from repositories.unit_of_work import Database
from server.broadcaster.digest import Present
from server.broadcaster.sockets import Sockets
from services.events import ConversationOpened
from services.principal import MEMBER, PATIENT

EVENT = "conversation_opened"
BY_SPECIAL_RIGHT = "break_glass"


class OpeningNews:
    def __init__(self, *, database: Database, sockets: Sockets, present: Present) -> None:
        self._database = database
        self._sockets = sockets
        self._present = present

    async def tell(self, fact: ConversationOpened) -> None:
        async with self._database.reading() as repositories:
            people = await repositories.conversations.participants([fact.conversation_id])
            concerned = [
                row.user_id
                for row in people
                if row.role in (PATIENT, MEMBER)
                and row.left_at is None
                and row.user_id != fact.user_id
                and self._sockets.sockets_of(row.user_id)
            ]
            opener = await repositories.users.find(user_id=fact.user_id) if concerned else None
            reason = None
            if concerned and fact.action == BY_SPECIAL_RIGHT:
                reason = await repositories.trail.broken_glass(
                    conversation_id=fact.conversation_id, user_id=fact.user_id
                )
        if opener is None:
            return
        payload = self._present(
            EVENT,
            {
                "conversation_id": fact.conversation_id,
                "user_id": fact.user_id,
                "user_name": f"{opener.first_name} {opener.last_name}",
                "user_role": fact.role,
                "action": fact.action,
                "reason": reason,
                "opened_at": fact.opened_at,
            },
        )
        for user_id in concerned:
            self._sockets.to_user(user_id, EVENT, payload)
