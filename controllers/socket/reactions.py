"""add_reaction and remove_reaction."""

from controllers.schemas.reactions import ReactedSchema, ReactSchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from services.reactions import Reactions


class ReactionEvents:
    def __init__(self, *, reactions: Reactions) -> None:
        self._reactions = reactions

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="add_reaction",
                handler=self.add,
                schema=ReactSchema,
                ack=ReactedSchema,
                limit="event",
                summary="React to a message with an emoji",
            ),
            SocketEvent(
                name="remove_reaction",
                handler=self.remove,
                schema=ReactSchema,
                ack=ReactedSchema,
                limit="event",
                summary="Take one's emoji back",
            ),
        ]

    async def add(self, call: SocketCall) -> Reply:
        reacted = await self._reactions.add(call.principal, **call.data)
        return Reply({"message": reacted.message, "changed": reacted.changed})

    async def remove(self, call: SocketCall) -> Reply:
        reacted = await self._reactions.remove(call.principal, **call.data)
        return Reply({"message": reacted.message, "changed": reacted.changed})
