"""Who takes part in a conversation, for administrators and host applications. They see no content."""

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.conversations import AdminParticipantPath, AdminParticipantsSchema, ConversationPath
from services.conversations import Conversations

TAG = "administration"
ALL = "/api/admin/conversations/{id}/participants"
ONE = "/api/admin/conversations/{id}/participants/{userId}"


class AdminParticipantEndpoints:
    def __init__(self, *, conversations: Conversations) -> None:
        self._conversations = conversations

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Participants and those who left",
                TAG,
                access=Access.ADMIN,
                parameters=ConversationPath,
                replies={200: AdminParticipantsSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.remove,
                "Remove a participant: the conversation is gone for them within a second",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=AdminParticipantPath,
                replies={200: AdminParticipantsSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "PUT",
                ONE,
                self.bring_back,
                "Bring back a participant who was removed",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=AdminParticipantPath,
                replies={200: AdminParticipantsSchema},
                errors=("NOT_FOUND",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        people = await self._conversations.participants(conversation_id=call.path["conversation_id"])
        return Reply({"participants": people})

    async def remove(self, call: Call) -> Reply:
        return await self._set_left(call, left=True)

    async def bring_back(self, call: Call) -> Reply:
        return await self._set_left(call, left=False)

    async def _set_left(self, call: Call, *, left: bool) -> Reply:
        people = await self._conversations.set_left(
            conversation_id=call.path["conversation_id"], user_id=call.path["user_id"], left=left
        )
        return Reply({"participants": people})
