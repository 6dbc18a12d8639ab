"""Each event takes of the person's tokens and of the address's, once, on whichever way it is handled."""

from typing import Any

import pytest

from controllers.errors import error_reply
from controllers.schemas.base import Flag, ReplySchema, RequestSchema
from controllers.socket.boundary import Answer, Boundary
from controllers.socket.contract import Asked, Caller, Reply, SocketCall, SocketEvent
from services.errors import RateLimitExceeded
from services.principal import DOCTOR, Origin, Principal
from tests.support.fakes import OpenLimiter

BOTH = [("event", "7"), ("event_address", "192.0.2.1")]


class Pick(RequestSchema):
    later = Flag()


class Refusing(OpenLimiter):
    """Lets everything pass but `refused`."""

    def __init__(self, refused: str = "") -> None:
        super().__init__()
        self._refused = refused

    def take(self, limit: str, key: str) -> None:
        if limit == self._refused:
            raise RateLimitExceeded(retry_after=2.5)
        super().take(limit, key)


def made(limiter: OpenLimiter) -> Boundary:
    async def handle(call: SocketCall) -> Reply:
        return Reply()

    def at_once(caller: Caller, data: dict[str, Any]) -> Reply | None:
        return None if data.get("later") else Reply()

    event = SocketEvent("pick", handle, Pick, ReplySchema, "event", "A toy", at_once=at_once)
    return Boundary((event,), limiter=limiter, error_reply=error_reply, present=lambda name, payload: payload)


CALLER = Caller(Principal(7, DOCTOR, None, 0), Origin("192.0.2.1", "device", "request", "en"), "sid")


def asked(*args: Any, **data: bool) -> Asked:
    return Asked("pick", [*args] or [data], ack_id=1, size=1, arrived=0.0)


async def test_an_event_takes_both() -> None:
    limiter = OpenLimiter()
    await made(limiter).handle(CALLER, asked())
    assert (limiter.taken, limiter.given_back) == (BOTH, [])


async def test_rubbish_takes_both_too() -> None:
    limiter = OpenLimiter()
    answer = await made(limiter).handle(CALLER, asked("no object"))
    assert isinstance(answer, Answer)
    assert (answer.code, limiter.taken) == ("VALIDATION_FAILED", BOTH)


def test_at_once_takes_both_too() -> None:
    limiter = OpenLimiter()
    made(limiter).at_once(CALLER, asked())
    assert (limiter.taken, limiter.given_back) == (BOTH, [])


def test_what_is_handled_later_after_all_is_given_back() -> None:
    limiter = OpenLimiter()
    assert made(limiter).at_once(CALLER, asked(later=True)) is None
    assert limiter.given_back == limiter.taken == BOTH


@pytest.mark.parametrize(("limit", "taken"), [("event", []), ("event_address", BOTH[:1])])
async def test_either_of_them_refuses_and_who_is_refused_uses_nothing_of_the_addresss(
    limit: str, taken: list[tuple[str, str]]
) -> None:
    limiter = Refusing(limit)
    answer = await made(limiter).handle(CALLER, asked())
    assert isinstance(answer, Answer)
    assert (answer.code, answer.ack["error"]["retryAfter"]) == ("RATE_LIMIT_EXCEEDED", 2.5)
    assert limiter.taken == taken
