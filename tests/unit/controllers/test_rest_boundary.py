"""Every way a REST call can be refused, and what a handler gets when it is not."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from controllers.rest import boundary as boundary_module
from repositories.errors import OutcomeUnknown, StorageUnavailable
from services.errors import Conflict, Forbidden, NotFound, RateLimitExceeded, ValidationFailed
from tests.unit.controllers.toy_server import Ask, Toy, make_toy

JSON = {"Content-Type": "application/json"}
GOOD = {"ownerId": 3, "content": " hello "}


async def test_a_good_call_reaches_its_handler_loaded_and_is_answered_through_its_schema(toy: Toy, ask: Ask) -> None:
    assert await ask("POST", "/api/things", json=GOOD) == (
        200,
        {"id": 1, "content": "hello", "address": "127.0.0.1", "language": "en"},
    )
    call = toy.calls[0]
    assert call.body == {"owner_id": 3, "content": "hello"}
    assert call.user.user_id == 7
    assert toy.taken == [("make", "7"), ("make_address", "127.0.0.1")]


async def test_path_and_query_are_loaded(toy: Toy, ask: Ask) -> None:
    assert (await ask("GET", "/api/things/12"))[1]["id"] == 12
    assert await ask("GET", "/api/things?limit=3&loud=true&before=x") == (
        200,
        {"items": [], "hasMore": False, "next": None},
    )
    assert toy.calls[1].query == {"limit": 3, "loud": True, "before": "x"}
    await ask("GET", "/api/things")
    assert toy.calls[2].query == {"limit": 50, "loud": False}
    # Only the one that changes something is limited.
    assert toy.taken == [("look", "7"), ("look_address", "127.0.0.1")]


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic user",
        "user",
        "Bearer  user",
        "Bearer user extra",
        "Bearer usér",
        "Token user",
    ],
)
async def test_anything_but_one_bearer_token_is_auth_required(toy: Toy, ask: Ask, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    status, body = await ask("GET", "/api/things", None, headers=headers)
    assert (status, body["error"]["code"]) == (401, "AUTH_REQUIRED")
    assert toy.calls == []


async def test_two_authorization_headers_are_refused(toy: Toy) -> None:
    headers = [("Authorization", "Bearer user"), ("Authorization", "Bearer admin")]
    async with toy.client.get("/api/things", headers=headers) as response:
        # aiohttp's parser refuses it already, with a 400 of its own; a parser that lets it through meets our 401.
        assert response.status in (400, 401)
    assert toy.calls == []


async def test_a_token_in_the_address_is_not_looked_at(toy: Toy, ask: Ask) -> None:
    assert (await ask("GET", "/api/things/1?token=user&access_token=user", None))[0] == 401


async def test_the_scheme_may_be_in_any_case(ask: Ask) -> None:
    assert (await ask("GET", "/api/things", None, headers={"Authorization": "bEaReR user"}))[0] == 200


async def test_an_expired_session_and_the_challenge(toy: Toy) -> None:
    async with toy.client.get("/api/things", headers={"Authorization": "Bearer old"}) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == "Bearer"
        assert (await response.json())["error"]["code"] == "SESSION_EXPIRED"


async def test_admin_endpoints_are_for_administrators(toy: Toy, ask: Ask) -> None:
    status, body = await ask("DELETE", "/api/things")
    assert (status, body["error"]["code"]) == (403, "FORBIDDEN")
    assert toy.calls == []
    assert (await ask("DELETE", "/api/things", "admin"))[0] == 200


async def test_public_endpoints_have_no_caller_and_are_limited_by_address(toy: Toy) -> None:
    async with toy.client.post("/api/cookie", headers={"Authorization": "Bearer forged"}) as response:
        assert response.status == 204
        assert response.headers["Set-Cookie"] == "refresh=canary; HttpOnly"
        assert response.headers["Cache-Control"] == "no-store"
    assert toy.taken == [("login_address", "127.0.0.1")]
    assert toy.calls[0].principal is None
    with pytest.raises(AssertionError):
        _ = toy.calls[0].user


async def test_an_exhausted_limit_says_when_to_come_back(toy: Toy) -> None:
    toy.limited = RateLimitExceeded(retry_after=1.2)
    async with toy.client.post("/api/things", json=GOOD, headers={"Authorization": "Bearer user"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "2")
        assert (await response.json())["error"]["retryAfter"] == 1.2
    assert toy.calls == []


async def test_whoever_has_a_network_is_limited_as_one(toy: Toy) -> None:
    for address in ("2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1", "::ffff:192.0.2.1"):
        headers = {"Authorization": "Bearer user", "X-Forwarded-For": address}
        async with toy.client.post("/api/things", json=GOOD, headers=headers) as response:
            # The log and the trail keep the address itself.
            assert (await response.json())["address"] in (address, "192.0.2.1")
    counted = [key for limit, key in toy.taken if limit == "make_address"]
    assert counted == ["2001:db8::", "2001:db8::", "2001:db8:0:1::", "192.0.2.1"]


@pytest.mark.parametrize(
    ("error", "status", "code", "message"),
    [
        (NotFound(), 404, "NOT_FOUND", "This does not exist, or you have no part in it."),
        (
            Conflict(reason="client_id_reused"),
            409,
            "CONFLICT",
            "This clientMessageId was used before, with other content.",
        ),
        (Forbidden(reason="link_ended"), 403, "FORBIDDEN", "You can no longer write here: the care link has ended."),
        (
            StorageUnavailable("secret dsn"),
            503,
            "UNAVAILABLE",
            "The service is busy or out of reach. Please try again in a moment.",
        ),
        (OutcomeUnknown("x"), 503, "UNAVAILABLE", "The service is busy or out of reach. Please try again in a moment."),
        (
            asyncio.CancelledError(),
            503,
            "UNAVAILABLE",
            "The service is busy or out of reach. Please try again in a moment.",
        ),
        (ValueError("canary"), 500, "INTERNAL", "Something went wrong on the server."),
        (
            ValidationFailed(fields={"content": "too_long:5000"}),
            400,
            "VALIDATION_FAILED",
            "Some of what was sent is missing or wrong.",
        ),
    ],
)
async def test_what_a_handler_raises_is_answered(
    toy: Toy, ask: Ask, error: BaseException, status: int, code: str, message: str
) -> None:
    toy.raises = error
    with capture_logs():
        answered, body = await ask("GET", "/api/things/1")
    assert (answered, body["error"]["code"], body["error"]["message"]) == (status, code, message)
    assert body["error"].get("retryAfter") == (1 if status == 503 else None)
    assert toy.refused == [code]
    assert "canary" not in json.dumps(body)
    assert "secret" not in json.dumps(body)


async def test_an_unknown_exception_is_logged_with_its_trace_and_a_refusal_is_not(toy: Toy, ask: Ask) -> None:
    toy.raises = ValueError("why")
    with capture_logs() as logs:
        await ask("GET", "/api/things/1")
        toy.raises = NotFound()
        await ask("GET", "/api/things/1")
    failures = [entry for entry in logs if entry["event"] == "request_failed"]
    assert [(entry["route"], str(entry["exc_info"])) for entry in failures] == [("/api/things/{id}", "why")]


async def test_french_where_it_is_asked_for(toy: Toy, ask: Ask) -> None:
    headers = {"Accept-Language": "de, fr-FR;q=0.9, en;q=0.5"}
    _, reply = await ask("POST", "/api/things", json={"ownerId": 1}, headers=headers)
    assert reply["error"]["fields"] == {"content": "Ce champ est obligatoire."}


async def test_a_client_that_goes_away_does_not_stop_a_change_half_way() -> None:
    """aiohttp's own test server would cancel handlers; the runner that we serve with must not."""
    toy, app = make_toy()
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as session:
        request = asyncio.create_task(_post(session, f"http://127.0.0.1:{port}/api/slow"))
        await asyncio.wait_for(toy.entered.wait(), 5)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
    toy.gate.set()
    await asyncio.wait_for(toy.finished.wait(), 5)
    await runner.cleanup()


