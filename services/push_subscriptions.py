"""Browsers that want to be told by Web Push. What they give is sealed before it is stored, and ends with their session."""

from uuid import UUID

from services.errors import Forbidden, NotFound
from services.notification_ports import Pusher, PushTarget
from services.ports import UnitOfWork
from services.principal import Origin, Principal

MOST = 20


class PushSubscriptions:
    """`pusher` None: this installation has no Web Push."""

    def __init__(self, *, unit_of_work: UnitOfWork, pusher: Pusher | None) -> None:
        self._unit_of_work = unit_of_work
        self._pusher = pusher

    def public_key(self) -> str | None:
        return None if self._pusher is None else self._pusher.public_key

    async def subscribe(self, principal: Principal, origin: Origin, target: PushTarget) -> int:
        """The same browser again has the same id, also for another person. Of many the oldest go.

        Raises Forbidden without Web Push, ValidationFailed, Unavailable.
        """
        if self._pusher is None:
            raise Forbidden(reason="push_off")
        endpoint_hash, sealed = self._pusher.seal(target)
        async with self._unit_of_work.transaction() as repositories:
            subscription_id = await repositories.push_subscriptions.save(
                user_id=principal.user_id,
                session_id=None if principal.session_id is None else UUID(principal.session_id),
                endpoint_hash=endpoint_hash,
                sealed=sealed,
                device=origin.device,
            )
            await repositories.push_subscriptions.trim(user_id=principal.user_id, keep=MOST)
        return subscription_id

    async def unsubscribe(self, principal: Principal, *, subscription_id: int) -> None:
        """Raises NotFound, Unavailable."""
        async with self._unit_of_work.transaction() as repositories:
            deleted = await repositories.push_subscriptions.delete(
                subscription_id=subscription_id, user_id=principal.user_id
            )
        if not deleted:
            raise NotFound
