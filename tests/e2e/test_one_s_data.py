"""One's data as people and administrators have it: taken away, held, erased, over REST and by commands."""

from pathlib import Path

import aiohttp

from tests.support.clients import JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import joined, say
from tests.support.rest import Rest
from tests.support.trail import TrailReader


async def test_a_person_takes_their_data_away(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, stranger: Pair, tmp_path: Path
) -> None:
    patient = await js.connected(clinic.url, pair.patient.token)
    await joined(patient, pair.conversation_id)
    await say(patient, pair.conversation_id, "mes mots")
    mine, admin = rest.of(pair.patient.token), rest.of(clinic.administrator().token)
    asked = await mine.call("POST", "/api/messaging/archives", {})
    assert asked.status == 202
    archive_id = asked.body["archiveId"]
    told = await patient.event("archive_progress", lambda data: data["state"] == "ready")
    assert told == {"archiveId": archive_id, "state": "ready", "progress": 100}
    found = await mine.get(f"/api/messaging/archives/{archive_id}")
    assert await mine.get("/api/messaging/archives") == {"items": [found], "hasMore": False, "next": None}
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {pair.patient.token}"}) as session,
        session.get(clinic.url + found["url"]) as answer,
    ):
        assert (answer.status, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
        file = tmp_path / "person.zip"
        file.write_bytes(await answer.read())
    assert "files, unchanged" in clinic.command("export", "verify", str(file))

    for other in (rest.of(stranger.patient.token), rest.of(pair.doctor.token), admin):
        for path in (f"/api/messaging/archives/{archive_id}", found["url"]):
            assert (await other.call("GET", path)).status == 404
    by_letter = await admin.call("POST", f"/api/admin/users/{pair.doctor.id}/archives", {"reason": "letter of 3 May"})
    assert by_letter.status == 202
    assert (await admin.call("GET", f"/api/messaging/archives/{by_letter.body['archiveId']}")).status == 404
    assert (await admin.get("/api/messaging/archives"))["items"] == []
    assert (await mine.call("POST", f"/api/admin/users/{pair.doctor.id}/archives", {"reason": "x"})).status == 403
    reader = TrailReader(clinic.owner_url)
    noted = "SELECT action FROM audit WHERE user_id = %s AND action LIKE 'archive.%%' AND result = 'ok' ORDER BY id"
    assert await reader.poll(
        lambda: reader.rows(noted, pair.patient.id), lambda rows: rows == [("archive.make",), ("archive.download",)]
    )
    for_whom = "SELECT role, on_behalf_of, reason FROM audit WHERE object_id = %s AND action = 'archive.make' AND result = 'ok'"
    assert reader.rows(for_whom, str(pair.doctor.id)) == [("admin", pair.doctor.id, "letter of 3 May")]


async def test_an_erased_person_is_out_at_once_and_gone_by_name(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    patient = await js.connected(clinic.url, pair.patient.token)
    doctor = await js.connected(clinic.url, pair.doctor.token)
    await joined(patient, pair.conversation_id)
    await joined(doctor, pair.conversation_id)
    await say(patient, pair.conversation_id, "douleur")
    person = clinic.administrator()
    admin, path = rest.of(person.token), f"/api/admin/users/{pair.patient.id}/erasure"
    planned = await admin.get(path)
    assert (planned["state"], planned["pseudonym"]) == ("planned", None)
    held = await admin.post("/api/admin/legal-holds", {"userId": pair.patient.id, "reason": "inquiry"})
    assert (await admin.get("/api/admin/legal-holds"))["items"][0] == held
    refused = await admin.call("POST", path, {"reason": "letter"})
    assert (refused.status, refused.body["error"]["code"]) == (409, "CONFLICT")
    lifted = await admin.post(f"/api/admin/legal-holds/{held['id']}/release", {"reason": "over"})
    assert lifted["releasedBy"] == held["placedBy"]
    assert (await admin.call("POST", f"/api/admin/legal-holds/{held['id']}/release", {"reason": "x"})).status == 404
    assert (await rest.of(pair.doctor.token).call("GET", path)).status == 403

    report = await admin.post(path, {"reason": "letter of 3 May"})
    assert report["state"] == "waiting"
    assert (await patient.event("session_expired"))["code"] == "SESSION_EXPIRED"
    assert (await rest.of(pair.patient.token).call("GET", "/api/auth/me")).status == 401
    own = f"/api/messaging/conversations/{pair.conversation_id}"
    seen = (await rest.of(pair.doctor.token).get(own))["conversation"]
    assert seen["participantInfo"]["firstName"] == "Anonyme"
    assert seen["participantInfo"]["lastName"] == report["pseudonym"].upper()
    assert (seen["canReply"], seen["canReplyReason"]) == (False, "link_ended")
    page = await rest.of(pair.doctor.token).get(f"{own}/messages")
    assert page["items"][0]["content"] == "douleur"
    reader = TrailReader(clinic.owner_url)
    noted = reader.rows(
        "SELECT action, result, object_id, reason FROM audit WHERE user_id = %s AND action <> 'admin.view' ORDER BY id",
        person.id,
    )
    assert noted == [
        ("legal_hold.place", "ok", str(held["id"]), "inquiry"),
        ("person.erase", "denied", "POST /api/admin/users/{id}/erasure", "CONFLICT:legal_hold"),
        ("legal_hold.release", "ok", str(held["id"]), "over"),
        ("legal_hold.release", "denied", "POST /api/admin/legal-holds/{id}/release", "NOT_FOUND"),
        ("person.erase", "ok", str(pair.patient.id), "letter of 3 May"),
    ]