async def test_a_client_that_goes_in_the_middle_of_its_body_is_no_fault_of_ours() -> None:
    toy, app = make_toy()
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    head = "POST /api/things HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer user\r\nContent-Type: application/json\r\n"
    with capture_logs() as logs:
        _, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
        writer.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        async with asyncio.timeout(5):
            while not toy.taken:  # its head was read
                await asyncio.sleep(0)
            writer.close()
            while not toy.refused:
                await asyncio.sleep(0)
        await runner.cleanup()
    assert (toy.refused, toy.calls) == (["VALIDATION_FAILED"], [])
    assert not [entry for entry in logs if entry["log_level"] == "error"]


async def _post(session: aiohttp.ClientSession, url: str) -> int:
    async with session.post(url) as response:
        return response.status


async def test_a_status_outside_of_the_table_is_a_fault_of_ours(toy: Toy, ask: Ask) -> None:
    toy.status = 201
    with capture_logs():
        assert (await ask("GET", "/api/things/1"))[0] == 500


async def test_a_handler_that_is_really_cancelled_answers_nothing(toy: Toy) -> None:
    """aiohttp's test server cancels the handler of a client that went."""
    request = asyncio.create_task(toy.client.post("/api/slow"))
    await asyncio.wait_for(toy.entered.wait(), 5)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    await asyncio.wait_for(toy.cancelled.wait(), 5)
    assert not toy.finished.is_set()


async def test_an_answer_without_a_body_is_empty(toy: Toy) -> None:
    toy.gate.set()
    async with toy.client.post("/api/slow") as response:
        assert (response.status, await response.read()) == (204, b"")


async def test_a_body_that_comes_late_is_that_of_who_one_still_is(
    toy: Toy, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a thief of a token would open calls in stock, and end them when the session is over."""
    monkeypatch.setattr(boundary_module, "FRESH_SECONDS", 0)
    content = json.dumps(GOOD).encode()

    async def slowly(*, until_over: bool) -> AsyncIterator[bytes]:
        yield content[:9]
        await toy.authenticated.wait()
        if until_over:
            toy.ended.add("user")
        yield content[9:]

    assert (await ask("POST", "/api/things", data=slowly(until_over=False), headers=JSON))[0] == 200
    toy.authenticated.clear()
    status, body = await ask("POST", "/api/things", data=slowly(until_over=True), headers=JSON)
    assert (status, body["error"]["code"]) == (401, "SESSION_EXPIRED")
    assert len(toy.calls) == 1


async def test_a_file_that_comes_late_is_whole_for_nobody_whose_session_is_over(
    toy: Toy, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boundary_module, "FRESH_SECONDS", 0)

    async def slowly(*, until_over: bool) -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nfirst '
        await toy.entered.wait()
        if until_over:
            toy.ended.add("user")
        yield b"second\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await ask("POST", "/api/files", data=slowly(until_over=False), headers=headers))[1]["id"] == 12
    toy.entered.clear()
    status, body = await ask("POST", "/api/files", data=slowly(until_over=True), headers=headers)
    assert (status, body["error"]["code"]) == (401, "SESSION_EXPIRED")
    assert len(toy.calls) == 1
