"""Reactions as rows: sealed in, sealed out."""

from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class OwnReactions:
    """`content` None: this person never reacted to the message. `last_change` is the conversation's."""

    last_change: int
    content: bytes | None


class ReactionRepository:
    """Inside a transaction that has locked the message only."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def of(self, *, message_id: int, user_id: int, conversation_id: int) -> OwnReactions:
        [found] = await self._statements.many(
            "find_own_reactions",
            OwnReactions,
            message_id=message_id,
            user_id=user_id,
            conversation_id=conversation_id,
        )
        return found

    async def keep(self, *, message_id: int, user_id: int, conversation_id: int, content: bytes) -> None:
        """Takes the next change of the conversation."""
        await self._statements.run(
            "keep_reactions",
            message_id=message_id,
            user_id=user_id,
            conversation_id=conversation_id,
            content=content,
        )
