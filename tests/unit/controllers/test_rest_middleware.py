"""What surrounds every request: headers, CORS, envelopes, request ids, the access log."""

from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from controllers.rest.client_address import Proxies
from controllers.rest.middleware import Surroundings, content_security_policy
from tests.unit.controllers.toy_server import FRIENDLY, Ask, Toy

USER = {"Authorization": "Bearer user"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "NOT_FOUND"),
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("PUT", "/api/things", 405, "NOT_FOUND"),
        ("PROPFIND", "/api/things", 405, "NOT_FOUND"),
    ],
)
async def test_unknown_paths_and_methods_get_the_envelope(
    toy: Toy, ask: Ask, method: str, path: str, status: int, code: str
) -> None:
    answered, body = await ask(method, path)
    assert (answered, body["error"]["code"]) == (status, code)
    assert body["error"]["requestId"]


@pytest.mark.parametrize("path", ["/page", "/nothing", "/socket.io/"])
async def test_what_nobody_can_expect_gets_the_envelope(toy: Toy, path: str) -> None:
    async with toy.client.get(path, headers={"Expect": "a-pony"}) as response:
        assert (response.status, response.content_type) == (417, "application/json")
        body = await response.json()
        assert body["error"]["code"] == "VALIDATION_FAILED"
        assert body["error"]["fields"] == {"Expect": "One of these is expected: 100-continue."}


async def test_a_wrong_method_is_told_the_right_ones(toy: Toy) -> None:
    async with toy.client.put("/api/things") as response:
        assert set(response.headers["Allow"].split(",")) == {"GET", "HEAD", "POST", "DELETE"}


async def test_pages_get_the_security_headers(toy: Toy) -> None:
    async with toy.client.get("/page") as response:
        assert response.headers["Content-Security-Policy"] == content_security_policy()
        assert "frame-ancestors 'none'" in content_security_policy(("wss://x",))
        assert "connect-src 'self' wss://x;" in content_security_policy(("wss://x",))
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "microphone=(self)" in response.headers["Permissions-Policy"]
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Strict-Transport-Security" not in response.headers


async def test_hsts_only_when_the_browser_came_by_https(toy: Toy) -> None:
    async with toy.client.get("/page", headers={"X-Forwarded-Proto": "https"}) as response:
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")


async def test_redirections_and_refusals_of_aiohttp(toy: Toy, ask: Ask) -> None:
    toy.raises = web.HTTPFound("/elsewhere")
    async with toy.client.get("/page", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (302, "/elsewhere")
    for refusal, code in ((web.HTTPBadRequest(), "VALIDATION_FAILED"), (web.HTTPInsufficientStorage(), "INTERNAL")):
        toy.raises = refusal
        status, body = await ask("GET", "/page")
        assert (status, body["error"]["code"]) == (refusal.status, code)


async def test_without_other_origins_there_is_nothing_to_vary_by(aiohttp_client: Any) -> None:
    app = web.Application()
    Surroundings(proxies=Proxies(()), cors_origins=(), observe=lambda *_: None).install(app)
    client = await aiohttp_client(app)
    async with client.get("/nothing", headers={"Origin": FRIENDLY}) as response:
        assert "Vary" not in response.headers
        assert "Access-Control-Allow-Origin" not in response.headers


async def test_socket_io_is_left_alone(toy: Toy) -> None:
    async with toy.client.get("/socket.io/", headers={"Origin": FRIENDLY}) as response:
        assert response.status == 200
        assert "Content-Security-Policy" not in response.headers
        assert "Access-Control-Allow-Origin" not in response.headers
    assert toy.observed == []


async def test_a_page_that_breaks_says_nothing_of_why(toy: Toy, ask: Ask) -> None:
    toy.raises = ValueError("canary")
    with capture_logs() as logs:
        status, body = await ask("GET", "/page")
    assert (status, body["error"]["code"]) == (500, "INTERNAL")
    assert "canary" not in str(body)
    assert any(entry["event"] == "request_failed" for entry in logs)


@pytest.mark.parametrize(
    ("given", "kept"), [("trace-0123_abc.Z", True), ("short", False), ("x" * 65, False), ("a b c d e", False)]
)
async def test_request_ids_are_kept_when_sane_and_always_echoed(toy: Toy, given: str, kept: bool) -> None:
    async with toy.client.get("/api/nothing", headers={"X-Request-Id": given}) as response:
        echoed = response.headers["X-Request-Id"]
        assert (await response.json())["error"]["requestId"] == echoed
    assert (echoed == given) is kept
    assert len(echoed) >= 8


async def test_the_other_origins_on_the_list_may_call(toy: Toy) -> None:
    async with toy.client.get("/api/things", headers={**USER, "Origin": FRIENDLY}) as response:
        assert response.headers["Access-Control-Allow-Origin"] == FRIENDLY
        assert "Origin" in response.headers["Vary"]
        assert "Access-Control-Allow-Credentials" not in response.headers
    preflight = {"Origin": FRIENDLY, "Access-Control-Request-Method": "PATCH"}
    async with toy.client.options("/api/things", headers=preflight) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == FRIENDLY
        assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
        assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    assert len(toy.calls) == 1


@pytest.mark.parametrize("origin", ["https://evil.example.org", "null", "https://app.example.org.evil.org", "*", ""])
async def test_no_other_origin_may(toy: Toy, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {**USER, "Origin": origin, "Access-Control-Request-Method": "GET"}
        async with toy.client.request(method, "/api/things", headers=headers) as response:
            assert not [name for name in response.headers if name.startswith("Access-Control")]
            assert "Origin" in response.headers["Vary"]


async def test_the_access_log_has_the_pattern_and_not_what_was_asked(toy: Toy) -> None:
    with capture_logs() as logs:
        async with toy.client.get("/api/things/5?before=canary", headers=USER):
            pass
        async with toy.client.request("PROPFIND", "/canary", headers=USER):
            pass
    lines = [entry for entry in logs if entry["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        ("GET", "/api/things/{id}", 200),
        ("OTHER", "unmatched", 404),
    ]
    assert "canary" not in str(lines)
    assert toy.observed == [("/api/things/{id}", "GET", 200), ("unmatched", "OTHER", 404)]


async def test_probes_do_not_fill_the_log(toy: Toy) -> None:
    with capture_logs() as logs:
        async with toy.client.get("/health/live"):
            pass
        toy.raises = web.HTTPInternalServerError()
        async with toy.client.get("/health/live"):
            pass
    levels = [entry["log_level"] for entry in logs if entry["event"] == "request"]
    assert levels == ["debug", "info"]


async def test_the_origin_of_a_call(toy: Toy) -> None:
    headers: dict[str, Any] = {
        **USER,
        "X-Forwarded-For": "203.0.113.9, 10.1.2.3",
        "User-Agent": "Firefox " + "x" * 300,
        "Accept-Language": "fr",
    }
    async with toy.client.get("/api/things/5", headers=headers):
        pass
    origin = toy.calls[0].origin
    assert (origin.address, origin.language, len(origin.device)) == ("203.0.113.9", "fr", 200)
