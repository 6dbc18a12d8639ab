"""A WebSocket that is asked for in the usual words goes past the library: it must get what the library would give."""

import asyncio

import pytest

from tests.realtime.conftest import Serve
from tests.realtime.served import Served

USUAL, UNUSUAL = "EIO=4&transport=websocket", "transport=websocket&EIO=4"
HEADERS: dict[str, str | None] = {
    "Host": "example.org",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
# RFC 6455 §1.3 has the answer to that key.
ACCEPTED = b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
# A masked text frame: 40{"token":"user:1"}, under a mask of zeros.
CONNECT = b'40{"token":"user:1"}'
CONNECT_FRAME = bytes((0x81, 0x80 | len(CONNECT))) + bytes(4) + CONNECT


HEARD = b"connection_established"
Headers = dict[str, str | None]


async def asked(
    served: Served, query: str, headers: Headers, *more: str, until: bytes, method: str = "GET", behind: bytes = b""
) -> bytes:
    """What comes back, until that is there."""
    lines = [f"{method} /socket.io/?{query} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in (HEADERS | headers).items() if value is not None]
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        writer.write("\r\n".join([*lines, *more, "", ""]).encode() + behind)
        answer = b""
        async with asyncio.timeout(5):
            while until not in answer and (piece := await reader.read(65_536)):
                answer += piece
        return answer
    finally:
        writer.close()


REFUSED: list[tuple[str, Headers, tuple[str, ...]]] = [
    ("GET", {"Upgrade": None, "Connection": None}, ()),
    ("GET", {"Upgrade": "h2c"}, ()),
    ("GET", {}, ("Upgrade: websocket",)),
    ("HEAD", {}, ()),
    ("POST", {}, ("Content-Length: 0",)),
    ("GET", {"Sec-WebSocket-Key": None}, ()),
    ("GET", {"Sec-WebSocket-Key": "short"}, ()),
    ("GET", {"Sec-WebSocket-Version": "12"}, ()),
    ("GET", {"Origin": "https://evil.example"}, ()),
    ("GET", {"Origin": "http://[::1"}, ()),
    ("GET", {"Origin": "https://app.example.org"}, ("Origin: https://evil.example",)),
]


@pytest.mark.parametrize(("method", "headers", "more"), REFUSED)
async def test_what_is_refused_is_refused_in_the_same_words(
    serve: Serve, method: str, headers: Headers, more: tuple[str, ...]
) -> None:
    served = await serve()
    usual, unusual = [
        await asked(served, query, headers, *more, method=method, until=b"\r\n\r\n") for query in (USUAL, UNUSUAL)
    ]
    assert usual.startswith(b"HTTP/1.1 4"), usual
    assert without_date(usual) == without_date(unusual)
    assert not served.realtime._engine.sockets


@pytest.mark.parametrize("query", [USUAL, UNUSUAL, f"{USUAL}&language=fr", f"{USUAL}&t=abc"])
async def test_the_first_packet_comes_behind_the_answer(serve: Serve, query: str) -> None:
    served = await serve()
    answer = await asked(served, query, {"Origin": "https://app.example.org"}, until=b'0{"sid":"')
    head, _, packets = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert ACCEPTED in head
    assert b'0{"sid":"' in packets[:16]


@pytest.mark.parametrize("query", [USUAL, UNUSUAL])
async def test_what_comes_with_the_handshake_is_heard_after_it(serve: Serve, query: str) -> None:
    served = await serve()
    assert HEARD in await asked(served, query, {}, behind=CONNECT_FRAME, until=HEARD)


@pytest.mark.parametrize("query", [USUAL, UNUSUAL])
async def test_the_language_of_the_query_counts(serve: Serve, query: str) -> None:
    served = await serve()
    await asked(served, f"{query}&language=fr", {}, behind=CONNECT_FRAME, until=HEARD)
    await asked(served, query, {"Accept-Language": "fr"}, behind=CONNECT_FRAME, until=HEARD)
    await asked(served, query, {}, behind=CONNECT_FRAME, until=HEARD)
    assert [origin.language for origin in served.toy.admission.origins] == ["fr", "fr", "en"]


def without_date(answer: bytes) -> bytes:
    return b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"Date:"))
