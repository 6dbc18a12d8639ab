"""Statistics of one person over REST."""

from controllers.rest.contract import Call, Endpoint, Reply
from controllers.schemas.activity import UserStatsPath, UserStatsQuery, UserStatsSchema
from services.activity import Activity


class UserStatsEndpoints:
    def __init__(self, *, activity: Activity) -> None:
        self._activity = activity

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/messaging/stats/{userType}/{userId}",
                self.get,
                "One's own messages, response times and conversations; administrators see anybody's",
                "users",
                parameters=UserStatsPath,
                query=UserStatsQuery,
                replies={200: UserStatsSchema},
                errors=("NOT_FOUND",),
            )
        ]

    async def get(self, call: Call) -> Reply:
        found = await self._activity.get(
            call.user, role=call.path["role"], user_id=call.path["user_id"], days=call.query["days"]
        )
        return Reply(found)
