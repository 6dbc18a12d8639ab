"""Every forged token at both doors: refused with one answer, and nothing of the server reached."""

import asyncio
from typing import Any

from tests.support.clients import POLLING, WEBSOCKET, JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import accepted, joined
from tests.support.forged_tokens import forged_tokens
from tests.support.rest import Rest

AT_ONCE = 10


def _same(error: dict[str, Any]) -> tuple[str, str]:
    return error["code"], error["message"]


async def test_rest_refuses_all_with_one_answer(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    forged = forged_tokens(clinic.victim(pair.patient))
    assert len(forged) >= 40
    answers = {name: await rest.of(token).call("GET", "/api/auth/me") for name, token in forged.items()}
    assert {name: answer.status for name, answer in answers.items() if answer.status != 401} == {}
    assert {_same(answer.body["error"]) for answer in answers.values()} == {
        _same((await rest.call("GET", "/api/auth/me")).body["error"])
    }


async def test_the_handshake_refuses_all_for_good_and_tells_nothing_before(
    clinic: Clinic, js: JsHost, pair: Pair
) -> None:
    forged = list(forged_tokens(clinic.victim(pair.patient)).items())
    seen: dict[str, Any] = {}

    async def knock(name: str, token: str, number: int) -> None:
        client = await js.open(clinic.url, token, options=WEBSOCKET if number % 2 else POLLING)
        told = await client.happened("connect_error")
        assert client.all("connection_established") == []
        assert [one for one in client.seen if one.kind in ("event", "connect")] == []
        assert told.data["active"] is False, f"{name}: the client would try again"
        seen[name] = (told.name, told.data["data"]["code"])
        await client.close()

    for start in range(0, len(forged), AT_ONCE):
        some = forged[start : start + AT_ONCE]
        await asyncio.gather(*(knock(name, token, start + number) for number, (name, token) in enumerate(some)))
    assert {name: told for name, told in seen.items() if told != ("AUTH_REQUIRED", "AUTH_REQUIRED")} == {}
    assert len(seen) == len(forged)


async def test_renewing_with_any_of_them_changes_nothing(clinic: Clinic, js: JsHost, pair: Pair) -> None:
    client = await js.connected(clinic.url, pair.patient.token, options=WEBSOCKET)
    for name, token in forged_tokens(clinic.victim(pair.patient)).items():
        ack = await client.ask("refresh_token", {"token": token})
        assert ack["ok"] is False, name
        assert ack["error"]["code"] in ("AUTH_REQUIRED", "VALIDATION_FAILED"), name
    accepted(await client.ask("sync", {"positions": {}}))


async def test_no_zombie_stays_behind(clinic: Clinic, js: JsHost, rest: Rest, pair: Pair) -> None:
    watcher = await js.connected(clinic.url, clinic.person("admin").token)
    before = accepted(await watcher.ask("connection_stats", {"subscribe": True}))["stats"]
    for token in list(forged_tokens(clinic.victim(pair.patient)).values())[:20]:
        client = await js.open(clinic.url, token, options=WEBSOCKET)
        await client.happened("connect_error")
    member = await js.connected(clinic.url, pair.doctor.token)
    await joined(member, pair.conversation_id)
    await member.close()
    await watcher.event("connection_stats", lambda data: data["stats"]["connections"] == before["connections"])
    assert (await rest.of(pair.patient.token).call("GET", "/api/auth/me")).status == 200
