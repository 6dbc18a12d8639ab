"""Tokens that end soon have a timer, those that end later share one, and both are told in time."""

import time
from typing import cast

from server.realtime.expiry import Expiries
from server.realtime.sockets import Socket
from services.principal import Principal
from tests.realtime.served import until


class FakeSocket:
    def __init__(self, left: float) -> None:
        self.principal = Principal(1, "patient", None, time.time() + left)


class Told:
    def __init__(self) -> None:
        self.warned: list[Socket] = []
        self.expired: dict[Socket, float] = {}

    def expiries(self, *, warning: float = 0.0, minute: float = 0.1) -> Expiries:
        return Expiries(
            warning=warning,
            warn=lambda socket, _: self.warned.append(socket),
            expire=self._expire,
            minute=minute,
        )

    def _expire(self, socket: Socket) -> None:
        self.expired[socket] = time.time()


def socket(left: float) -> Socket:
    return cast("Socket", FakeSocket(left))


async def test_soon_and_later_end_in_time_with_a_warning_before() -> None:
    told = Told()
    expiries = told.expiries(warning=0.05)
    sockets = [socket(left) for left in (0.08, 0.7, 0.4)]
    for one in sockets:
        expiries.start(one)
    assert len(expiries) == 3
    await until(lambda: len(told.expired) == 3)
    assert list(told.expired) == [sockets[0], sockets[2], sockets[1]]
    assert told.warned == list(told.expired)
    for one, ended in told.expired.items():
        assert 0 <= ended - one.principal.expires_at < 0.3


async def test_one_that_is_over_ends_at_once() -> None:
    told = Told()
    expiries = told.expiries(warning=60, minute=60)
    over = socket(-5)
    expiries.start(over)
    await until(lambda: over in told.expired)


async def test_who_stops_is_forgotten_wherever_it_was_noted() -> None:
    told = Told()
    expiries = told.expiries(minute=60)
    sockets = [socket(left) for left in (30, 1000, 1000, 4e9)]
    for one in sockets:
        expiries.start(one)
    for one in sockets:
        expiries.stop(one)
        expiries.stop(one)
    assert len(expiries) == 0
    assert expiries._later == {}


async def test_a_renewed_one_ends_at_its_new_time() -> None:
    told = Told()
    expiries = told.expiries()
    renewed, other = socket(0.3), socket(0.5)
    expiries.start(renewed)
    expiries.start(other)
    expiries.stop(renewed)
    renewed.principal = Principal(1, "patient", None, time.time() + 0.8)
    expiries.start(renewed)
    await until(lambda: len(told.expired) == 2)
    assert list(told.expired) == [other, renewed]
