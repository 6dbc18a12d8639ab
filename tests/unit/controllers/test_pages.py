"""What `/` and its assets answer, with and without the Socket.IO client."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from controllers.rest.pages import page_routes

Serve = Callable[..., Awaitable["TestClient[web.Request, web.Application]"]]
FILES = {
    "page/index.html": "<!doctype html>page",
    "page/main.js": "import './views/list.js'",
    "page/views/list.js": "// é",
    "page/page.css": "",
    "page/secret.env": "KEY=1",
    "node_modules/socket.io-client/dist/socket.io.esm.min.js": "export const io = 1",
    "node_modules/socket.io-client/dist/socket.io.js": "not asked for",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


async def _client(aiohttp_client: Serve, folder: Path) -> "TestClient[web.Request, web.Application]":
    app = web.Application()
    app.add_routes(page_routes(folder))
    return await aiohttp_client(app)


@pytest.mark.parametrize(
    ("path", "kind", "text"),
    [
        ("/old", "text/html", "<!doctype html>page"),
        ("/assets/page/main.js", "text/javascript", "import './views/list.js'"),
        ("/assets/page/views/list.js", "text/javascript", "// é"),
        ("/assets/page/page.css", "text/css", ""),
    ],
)
async def test_each_file_comes_with_its_type_and_a_strict_policy(
    aiohttp_client: Serve, folder: Path, path: str, kind: str, text: str
) -> None:
    client = await _client(aiohttp_client, folder)
    answer = await client.get(path)
    assert (answer.status, answer.content_type, answer.charset) == (200, kind, "utf-8")
    assert await answer.text() == text
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


async def test_what_did_not_change_is_not_sent_again(aiohttp_client: Serve, folder: Path) -> None:
    client = await _client(aiohttp_client, folder)
    first = await client.get("/assets/page/main.js")
    again = await client.get("/assets/page/main.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, await again.read()) == (304, b"")
    other = await client.get("/assets/page/main.js", headers={"If-None-Match": '"older"'})
    assert other.status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/assets/page/secret.env",
        "/assets/page/index.html",
        "/assets/socket.io.js",
        "/assets/page/../../node_modules/socket.io-client/dist/socket.io.js",
        "/assets/page/views",
        "/assets/page/",
    ],
)
async def test_nothing_else_is_served(aiohttp_client: Serve, folder: Path, path: str) -> None:
    client = await _client(aiohttp_client, folder)
    assert (await client.get(path)).status == 404


async def test_without_the_client_the_page_says_what_to_do(aiohttp_client: Serve, folder: Path) -> None:
    (folder / "node_modules/socket.io-client/dist/socket.io.esm.min.js").unlink()
    client = await _client(aiohttp_client, folder)
    answer = await client.get("/old")
    assert answer.status == 503
    assert "make run" in await answer.text()
    assert (await client.get("/assets/socket.io.esm.min.js")).status == 404
