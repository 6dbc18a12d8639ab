"""The private parts of libraries that we rely on (docs/library-facts.md): a new version that changes one is noticed here.

When this fails: read what changed, look at the file of ours that relies on it, then renew the fingerprint.
"""

import hashlib
import inspect
from typing import Any

import engineio
import psycopg.abc
import psycopg.adapt
import psycopg.pq
import pytest
from aiohttp import web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.web_protocol import RequestHandler
from marshmallow import Schema, fields
from socketio.packet import Packet

SEAMS: dict[str, tuple[Any, str]] = {
    "the handshake puts queue and parser in place": (web.WebSocketResponse._post_start, "5537cb3f2eca"),
    "a handshake is checked": (web.WebSocketResponse._handshake, "95b5e704a782"),
    "a response is prepared in this order": (web.WebSocketResponse.prepare, "bd6bf6c6d410"),
    "a parser gets what came before it": (RequestHandler.set_parser, "bb548eb2b85d"),
    "a handler whose connection has gone lets go of everything": (RequestHandler.connection_lost, "df2fe6e95fd0"),
    "a handler without a transport writes and closes nothing": (RequestHandler.start, "2e565fd40c8e"),
    "every piece that is no HTTP is an error": (RequestHandler.data_received, "1ee57ebe052e"),
    "a connection gets its handler": (web.Server.__call__, "c5700549e688"),
    "a runner makes its server": (web.AppRunner._make_server, "2d5358865abd"),
    "requests find their socket": (engineio.AsyncServer.handle_request, "1a8c878e3516"),
    "a socket is made": (engineio.AsyncServer._handle_connect, "5bd7edc1d1ae"),
    "refusals are logged": (engineio.AsyncServer._log_error_once, "dccbb5602dc4"),
    "a packet is read": (Packet.decode, "61ad7904b539"),
    "a field of text is said": (fields.String._serialize, "cee633dbe0c5"),
    "a field of numbers is said": (fields.Integer._serialize, "0cfd99f5e7a3"),
    "an answer is given to be read": (psycopg.abc.Transformer.set_pgresult, "366b21b42ced"),
    "rows are read": (psycopg.abc.Transformer.load_rows, "aba5e283eedd"),
    "a schema is loaded": (Schema._do_load, "85fa0007429d"),
}


def fingerprint(part: Any) -> str:
    return hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:12]


@pytest.mark.parametrize("what", SEAMS)
def test_a_private_part_is_as_we_know_it(what: str) -> None:
    part, known = SEAMS[what]
    assert fingerprint(part) == known


def test_the_queue_of_the_parser_can_be_replaced() -> None:
    """It is compiled, so there is no source to look at."""
    assert {"feed_data", "set_exception", "exception", "_buffer", "_protocol"} <= set(dir(WebSocketDataQueue))


def test_rows_are_read_by_compiled_code() -> None:
    """Without its wheel psycopg does the same in Python, by a libpq of the machine."""
    assert psycopg.pq.__impl__ == "binary"
    assert {"set_pgresult", "load_rows"} <= set(dir(psycopg.adapt.Transformer))
    assert psycopg.adapt.Transformer.__module__.startswith("psycopg_binary")
