"""Users, for administrators and host applications.

PUT takes the host application's external id in the place where all other methods take our numeric id.
"""

from typing import cast

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.users import (
    ChangeUserSchema,
    CreateUserSchema,
    PutUserReplySchema,
    PutUserSchema,
    UserExternalPath,
    UserPageSchema,
    UserPath,
    UserReplySchema,
    UsersQuery,
)
from repositories.users import UserDetails, UserFilter
from services.user_admin import UserAdmin, UserChanges

TAG = "administration"
ALL, ONE = "/api/admin/users", "/api/admin/users/{id}"


class AdminUserEndpoints:
    def __init__(self, *, users: UserAdmin) -> None:
        self._users = users

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                ALL,
                self.list,
                "Users, latest first; q looks in names, user names, e-mail addresses and external ids",
                TAG,
                access=Access.ADMIN,
                query=UsersQuery,
                replies={200: UserPageSchema},
            ),
            Endpoint(
                "POST",
                ALL,
                self.create,
                "Make a user; without a password only a host application's token lets them in",
                TAG,
                access=Access.ADMIN,
                limit="request",
                body=CreateUserSchema,
                replies={201: UserReplySchema},
                errors=("CONFLICT",),
            ),
            Endpoint(
                "GET",
                ONE,
                self.get,
                "One user",
                TAG,
                access=Access.ADMIN,
                parameters=UserPath,
                replies={200: UserReplySchema},
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "PATCH",
                ONE,
                self.change,
                "Change a user. Being disabled, a new password or another role ends their sessions",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=UserPath,
                body=ChangeUserSchema,
                replies={200: UserReplySchema},
                errors=("NOT_FOUND", "CONFLICT"),
            ),
            Endpoint(
                "PUT",
                ONE,
                self.put,
                "Make or update the user of this external id (which stands in the place of the id); repeatable",
                TAG,
                access=Access.ADMIN,
                limit="request",
                parameters=UserExternalPath,
                body=PutUserSchema,
                replies={201: PutUserReplySchema, 200: PutUserReplySchema},
                errors=("CONFLICT",),
            ),
        ]

    async def list(self, call: Call) -> Reply:
        filters = UserFilter(
            q=call.query.get("q") or None, role=call.query.get("role"), disabled=call.query.get("disabled")
        )
        page = await self._users.page(filters=filters, before=call.query.get("before"), limit=call.query["limit"])
        return Reply({"items": page.items, "has_more": page.next is not None, "next": page.next})

    async def create(self, call: Call) -> Reply:
        user = await self._users.create(
            _details(call), password=call.body.get("password"), external_id=call.body.get("external_id")
        )
        return Reply({"user": user}, status=201)

    async def get(self, call: Call) -> Reply:
        return Reply({"user": await self._users.get(user_id=call.path["user_id"])})

    async def change(self, call: Call) -> Reply:
        user = await self._users.change(user_id=call.path["user_id"], changes=cast(UserChanges, call.body))
        return Reply({"user": user})

    async def put(self, call: Call) -> Reply:
        result = await self._users.put(
            _details(call), external_id=call.path["external_id"], disabled=call.body.get("disabled")
        )
        return Reply(result, status=201 if result.created else 200)


def _details(call: Call) -> UserDetails:
    body = call.body
    return UserDetails(
        username=body["username"],
        first_name=body["first_name"],
        last_name=body["last_name"],
        email=body["email"],
        role=body["role"],
        disabled=body.get("disabled", False),
    )
