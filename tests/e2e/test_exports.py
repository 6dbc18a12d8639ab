"""An export as a client has it: asked for, told by event, fetched, verified offline by the command."""

from pathlib import Path

import aiohttp

from tests.support.clients import JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import joined, say
from tests.support.processes import run_command
from tests.support.rest import Rest


async def test_an_export_is_made_told_fetched_and_verified(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, stranger: Pair, tmp_path: Path
) -> None:
    patient = await js.connected(clinic.url, pair.patient.token)
    await joined(patient, pair.conversation_id)
    await say(patient, pair.conversation_id, "Réunion à 10 h 😀")
    mine = rest.of(pair.patient.token)
    path = f"/api/messaging/conversations/{pair.conversation_id}/exports"
    asked = await mine.call("POST", path, {"format": "zip"})
    assert asked.status == 202
    export_id = asked.body["exportId"]
    told = await patient.event("export_progress", lambda data: data["state"] == "ready")
    assert told == {
        "exportId": export_id,
        "conversationId": pair.conversation_id,
        "format": "zip",
        "state": "ready",
        "progress": 100,
    }
    found = await mine.get(f"/api/messaging/exports/{export_id}")
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {pair.patient.token}"}) as session,
        session.get(clinic.url + found["url"]) as answer,
    ):
        assert answer.status == 200
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        file = tmp_path / "export.zip"
        file.write_bytes(await answer.read())

    keys = await mine.get("/api/messaging/export-keys")
    [key] = [item["publicKey"] for item in keys["items"] if item["current"]]
    environment = {"DATA_DIR": str(tmp_path / "nothing")}
    done = run_command("export", "verify", str(file), "--key", key, environment=environment)
    assert (done.returncode, done.stderr) == (0, "")
    wrong = run_command("export", "verify", str(file), "--key", "AAAA", environment=environment)
    assert wrong.returncode == 1
    assert "another key" in wrong.stdout

    for other in (stranger.patient, pair.doctor):
        for refused in (f"/api/messaging/exports/{export_id}", found["url"]):
            assert (await rest.of(other.token).call("GET", refused)).status == 404
    assert (await rest.of(stranger.patient.token).call("POST", path, {"format": "zip"})).status == 404
    assert (await mine.call("POST", path, {"format": "exe"})).status == 400
    assert (await mine.call("GET", "/api/messaging/export/ordonnance/none")).status == 403
