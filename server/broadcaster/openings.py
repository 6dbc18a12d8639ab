"""Patients and mentees are told who looked into their conversation."""

from collections import defaultdict
from collections.abc import Sequence

from repositories.conversations import ParticipantRow
from repositories.repositories import Repositories
from repositories.unit_of_work import Database
from server.broadcaster.digest import Present
from server.broadcaster.sockets import Payload, Sockets
from services.events import ConversationOpened
from services.principal import MEMBER, PATIENT

EVENT = "conversation_opened"
BY_SPECIAL_RIGHT = "break_glass"


class OpeningNews:
    def __init__(self, *, database: Database, sockets: Sockets, present: Present) -> None:
        self._database = database
        self._sockets = sockets
        self._present = present

    async def tell(self, facts: Sequence[ConversationOpened]) -> None:
        """With one look for all of them: after an outage every doctor opens something at the same time. Told when all is known,
        so that it can be tried again. Raises StorageUnavailable."""
        told: list[tuple[int, Payload]] = []
        async with self._database.reading() as repositories:
            people_of: defaultdict[int, list[ParticipantRow]] = defaultdict(list)
            for row in await repositories.conversations.participants(list({fact.conversation_id for fact in facts})):
                people_of[row.conversation_id].append(row)
            for fact in facts:
                people = people_of[fact.conversation_id]
                concerned = [row.user_id for row in people if self._is_concerned(row, fact)]
                if concerned and (payload := await self._said(repositories, fact, people)) is not None:
                    told += [(user_id, payload) for user_id in concerned]
        for user_id, payload in told:
            self._sockets.to_user(user_id, EVENT, payload)

    def _is_concerned(self, row: ParticipantRow, fact: ConversationOpened) -> bool:
        return (
            row.role in (PATIENT, MEMBER)
            and row.left_at is None
            and row.user_id != fact.user_id
            and bool(self._sockets.sockets_of(row.user_id))
        )

    async def _said(
        self, repositories: Repositories, fact: ConversationOpened, people: Sequence[ParticipantRow]
    ) -> Payload | None:
        name = await self._name_of_opener(repositories, fact, people)
        if name is None:
            return None
        reason = None
        if fact.action == BY_SPECIAL_RIGHT:
            reason = await repositories.trail.broken_glass(conversation_id=fact.conversation_id, user_id=fact.user_id)
        told = {
            "conversation_id": fact.conversation_id,
            "user_id": fact.user_id,
            "user_name": name,
            "user_role": fact.role,
            "action": fact.action,
            "reason": reason,
            "opened_at": fact.opened_at,
        }
        return self._present(EVENT, told)

    @staticmethod
    async def _name_of_opener(
        repositories: Repositories, fact: ConversationOpened, people: Sequence[ParticipantRow]
    ) -> str | None:
        """Nearly always one of the participants; None when the account has gone meanwhile."""
        for row in people:
            if row.user_id == fact.user_id:
                return f"{row.first_name} {row.last_name}"
        opener = await repositories.users.find(user_id=fact.user_id)
        return None if opener is None else f"{opener.first_name} {opener.last_name}"
