"""One's notifications, and how one wants to be told."""

from collections.abc import Mapping
from typing import Any

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.notifications import (
    ChangePreferencesSchema,
    NotificationOwnerPath,
    NotificationPageSchema,
    NotificationPath,
    NotificationQuery,
    NotificationReadSchema,
    NotificationSchema,
    PreferencesSchema,
)
from services.notification_preferences import NotificationPreferences
from services.notifications import Notifications

TAG = "notifications"
PREFERENCES = "/api/messaging/notification-preferences"
NOT_QUIET = {"quiet_from": None, "quiet_to": None, "time_zone": None}


class NotificationEndpoints:
    def __init__(self, *, notifications: Notifications, preferences: NotificationPreferences) -> None:
        self._notifications = notifications
        self._preferences = preferences

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/notifications/{userType}/{userId}",
                self.list,
                "One's own notifications, latest first; none holds content",
                TAG,
                parameters=NotificationOwnerPath,
                query=NotificationQuery,
                replies={200: NotificationPageSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "PATCH",
                "/api/messaging/notifications/{id}",
                self.set_read,
                "Mark one as read, or as unread unless its messages were read; told to one's other devices",
                TAG,
                limit="request",
                parameters=NotificationPath,
                body=NotificationReadSchema,
                replies={200: NotificationSchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "GET",
                PREFERENCES,
                self.preferences,
                "How one is told when away",
                TAG,
                replies={200: PreferencesSchema},
            ),
            Endpoint(
                "PATCH",
                PREFERENCES,
                self.change_preferences,
                "Change that: ways, kinds that stay inside, quiet hours (null: none), urgent in spite of quiet and mute",
                TAG,
                limit="request",
                body=ChangePreferencesSchema,
                replies={200: PreferencesSchema},
            ),
        ]

    async def list(self, call: Call) -> Reply:
        page = await self._notifications.page(
            call.user,
            role=call.path["role"],
            user_id=call.path["user_id"],
            unread=call.query["unread"],
            before=call.query.get("before"),
            limit=call.query["limit"],
        )
        following = None if page.next is None else str(page.next)
        return Reply({"items": page.items, "has_more": following is not None, "next": following})

    async def set_read(self, call: Call) -> Reply:
        return Reply(
            await self._notifications.set_read(
                call.user, notification_id=call.path["notification_id"], read=call.body["read"]
            )
        )

    async def preferences(self, call: Call) -> Reply:
        return Reply(await self._preferences.get(call.user))

    async def change_preferences(self, call: Call) -> Reply:
        return Reply(await self._preferences.change(call.user, _flat(call.body)))


def _flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """Quiet hours are one thing to clients and three columns to us."""
    changes = dict(body)
    if "quiet_hours" in changes:
        changes |= changes.pop("quiet_hours") or NOT_QUIET
    return changes
