"""refresh_token: a socket lives on with a new access token of the same user."""

import time
from typing import Protocol

from controllers.schemas.auth import RefreshTokenSchema, RenewedSchema
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from services.authentication import Authentication
from services.errors import AuthRequired
from services.ports import Clock
from services.principal import Principal


class Renewal(Protocol):
    """The sockets of this node. server/realtime implements it."""

    def renew(self, socket_id: str, principal: Principal) -> bool:
        """The socket's calls are those of `principal` from now on, until its `expires_at`. False when it has gone."""


class TokenEvents:
    def __init__(self, *, authentication: Authentication, renewal: Renewal, clock: Clock = time.time) -> None:
        self._authentication = authentication
        self._renewal = renewal
        self._clock = clock

    def events(self) -> list[SocketEvent]:
        return [
            SocketEvent(
                name="refresh_token",
                handler=self.refresh,
                schema=RefreshTokenSchema,
                ack=RenewedSchema,
                limit="event",
                summary="Go on with a new access token of the same user",
            )
        ]

    async def refresh(self, call: SocketCall) -> Reply:
        principal = await self._authentication.authenticate(call.data["token"])
        if principal.user_id != call.principal.user_id:
            raise AuthRequired
        self._renewal.renew(call.socket_id, principal)
        return Reply(ack={"expires_in": max(0, int(principal.expires_at - self._clock()))})
