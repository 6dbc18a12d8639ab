"""Library seam: socketio.packet of python-socketio 5.18.1, made strict.

Why not as it is: attachments of packet types 5 and 6 are buffered without bound (fact 7); NaN, floats out of range and
bottomless nesting are decoded; a number of a hundred digits is an ack id.
"""

import json
import math
from typing import Any

from socketio import packet

CONNECT: int = packet.CONNECT
DISCONNECT: int = packet.DISCONNECT
EVENT: int = packet.EVENT
ACK: int = packet.ACK
CONNECT_ERROR: int = packet.CONNECT_ERROR

DEEPEST = 32
LARGEST_ACK_ID = 2**53
_TYPES = frozenset("01234")
_BINARY_TYPES = frozenset("56")


class BinaryRefused(ValueError):
    """The contract has no binary events."""


class _StrictJson:
    """What socketio.packet calls as its json module."""

    @staticmethod
    def loads(text: str) -> Any:
        try:
            value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except RecursionError as error:
            raise ValueError("too deep") from error
        # Most packets have so few brackets that they cannot be deep.
        if text.count("{") + text.count("[") > DEEPEST:
            _check_depth(value)
        return value


class StrictPacket(packet.Packet):  # type: ignore[misc]  # the library ships no types
    uses_binary_events = False
    json = _StrictJson


def decode(text: str) -> Any:
    """A StrictPacket. Raises ValueError for what no stock client sends, BinaryRefused for types 5 and 6."""
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


def _refuse(name: str) -> Any:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("number out of range")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError("too deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return []
    return [inner for inner in value if isinstance(inner, (dict, list))]
