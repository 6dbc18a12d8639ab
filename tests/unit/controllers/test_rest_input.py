"""Paths, queries and bodies that are not what they should be."""

import asyncio
import gzip
import json
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any
from unittest import mock

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request

from controllers import strict_json
from controllers.rest import request_parts
from controllers.rest.request_parts import json_body
from tests.unit.controllers.toy_server import MAX_BODY, Ask, Toy

JSON = {"Content-Type": "application/json"}
GOOD = {"ownerId": 3, "content": " hello "}


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {"ownerId": "This is required.", "content": "This is required."}),
        (b"{", {"_": "The body is not valid JSON."}),
        (b"[]", {"_": "The body must be a JSON object."}),
        (b"null", {"_": "The body must be a JSON object."}),
        (b'{"ownerId": NaN}', {"_": "The body is not valid JSON."}),
        (b'{"ownerId": -Infinity}', {"_": "The body is not valid JSON."}),
        (b'{"ownerId": 1e999}', {"_": "The body is not valid JSON."}),
        (b'{"a": 1, "a": 2}', {"_": "The JSON holds the same key twice."}),
        (b'{"a": "\xff"}', {"_": "The body is not valid JSON."}),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", {"_": "The JSON is nested too deeply."}),
        (b'{"a": ' + b"[" * 1900, {"_": "The JSON is nested too deeply."}),
        (b'{"ownerId": ' + b"9" * 1500 + b', "content": "x"}', {"ownerId": "This is out of range."}),
    ],
)
async def test_bodies_that_are_no_json_object(toy: Toy, ask: Ask, body: bytes, fields: dict[str, str]) -> None:
    status, reply = await ask("POST", "/api/things", data=body, headers=JSON)
    assert (status, reply["error"]["code"], reply["error"]["fields"]) == (400, "VALIDATION_FAILED", fields)
    assert toy.calls == []


