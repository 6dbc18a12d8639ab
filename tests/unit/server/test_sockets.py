"""What belongs to a socket is made with it, and anew when its token is."""

from typing import Any, cast

from server.realtime.limits import RealtimeLimits
from server.realtime.sockets import Socket
from services.principal import DOCTOR, Origin, Principal


def test_what_was_asked_before_a_new_token_stays_asked_by_whom_it_was() -> None:
    first, second = (Principal(7, DOCTOR, session, 0) for session in ("s1", "s2"))
    origin = Origin("2001:db8::1", "device", "request", "en")
    socket = Socket(
        sid="sid", principal=first, origin=origin, transport=cast("Any", None), limits=RealtimeLimits(event_rate=0)
    )
    asking = socket.caller
    socket.renew(second)
    assert (asking.principal, socket.principal, socket.caller.principal) == (first, second, second)
    for caller in (asking, socket.caller):
        assert (caller.socket_id, caller.origin) == ("sid", origin)
        assert (caller.person_key, caller.address_key) == ("7", "2001:db8::")
