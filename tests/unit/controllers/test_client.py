"""What the web client's addresses answer, with and without a build."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from controllers.rest.client import FOR_GOOD, Client

Serve = Callable[..., Awaitable["TestClient[web.Request, web.Application]"]]
FILES = {
    "index.html": b"<!doctype html>page",
    "sw.js": b"// worker",
    "manifest.webmanifest": b"{}",
    "favicon.svg": b"<svg/>",
    "icon-192.png": b"\x89PNG",
    "assets/index-Ab3_x-9Z.js": b"// plain",
    "assets/index-Ab3_x-9Z.js.br": b"brotli",
    "assets/index-Ab3_x-9Z.js.gz": b"gzip",
    "assets/socket.io.esm.min.js": b"export const io = 1",
    "assets/notes.env": b"KEY=1",
    ".built-1": b"",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, body in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(body)
    return tmp_path


@pytest.fixture
async def client(aiohttp_client: Serve, folder: Path) -> "TestClient[web.Request, web.Application]":
    return await _serving(aiohttp_client, folder)


async def _serving(aiohttp_client: Serve, folder: Path) -> "TestClient[web.Request, web.Application]":
    app = web.Application()
    app.add_routes(Client(folder).routes())
    return await aiohttp_client(app, auto_decompress=False)


@pytest.mark.parametrize(
    ("path", "kind", "cache"),
    [
        ("/", "text/html", "no-cache"),
        ("/conversations/7", "text/html", "no-cache"),
        ("/conversations/7/access", "text/html", "no-cache"),
        ("/search", "text/html", "no-cache"),
        ("/settings", "text/html", "no-cache"),
        ("/admin/users", "text/html", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/favicon.svg", "image/svg+xml", "no-cache"),
        ("/icon-192.png", "image/png", "no-cache"),
        ("/assets/index-Ab3_x-9Z.js", "text/javascript", FOR_GOOD),
        ("/assets/socket.io.esm.min.js", "text/javascript", "no-cache"),
    ],
)
async def test_each_file_comes_with_its_type_how_long_it_holds_and_a_strict_policy(
    client: "TestClient[web.Request, web.Application]", path: str, kind: str, cache: str
) -> None:
    answer = await client.get(path)
    assert (answer.status, answer.content_type, answer.headers["Cache-Control"]) == (200, kind, cache)
    assert answer.charset == (None if kind == "image/png" else "utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"brotli"),
        ("gzip", "gzip", b"gzip"),
        ("br;q=0, gzip;q=0.5", "gzip", b"gzip"),
        ("identity", None, b"// plain"),
    ],
)
async def test_a_browser_gets_the_smallest_that_it_takes(
    client: "TestClient[web.Request, web.Application]", accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = await client.get("/assets/index-Ab3_x-9Z.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == encoding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert await answer.read() == body


async def test_what_did_not_change_is_not_sent_again(client: "TestClient[web.Request, web.Application]") -> None:
    first = await client.get("/")
    again = await client.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    assert (await client.get("/", headers={"If-None-Match": '"older"'})).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/index.html",
        "/conversationsandmore",
        "/.built-1",
        "/assets/notes.env",
        "/assets/index-Ab3_x-9Z.js.br",
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/",
        "/nothing",
    ],
)
async def test_nothing_else_is_served(client: "TestClient[web.Request, web.Application]", path: str) -> None:
    assert (await client.get(path)).status == 404


async def test_without_a_build_the_page_says_what_to_do(aiohttp_client: Serve, tmp_path: Path) -> None:
    client = await _serving(aiohttp_client, tmp_path / "dist")
    for path in ("/", "/conversations/7"):
        answer = await client.get(path)
        assert answer.status == 503
        assert "make run" in await answer.text()