@pytest.mark.parametrize("part", ["[]", "{}", "1", '""', '"\\\\"', '{"a":[]}'])
def test_much_of_nothing_is_refused_before_anything_is_made_of_it(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of it took the loop a sixth of a second, and who logs in is nobody yet."""
    monkeypatch.setattr(strict_json, "_ANY", None)
    row = f"[{','.join([part] * 1900)}]"
    with pytest.raises(strict_json.BadJson, match="too_wide"):
        strict_json.parse(f'{{"x":[{",".join([row] * 10)}]}}')


@pytest.mark.parametrize("text", ["[" * 20_000, '",{' * 20_000, "\\" * 20_000 + ",", '[\\",' * 5_000])
def test_what_people_write_may_have_as_many_brackets_as_they_like(text: str) -> None:
    assert strict_json.parse(json.dumps({"content": text, "ids": [1, 2]})) == {"content": text, "ids": [1, 2]}


@pytest.mark.parametrize("end", ["", "\\", '\\"', '"'])
def test_a_text_without_an_end_is_looked_at_once(end: str) -> None:
    started = time.monotonic()
    with pytest.raises(strict_json.BadJson):
        strict_json.parse('{"x":"' + "," * 20_000 + '\\"' * 200_000 + end)
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("value", [True, False, 1.0, 1.5, "1", 0, -1, 2**63, None, [], {}, [1], {"id": 1}, "", "x"])
async def test_wrong_types_of_an_id(toy: Toy, ask: Ask, value: Any) -> None:
    status, reply = await ask("POST", "/api/things", json={**GOOD, "ownerId": value})
    assert status == 400
    assert list(reply["error"]["fields"]) == ["ownerId"]
    assert toy.calls == []


@pytest.mark.parametrize(
    ("extra", "field"),
    [
        ({"content": 5}, "content"),
        ({"content": None}, "content"),
        ({"content": "\ud800"}, "content"),
        ({"urgent": 1}, "urgent"),
        ({"urgent": "true"}, "urgent"),
        ({"clientMessageId": "5A1D6F0E3C584B8E9D350C1F7F2B9A44"}, "clientMessageId"),
        ({"clientMessageId": 5}, "clientMessageId"),
        ({"parts": [{"name": "a"}, {"name": "a\0"}]}, "parts.1.name"),
        ({"parts": ["a"]}, "parts.0"),
        ({"parts": {}}, "parts"),
        ({"owner_id": 1}, "owner_id"),
        ({"\ud800": 1}, "?"),
    ],
)
async def test_wrong_fields_are_named_by_their_path(toy: Toy, ask: Ask, extra: dict[str, Any], field: str) -> None:
    status, reply = await ask("POST", "/api/things", data=json.dumps({**GOOD, **extra}), headers=JSON)
    assert (status, list(reply["error"]["fields"])) == (400, [field])
    assert toy.calls == []


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_only_json_is_read(toy: Toy, ask: Ask, content_type: str) -> None:
    """A page of another site can send these without a preflight."""
    status, reply = await ask("POST", "/api/things", data=json.dumps(GOOD), headers={"Content-Type": content_type})
    assert (status, reply["error"]["fields"]) == (400, {"_": "The body must be sent as application/json."})
    assert toy.calls == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/things/abc",
        "/api/things/0",
        "/api/things/-1",
        "/api/things/1.0",
        "/api/things/01",
        "/api/things/%D9%A1",
        "/api/things/99999999999999999999",
        "/api/things/9223372036854775808",
        "/api/things/1%00",
    ],
)
async def test_path_ids_are_decimal(ask: Ask, path: str) -> None:
    status, reply = await ask("GET", path)
    assert (status, list(reply["error"]["fields"])) == (400, ["id"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("loud=1", "loud"),
        ("loud=True", "loud"),
        ("before=", "before"),
        ("before=%00", "before"),
        ("colour=red", "colour"),
    ],
)
async def test_queries_are_checked(ask: Ask, query: str, field: str) -> None:
    status, reply = await ask("GET", f"/api/things?{query}")
    assert (status, list(reply["error"]["fields"])) == (400, [field])


async def test_a_body_over_the_limit_is_refused_announced_or_not(toy: Toy, ask: Ask) -> None:
    big = json.dumps({"ownerId": 1, "content": "x" * MAX_BODY}).encode()

    async def in_pieces() -> Any:
        for start in range(0, len(big), 500):
            yield big[start : start + 500]

    for data in (big, in_pieces()):
        status, reply = await ask("POST", "/api/things", data=data, headers=JSON)
        assert (status, reply["error"]["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert toy.calls == []


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_compressed_bomb_is_not_inflated(toy: Toy, ask: Ask, encoding: str) -> None:
    plain = b'{"content": "' + b"x" * 20_000_000 + b'"}'
    bomb = gzip.compress(plain) if encoding == "gzip" else zlib.compress(plain)
    status, reply = await ask("POST", "/api/things", data=bomb, headers={**JSON, "Content-Encoding": encoding})
    assert (status, reply["error"]["fields"]) == (400, {"_": "Compressed bodies are not accepted."})
    assert toy.calls == []


async def test_a_body_that_turns_out_to_be_empty_is_no_body() -> None:
    """Sent in pieces, of which there are none."""
    payload = aiohttp.StreamReader(mock.Mock(_reading_paused=False), 2**16, loop=asyncio.get_running_loop())
    request = make_mocked_request("POST", "/", headers={"Content-Type": "text/plain"}, payload=payload)
    reading = asyncio.create_task(json_body(request, MAX_BODY))
    await asyncio.sleep(0)
    payload.feed_eof()
    assert await reading == {}


async def test_a_body_that_never_ends_is_not_waited_for(toy: Toy, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who logs in is nobody yet: a byte now and then would keep the connection for as long as they like."""
    monkeypatch.setattr(request_parts, "BODY_SECONDS", 0.3)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"{"
        while True:
            await asyncio.sleep(0.05)
            yield b" "

    async with asyncio.timeout(5):
        status, reply = await ask("POST", "/api/things", data=pieces(), headers=JSON)
    assert (status, reply["error"]["code"]) == (400, "VALIDATION_FAILED")
    assert toy.calls == []
