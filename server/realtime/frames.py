"""Packets on their way out, encoded once however many sockets get them."""

import json
import struct
from collections.abc import Mapping
from typing import Any

import orjson

from server.realtime.packets import ACK, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT

MESSAGE = b"4"
OPEN, CLOSE, PING, NOOP, PROBE_PONG = b"0", b"1", b"2", b"6", b"3probe"
_TEXT_FRAME = 0x81
# A datetime that reaches the wire without its schema would have another form than all the others: an error, not a guess.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class Frame:
    """One engine.io packet: `text` for polling, `wire` as a WebSocket frame (unmasked, whole, not compressed)."""

    __slots__ = ("_wire", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        if self._wire is None:
            self._wire = _header(len(self.text)) + self.text
        return self._wire


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((_TEXT_FRAME, size))
    if size < 65_536:
        return struct.pack("!BBH", _TEXT_FRAME, 126, size)
    return struct.pack("!BBQ", _TEXT_FRAME, 127, size)


def open_frame(options: Mapping[str, Any]) -> Frame:
    return Frame(OPEN + _json(options))


def connected_frame(sid: str) -> Frame:
    return _packet(CONNECT, b"", {"sid": sid})


def refused_frame(code: str, error: Mapping[str, Any]) -> Frame:
    """At the client: `err.message` is the code, `err.data` the error."""
    return _packet(CONNECT_ERROR, b"", {"message": code, "data": error})


def unknown_namespace_frame(namespace: str) -> Frame:
    """The answer of the Node.js server; the transport stays for the namespace that exists."""
    return _packet(CONNECT_ERROR, namespace.encode() + b",", {"message": "Invalid namespace"})


def disconnected_frame() -> Frame:
    """The stock client does not come back by itself after this one."""
    return Frame(MESSAGE + str(DISCONNECT).encode())


def event_frame(event: str, payload: Mapping[str, Any]) -> Frame:
    """Raises TypeError for what JSON cannot say."""
    return _packet(EVENT, b"", [event, payload])


def ack_frame(ack_id: int, envelope: Mapping[str, Any]) -> Frame:
    """Raises TypeError for what JSON cannot say."""
    return _packet(ACK, str(ack_id).encode(), [envelope])


def _packet(kind: int, head: bytes, data: Any) -> Frame:
    return Frame(MESSAGE + str(kind).encode() + head + _json(data))


def _json(data: Any) -> bytes:
    try:
        return orjson.dumps(data, default=_plain, option=_STRICT)
    except TypeError:
        # orjson knows no lone surrogates and no integers over 64 bits, which a refusal may have to echo.
        return json.dumps(data, default=_plain, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    # Mappings that are no dict (MappingProxyType and the like) come from callers who freeze what they hand out.
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(type(value).__name__)
