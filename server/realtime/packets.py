"""Library seam: socketio.packet of python-socketio 5.18.1, made strict.

Why not as it is: attachments of packet types 5 and 6 are buffered without bound (fact 7); NaN, floats out of range and
bottomless nesting are decoded; a number of a hundred digits is an ack id.
"""

import re
from typing import Any

import orjson
from socketio import packet

from controllers.socket.contract import Asked
from controllers.strict_json import parse

CONNECT: int = packet.CONNECT
DISCONNECT: int = packet.DISCONNECT
EVENT: int = packet.EVENT
ACK: int = packet.ACK
CONNECT_ERROR: int = packet.CONNECT_ERROR

LARGEST_ACK_ID = 2**53
_TYPES = frozenset("01234")
_BINARY_TYPES = frozenset("56")


class BinaryRefused(ValueError):
    """The contract has no binary events."""


class _StrictJson:
    """What socketio.packet calls as its json module."""

    loads = staticmethod(parse)


class StrictPacket(packet.Packet):  # type: ignore[misc]  # the library ships no types
    uses_binary_events = False
    json = _StrictJson


# Type 4 of engine.io, 2 of Socket.IO, and an ack id that is in range by its length.
_EVENT_HEAD = re.compile(r"42([0-9]{0,15})(?=\[)", re.ASCII)
_SIMPLE = frozenset({str, bool, int, type(None)})


def plain_event(text: str, arrived: float) -> Asked | None:
    """An event as nearly all are: a name and one flat object. It is read by orjson, which is quick and means the same by
    what is left then. None for everything else, which `decode` reads or refuses.
    """
    head = _EVENT_HEAD.match(text)
    if head is None:
        return None
    try:
        name, data = orjson.loads(text[head.end() :])
    except ValueError:  # no JSON, or not two things
        return None
    if type(name) is not str or type(data) is not dict:
        return None
    for value in data.values():
        # Numbers over 64 bits become floats in orjson, and so those are none of its business.
        if type(value) not in _SIMPLE:
            return None
    number = head[1]
    return Asked(name, [data], int(number) if number else None, len(text), arrived)


def decode(text: str) -> Any:
    """A StrictPacket of engine.io's packet `text`. Raises ValueError for what no stock client sends, BinaryRefused for
    types 5 and 6.
    """
    text = text[1:]
    kind = text[:1]
    if kind in _BINARY_TYPES:
        raise BinaryRefused(kind)
    if kind not in _TYPES:
        raise ValueError("unknown packet type")
    decoded = StrictPacket(encoded_packet=text)
    if decoded.attachment_count:
        raise BinaryRefused("attachments")
    if decoded.id is not None and decoded.id > LARGEST_ACK_ID:
        raise ValueError("ack id out of range")
    return decoded
