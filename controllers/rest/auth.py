"""Logging in and out, and staying in."""

from collections.abc import Callable

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.rest.refresh_cookie import refresh_cookie, refresh_token
from controllers.schemas.auth import ChangePasswordSchema, EmptyBodySchema, LoginSchema, MeSchema, SignedInSchema
from services.auth import Auth, SignedIn

TAG = "auth"


class AuthEndpoints:
    def __init__(self, *, auth: Auth, seal_key_of: Callable[[int], str]) -> None:
        self._auth = auth
        self._seal_key_of = seal_key_of

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "POST",
                "/api/auth/login",
                self.login,
                "Log in with user name and password; the refresh token comes as a cookie",
                TAG,
                access=Access.PUBLIC,
                limit="request",
                body=LoginSchema,
                replies={200: SignedInSchema},
                errors=("AUTH_REQUIRED", "RATE_LIMIT_EXCEEDED"),
            ),
            Endpoint(
                "POST",
                "/api/auth/refresh",
                self.refresh,
                "A new access token for the cookie's session, and the next refresh token",
                TAG,
                access=Access.PUBLIC,
                limit="request",
                body=EmptyBodySchema,
                replies={200: SignedInSchema},
                errors=("AUTH_REQUIRED", "SESSION_EXPIRED", "FORBIDDEN"),
            ),
            Endpoint(
                "POST",
                "/api/auth/logout",
                self.logout,
                "End the cookie's session; without one it does nothing",
                TAG,
                access=Access.PUBLIC,
                limit="request",
                body=EmptyBodySchema,
                replies={204: None},
                errors=("FORBIDDEN",),
            ),
            Endpoint(
                "POST",
                "/api/auth/password",
                self.change_password,
                "Change one's password; the other sessions end",
                TAG,
                limit="request",
                body=ChangePasswordSchema,
                replies={204: None},
                errors=("RATE_LIMIT_EXCEEDED",),
            ),
            Endpoint(
                "GET",
                "/api/auth/me",
                self.me,
                "Who one is, and the key with which a browser seals what one has not sent yet",
                TAG,
                replies={200: MeSchema},
            ),
        ]

    async def login(self, call: Call) -> Reply:
        signed_in = await self._auth.login(
            username=call.body["username"], password=call.body["password"], origin=call.origin
        )
        return _with_cookie(call, signed_in)

    async def refresh(self, call: Call) -> Reply:
        return _with_cookie(call, await self._auth.refresh(refresh_token=refresh_token(call)))

    async def logout(self, call: Call) -> Reply:
        whose = await self._auth.logout(refresh_token=refresh_token(call))
        return Reply(whose, status=204, cookies=(refresh_cookie(call, "", seconds=0),))

    async def change_password(self, call: Call) -> Reply:
        await self._auth.change_password(
            call.user, current=call.body["current_password"], new=call.body["new_password"]
        )
        return Reply(status=204)

    async def me(self, call: Call) -> Reply:
        user = await self._auth.me(call.user)
        return Reply({"user": user, "seal_key": self._seal_key_of(user.id)})


def _with_cookie(call: Call, signed_in: SignedIn) -> Reply:
    cookie = refresh_cookie(call, signed_in.refresh_token, seconds=signed_in.refresh_expires_in)
    return Reply(signed_in, cookies=(cookie,))
