"""Reactions over REST."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.messages import MessagePath
from controllers.schemas.reactions import ReactedSchema, ReactionBody
from services.reactions import Reactions

TAG = "messages"
PATH = "/api/messaging/messages/{id}/reactions"
ERRORS = ("NOT_FOUND", "FORBIDDEN", "CONFLICT")


class ReactionEndpoints:
    def __init__(self, *, reactions: Reactions) -> None:
        self._reactions = reactions

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                PATH,
                self.add,
                "React to a message with an emoji",
                TAG,
                limit="request",
                parameters=MessagePath,
                body=ReactionBody,
                replies={200: ReactedSchema},
                errors=ERRORS,
            ),
            Endpoint(
                "DELETE",
                PATH,
                self.remove,
                "Take one's emoji back",
                TAG,
                limit="request",
                parameters=MessagePath,
                query=ReactionBody,
                replies={200: ReactedSchema},
                errors=ERRORS,
            ),
        ]

    async def add(self, call: Call) -> Reply:
        reacted = await self._reactions.add(call.user, message_id=call.path["message_id"], emoji=call.body["emoji"])
        return Reply({"message": reacted.message, "changed": reacted.changed})

    async def remove(self, call: Call) -> Reply:
        reacted = await self._reactions.remove(call.user, message_id=call.path["message_id"], emoji=call.query["emoji"])
        return Reply({"message": reacted.message, "changed": reacted.changed})
