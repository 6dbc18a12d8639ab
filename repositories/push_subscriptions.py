"""Browsers that want to be told by Web Push."""

from uuid import UUID

from repositories.statements import Statements


class PushSubscriptionRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def save(
        self, *, user_id: int, session_id: UUID | None, endpoint_hash: bytes, sealed: bytes, device: str
    ) -> int:
        return int(
            await self._statements.value(
                "save_push_subscription",
                user_id=user_id,
                session_id=session_id,
                endpoint_hash=endpoint_hash,
                sealed=sealed,
                device=device,
            )
        )

    async def trim(self, *, user_id: int, keep: int) -> None:
        """Only the latest stay."""
        await self._statements.run("trim_push_subscriptions", user_id=user_id, keep=keep)

    async def delete(self, *, subscription_id: int, user_id: int) -> bool:
        """False: not this user's."""
        return (
            await self._statements.run("delete_push_subscription", subscription_id=subscription_id, user_id=user_id) > 0
        )
