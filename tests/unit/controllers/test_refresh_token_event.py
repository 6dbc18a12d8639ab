"""refresh_token: only the same user's token is taken over."""

from types import SimpleNamespace

import pytest

from controllers.socket.contract import SocketCall
from controllers.socket.tokens import TokenEvents
from services.errors import AuthRequired, SessionExpired
from services.principal import Origin, Principal

ORIGIN = Origin(address="a", device="d", request_id="r", language="en")
OWN = Principal(7, "patient", "one", 1000.0)


class Sockets:
    def __init__(self) -> None:
        self.renewed: list[tuple[str, Principal]] = []

    def renew(self, socket_id: str, principal: Principal) -> bool:
        self.renewed.append((socket_id, principal))
        return True


def events(sockets: Sockets, answer: Principal | Exception) -> TokenEvents:
    async def authenticate(token: str) -> Principal:
        if isinstance(answer, Exception):
            raise answer
        return answer

    known = SimpleNamespace(authenticate=authenticate)
    return TokenEvents(authentication=known, renewal=sockets, clock=lambda: 1000.5)  # type: ignore[arg-type]  # one method of it


def call() -> SocketCall:
    return SocketCall(principal=OWN, origin=ORIGIN, socket_id="s", data={"token": "t"})


async def test_the_socket_lives_on_with_the_new_token() -> None:
    sockets, renewed = Sockets(), Principal(7, "patient", "two", 1900.9)
    (event,) = events(sockets, renewed).events()
    reply = await event.handler(call())
    assert event.ack().dump(reply.ack) == {"expiresIn": 900}  # type: ignore[union-attr]  # never Pending
    assert sockets.renewed == [("s", renewed)]


@pytest.mark.parametrize("answer", [Principal(8, "patient", "x", 1900.0), AuthRequired(), SessionExpired()])
async def test_nothing_changes_when_it_is_refused(answer: Principal | Exception) -> None:
    sockets = Sockets()
    with pytest.raises((AuthRequired, SessionExpired)):
        await events(sockets, answer).refresh(call())
    assert sockets.renewed == []


@pytest.mark.parametrize("data", [{}, {"token": 7}, {"token": ""}, {"token": "t", "more": 1}, {"token": "t" * 9000}])
def test_what_is_no_token_is_refused_by_the_schema(data: dict[str, object]) -> None:
    (event,) = events(Sockets(), OWN).events()
    assert event.schema().validate(data)
