"""The host's key set, fetched from a real server on loopback."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from server.security.host_tokens import HostTokens
from server.security.jwks import FIRST_PAUSE, RENEW_AFTER, RENEW_PAUSE, USABLE_FOR, JwksKeys
from server.security.jwks_http import MAX_BYTES, PATIENCE, JwksOverHttp, JwksUnreachable, check_jwks_url
from server.security.own_tokens import OwnTokens
from server.security.tokens import JwtAccessTokens
from services.errors import AuthRequired, Unavailable
from tests.support.token_forge import Victim

OLD, NEW, THIEF = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(3))
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def jwk(key: rsa.RSAPrivateKey, key_id: str, **more: Any) -> dict[str, Any]:
    return {**RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": key_id, "use": "sig", **more}


def token(key: rsa.RSAPrivateKey, key_id: str | None, subject: str = "p-1") -> str:
    victim = Victim(own_secret=b"s" * 32, user_id=1, host_key=key)
    return victim.host({"kid": key_id} if key_id is not None else {}, sub=subject)


class Host:
    """A host application: its endpoint, what it answers, and how often it was asked."""

    def __init__(self) -> None:
        self.keys: list[Any] = [jwk(OLD, "old")]
        self.asked = 0
        self.now = 1000.0
        self.answer: Answer | None = None
        self.url = ""
        self.patience = PATIENCE
        self.source = JwksKeys(self._fetch, monotonic=lambda: self.now)
        host = HostTokens(issuer="https://host.example", audience="colloque-host", keys=self.source)
        self.tokens = JwtAccessTokens(OwnTokens(b"s" * 32, life=900), host)

    async def _fetch(self) -> bytes:
        return await JwksOverHttp(self.url, patience=self.patience)()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        return await self.answer(request) if self.answer else web.json_response({"keys": self.keys})

    async def subject(self, token: str) -> str | None:
        return (await self.tokens.verify(token)).external_id


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/jwks", host.serve)
    app.router.add_get("/elsewhere", host.serve)
    async with TestServer(app, host="127.0.0.1") as server:
        host.url = str(server.make_url("/jwks"))
        yield host
        await host.source.close()


async def broken(_: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def test_fetched_once_for_many(host: Host) -> None:
    assert await asyncio.gather(*(host.subject(token(OLD, "old", f"p-{n}")) for n in range(20)))
    assert await host.subject(token(OLD, "old")) == "p-1"
    assert host.asked == 1


async def test_without_a_key_id_any_fitting_key_may_verify(host: Host) -> None:
    host.keys = [jwk(NEW, "new"), jwk(OLD, "old")]
    assert await host.subject(token(OLD, None)) == "p-1"
    with pytest.raises(AuthRequired):
        await host.subject(token(THIEF, None))


async def test_a_key_id_is_bound_to_its_key(host: Host) -> None:
    host.keys = [jwk(NEW, "new"), jwk(OLD, "old")]
    with pytest.raises(AuthRequired):
        await host.subject(token(OLD, "new"))


async def test_rotation_is_noticed_by_the_new_key_id(host: Host) -> None:
    await host.subject(token(OLD, "old"))
    host.keys = [jwk(NEW, "new")]
    host.now += RENEW_PAUSE
    assert await host.subject(token(NEW, "new")) == "p-1"
    with pytest.raises(AuthRequired):
        await host.subject(token(OLD, "old"))


async def test_unknown_key_ids_cannot_make_us_ask_all_the_time(host: Host) -> None:
    await host.subject(token(OLD, "old"))
    for number in range(20):
        with pytest.raises(AuthRequired):
            await host.subject(token(THIEF, f"../../{number}"))
    assert host.asked == 1
    host.now += RENEW_PAUSE
    for number in range(20):
        with pytest.raises(AuthRequired):
            await host.subject(token(THIEF, f"'; DROP TABLE users; -- {number}"))
    assert host.asked == 2


async def test_a_removed_key_ends_without_being_asked_for(host: Host) -> None:
    await host.subject(token(OLD, "old"))
    host.keys = [jwk(NEW, "new")]
    host.now += RENEW_AFTER + 1
    with pytest.raises(AuthRequired):
        await host.subject(token(OLD, "old"))


async def test_known_keys_serve_while_the_host_is_away(host: Host) -> None:
    await host.subject(token(OLD, "old"))
    host.answer = broken
    host.now += USABLE_FOR - 1
    assert await host.subject(token(OLD, "old")) == "p-1"
    with pytest.raises(AuthRequired):
        await host.subject(token(NEW, "new"))
    assert host.asked == 2
    host.now += 2
    with pytest.raises(Unavailable):
        await host.subject(token(OLD, "old"))


async def test_without_any_key_it_is_a_temporary_trouble(host: Host) -> None:
    host.answer = broken
    for _ in range(3):
        with pytest.raises(Unavailable) as refused:
            await host.subject(token(OLD, "old"))
        assert refused.value.retry_after == FIRST_PAUSE
    assert host.asked == 1
    host.answer = None
    host.now += FIRST_PAUSE
    assert await host.subject(token(OLD, "old")) == "p-1"


async def test_own_tokens_do_not_need_the_host(host: Host) -> None:
    host.answer = broken
    assert (await host.tokens.verify(Victim(own_secret=b"s" * 32, user_id=1).own())).subject == 1
    assert host.asked == 0


async def test_no_key_is_fetched_for_a_token_that_is_out_anyway(host: Host) -> None:
    victim = Victim(own_secret=b"s" * 32, user_id=1, host_key=OLD)
    with pytest.raises(AuthRequired):
        await host.tokens.verify(victim.own({"typ": "JWT"}, iss=victim.host_issuer, aud=victim.host_audience))
    assert host.asked == 0


async def test_one_who_gives_up_does_not_end_the_fetch_of_the_others(host: Host) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def held(_: web.Request) -> web.StreamResponse:
        asked.set()
        await go_on.wait()
        return web.json_response({"keys": host.keys})

    host.answer = held
    impatient, patient = (asyncio.create_task(host.subject(token(OLD, "old"))) for _ in range(2))
    await asked.wait()
    impatient.cancel()
    go_on.set()
    assert await patient == "p-1"
    assert host.asked == 1


async def test_what_is_unfit_in_the_set_is_left_out(host: Host) -> None:
    oct_key = {"kty": "oct", "kid": "shared", "k": "c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtZm9yLUhT", "use": "sig"}
    host.keys = [oct_key, jwk(NEW, "new", use="enc"), "x", None, jwk(OLD, "old")]
    assert await host.subject(token(OLD, "old")) == "p-1"
    with pytest.raises(AuthRequired):
        await host.subject(token(NEW, "new"))


async def redirect(_: web.Request) -> web.StreamResponse:
    raise web.HTTPFound("/elsewhere")


async def too_big(_: web.Request) -> web.StreamResponse:
    body = json.dumps({"keys": [jwk(OLD, "old")], "padding": "x" * MAX_BYTES})
    return web.Response(text=body, content_type="application/json")


async def slow(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for _ in range(10_000):
        await response.write(b" " * 65_536)
    return response


async def compressed(_: web.Request) -> web.StreamResponse:
    response = web.json_response({"keys": [jwk(OLD, "old")]})
    response.enable_compression(web.ContentCoding.gzip)
    return response


GOOD = json.dumps({"keys": [jwk(OLD, "old")]})


def says(text: str, content_type: str = "application/json", status: int = 200) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type=content_type, status=status)

    return answer


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (redirect, "status 302"),
        (too_big, "more than 262144 bytes"),
        (slow, "no answer within"),
        (endless, "more than 262144 bytes"),
        (compressed, "no JWKS"),
        (broken, "status 500"),
        (says(GOOD, status=404), "status 404"),
        (says(GOOD, "text/html"), "content of type text/html"),
        (says("<html>"), "no JWKS"),
        (says("[]"), "no JWKS"),
        (says("{}"), "no JWKS"),
        (says('{"keys": {}}'), "sensible size"),
        (says('{"keys": []}'), "none of its keys"),
        (says(json.dumps({"keys": [jwk(OLD, "old")] * 101})), "sensible size"),
        (says("[" * 100_000), "no JWKS"),
    ],
)
async def test_a_bad_answer_is_no_key_set(
    host: Host, answer: Answer, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    host.answer = answer
    if answer is slow:
        host.patience = 0.2
    async with asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await host.subject(token(OLD, "old"))
    assert reason in caplog.text
    assert host.asked == 1


async def test_a_host_that_is_not_there() -> None:
    with pytest.raises(JwksUnreachable):
        await JwksOverHttp("http://127.0.0.1:1/jwks")()


@pytest.mark.parametrize(
    "url", ["https://login.example.org/jwks", "http://localhost:80/j", "http://[::1]:9/j", "http://127.8.8.8/"]
)
def test_addresses_that_may_be_asked(url: str) -> None:
    check_jwks_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "jwks.json",
        "http://login.example.org/jwks",
        "http://localhost.example.org/jwks",
        "http://127.0.0.1.example.org/",
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "https://user:pass@example.org/",
        "https://example.org/#x",
        "https:///jwks",
    ],
)
def test_addresses_that_may_not(url: str) -> None:
    with pytest.raises(ValueError, match="it must"):
        check_jwks_url(url)
