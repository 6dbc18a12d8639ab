"""Library seam: socketio.packet of python-socketio 5.18.1, made strict.

Why not as it is: attachments of packet types 5 and 6 are buffered without bound (fact 7); NaN, floats out of range and
bottomless nesting are decoded; a number of a hundred digits is an ack id. Who asked is lost with data that are no JSON.
"""

import re
from typing import Any

from socketio import packet

from controllers.strict_json import BadJson, parse

CONNECT: int = packet.CONNECT
DISCONNECT: int = packet.DISCONNECT
EVENT: int = packet.EVENT
ACK: int = packet.ACK
CONNECT_ERROR: int = packet.CONNECT_ERROR

LARGEST_ACK_ID = 2**53
_TYPES = frozenset("01234")
_BINARY_TYPES = frozenset("56")
# Of the one namespace: an ack id and a name, behind which something is to follow.
_EVENT_HEAD = re.compile(r'2(?:/,)?([0-9]{0,16})\[\s*+("(?:[^"\\]|\\.)*+")\s*+,', re.ASCII)


class BinaryRefused(ValueError):
    """The contract has no binary events."""


class _StrictJson:
    """What socketio.packet calls as its json module."""

    loads = staticmethod(parse)


class StrictPacket(packet.Packet):  # type: ignore[misc]  # the library ships no types
    uses_binary_events = False
    json = _StrictJson


def decode(text: str) -> Any:
    """A StrictPacket of engine.io's packet `text`. Raises ValueError for what no stock client sends, BinaryRefused for
    types 5 and 6. An event of which only the name can be read has the BadJson in place of what it says: it is owed an answer.
    """
    text = text[1:]
    kind = text[:1]
    if kind in _BINARY_TYPES:
        raise BinaryRefused(kind)
    if kind not in _TYPES:
        raise ValueError("unknown packet type")
    decoded = _packet(text)
    if decoded.attachment_count:
        raise BinaryRefused("attachments")
    if decoded.id is not None and decoded.id > LARGEST_ACK_ID:
        raise ValueError("ack id out of range")
    return decoded


def _packet(text: str) -> StrictPacket:
    try:
        return StrictPacket(encoded_packet=text)
    except BadJson as error:
        head = _EVENT_HEAD.match(text)
        if head is None:
            raise
        # A new one: what was raised holds the text that it broke on.
        data = [parse(head[2]), BadJson(error.key)]
    return StrictPacket(packet.EVENT, data, id=int(head[1]) if head[1] else None)
