"""Web Push: the key that browsers subscribe with, and their subscriptions."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.notifications import PushKeySchema, PushSubscriptionPath, SubscribedSchema, SubscribeSchema
from services.notification_ports import PushTarget
from services.push_subscriptions import PushSubscriptions

TAG = "notifications"
ALL, ONE = "/api/messaging/push-subscriptions", "/api/messaging/push-subscriptions/{id}"


class PushSubscriptionEndpoints:
    def __init__(self, *, subscriptions: PushSubscriptions) -> None:
        self._subscriptions = subscriptions

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/push-key",
                self.key,
                "The applicationServerKey to subscribe with; null where Web Push is off",
                TAG,
                replies={200: PushKeySchema},
            ),
            Endpoint(
                "POST",
                ALL,
                self.subscribe,
                "Have this browser told by Web Push, as long as this session lives; what it says is only the kind",
                TAG,
                limit="request",
                body=SubscribeSchema,
                replies={201: SubscribedSchema},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "DELETE",
                ONE,
                self.unsubscribe,
                "No longer",
                TAG,
                limit="request",
                parameters=PushSubscriptionPath,
                replies={204: None},
                errors=("NOT_FOUND",),
            ),
        ]

    async def key(self, call: Call) -> Reply:
        return Reply({"public_key": self._subscriptions.public_key()})

    async def subscribe(self, call: Call) -> Reply:
        target = PushTarget(call.body["endpoint"], call.body["keys"]["p256dh"], call.body["keys"]["auth"])
        return Reply({"id": await self._subscriptions.subscribe(call.user, call.origin, target)}, status=201)

    async def unsubscribe(self, call: Call) -> Reply:
        await self._subscriptions.unsubscribe(call.user, subscription_id=call.path["subscription_id"])
        return Reply(status=204)
