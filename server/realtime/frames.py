"""Packets on their way out, encoded once however many sockets get them."""

import json
import struct
from collections.abc import Mapping
from typing import Any, TypeAlias

import orjson

from server.realtime.packets import ACK, CONNECT, CONNECT_ERROR, DISCONNECT, EVENT

MESSAGE = b"4"
OPEN, CLOSE, PING, NOOP, PROBE_PONG = b"0", b"1", b"2", b"6", b"3probe"
_TEXT_FRAME = 0x81
_MEDIUM, _LONG = struct.Struct("!BBH"), struct.Struct("!BBQ")
# A datetime that reaches the wire without its schema would have another form than all the others: an error, not a guess.
_STRICT = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


_EVENT, _ACK, _CONNECT, _CONNECT_ERROR = (MESSAGE + str(kind).encode() for kind in (EVENT, ACK, CONNECT, CONNECT_ERROR))
# One engine.io packet as a WebSocket frame: unmasked, whole, not compressed. Who polls gets the text without the header.
Frame: TypeAlias = bytes


def framed(text: bytes) -> Frame:
    size = len(text)
    return (_HEADERS[size] if size < USUAL_SIZE else _header(size)) + text


def text_of(frame: Frame) -> bytes:
    return frame[_header_size(frame) :]


def text_size(frame: Frame) -> int:
    return len(frame) - _header_size(frame)


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((_TEXT_FRAME, size))
    if size < 65_536:
        return _MEDIUM.pack(_TEXT_FRAME, 126, size)
    return _LONG.pack(_TEXT_FRAME, 127, size)


# Of frames up to here the headers are made once: a message of a few lines, its ack, and all smaller ones.
USUAL_SIZE = 2_048
_HEADERS = [_header(size) for size in range(USUAL_SIZE)]


def _header_size(frame: Frame) -> int:
    if frame[1] < 126:
        return 2
    return _MEDIUM.size if frame[1] == 126 else _LONG.size


def open_frame(options: Mapping[str, Any]) -> Frame:
    return framed(OPEN + _json(options))


def connected_frame(sid: str) -> Frame:
    return framed(_CONNECT + _json({"sid": sid}))


def refused_frame(code: str, error: Mapping[str, Any]) -> Frame:
    """At the client: `err.message` is the code, `err.data` the error."""
    return framed(_CONNECT_ERROR + _json({"message": code, "data": error}))


def unknown_namespace_frame(namespace: str) -> Frame:
    """The answer of the Node.js server; the transport stays for the namespace that exists."""
    return framed(_CONNECT_ERROR + namespace.encode() + b"," + _json({"message": "Invalid namespace"}))


def disconnected_frame() -> Frame:
    """The stock client does not come back by itself after this one."""
    return framed(MESSAGE + str(DISCONNECT).encode())


def event_frame(event: str, payload: Mapping[str, Any]) -> Frame:
    """Raises TypeError for what JSON cannot say."""
    return framed(_EVENT + _json([event, payload]))


def ack_frame(ack_id: int, envelope: Mapping[str, Any]) -> Frame:
    """Raises TypeError for what JSON cannot say."""
    return framed(b"%b%d%b" % (_ACK, ack_id, _json([envelope])))


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
