"""Administrators do not read conversations, but in an emergency, which everybody concerned can see."""

import aiohttp

from tests.support.clinic import Clinic, Pair
from tests.support.rest import Rest
from tests.support.trail import TrailReader
from tests.support.wire_client import WireClient

REASON = "urgence vitale, médecin injoignable"


def _paths(conversation_id: int) -> tuple[str, str, str]:
    administration = f"/api/admin/conversations/{conversation_id}"
    log = f"/api/messaging/conversations/{conversation_id}/access-log"
    return f"{administration}/break-glass", f"{administration}/messages", log


async def test_an_administrator_reads_nothing_without_breaking_the_glass(
    clinic: Clinic, pair: Pair, rest: Rest
) -> None:
    _, messages, log = _paths(pair.conversation_id)
    admin = rest.of(clinic.administrator().token)
    own = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    await rest.of(pair.patient.token).post(own, {"content": "confidentiel"})
    assert (await admin.call("GET", own)).status == 404
    assert (await admin.call("GET", messages)).body["error"]["code"] == "FORBIDDEN"
    assert "confidentiel" not in str(await admin.get(log))


async def test_breaking_the_glass_lets_one_read_and_tells_the_patient(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    breaking, messages, log = _paths(pair.conversation_id)
    person = clinic.administrator()
    admin, reader = rest.of(person.token), TrailReader(clinic.owner_url)
    own = f"/api/messaging/conversations/{pair.conversation_id}"
    await rest.of(pair.patient.token).post(f"{own}/messages", {"content": "confidentiel"})
    async with aiohttp.ClientSession() as session:
        patient = await WireClient(session, clinic.url, pair.patient.token).connect()
        broken = await admin.post(breaking, {"reason": REASON})
        told = await patient.wait_for("conversation_opened")
        notice = (await patient.wait_for("notification"))["notification"]
        await patient.close()
    assert broken["reason"] == REASON
    assert told["conversationId"] == pair.conversation_id
    assert (told["userId"], told["userRole"], told["reason"]) == (person.id, "admin", REASON)
    assert (notice["kind"], notice["conversationId"], notice["readAt"]) == (
        "conversation_opened",
        pair.conversation_id,
        None,
    )
    page = await admin.get(messages)
    assert [item["content"] for item in page["items"]] == ["confidentiel"]
    # It is on the trail before the answer came.
    noted = reader.rows("SELECT action, reason FROM audit WHERE user_id = %s ORDER BY id", person.id)
    assert noted == [("break_glass", REASON), ("break_glass.read", REASON)]
    # Read-only: nothing else opens, nothing moves.
    assert (await admin.call("POST", f"{own}/messages", {"content": "non"})).status == 404
    assert (await admin.call("POST", f"{own}/read", {})).status == 404
    assert (await rest.of(pair.doctor.token).get(own))["conversation"]["unreadCount"] == 1
    shown = await rest.of(pair.patient.token).get(log)
    assert [(item["action"], item["reason"]) for item in shown["items"] if item["userId"] == person.id] == [
        ("break_glass.read", REASON),
        ("break_glass", REASON),
    ]


async def test_the_glass_is_whole_again_after_an_hour_and_for_others(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    breaking, messages, _ = _paths(pair.conversation_id)
    first, other = clinic.administrator(), clinic.administrator()
    await rest.of(first.token).post(breaking, {"reason": REASON})
    assert (await rest.of(other.token).call("GET", messages)).status == 403
    lives = "SELECT extract(epoch FROM until - at)::int FROM break_glass WHERE user_id = %s"
    reader = TrailReader(clinic.owner_url)
    assert reader.rows(lives, first.id) == [(3600,)]
    reader.rows(
        "UPDATE break_glass SET at = at - interval '61 min', until = until - interval '61 min' WHERE user_id = %s RETURNING 1",
        first.id,
    )
    assert (await rest.of(first.token).call("GET", messages)).status == 403


async def test_a_reason_is_needed_and_a_conversation_too(clinic: Clinic, pair: Pair, rest: Rest) -> None:
    admin = rest.of(clinic.administrator().token)
    assert (await admin.call("POST", _paths(pair.conversation_id)[0], {"reason": "bof"})).status == 400
    assert (await admin.call("POST", _paths(10**15)[0], {"reason": REASON})).status == 404
    assert (await admin.call("GET", _paths(10**15)[1])).status == 404


async def test_the_patient_hears_of_a_doctor_once_and_a_stranger_sees_no_log(
    clinic: Clinic, pair: Pair, stranger: Pair, rest: Rest
) -> None:
    own, log = f"/api/messaging/conversations/{pair.conversation_id}", _paths(pair.conversation_id)[2]
    async with aiohttp.ClientSession() as session:
        patient = await WireClient(session, clinic.url, pair.patient.token).connect()
        doctor = rest.of(pair.doctor.token)
        await doctor.get(own)
        await doctor.get(f"{own}/messages")
        await rest.of(pair.patient.token).get(own)
        told = await patient.wait_for("conversation_opened")
        assert (told["userId"], told["action"], told["reason"]) == (pair.doctor.id, "conversation.open", None)
        await doctor.post(f"{own}/messages", {"content": "derrière"})
        await patient.wait_for("conversation_updated")
        assert len(patient.named("conversation_opened")) == 1
        await patient.close()
    assert (await rest.of(stranger.doctor.token).call("GET", log)).status == 404
    reader = TrailReader(clinic.owner_url)
    asked = "SELECT 1 FROM audit WHERE conversation_id = %s AND action = 'history.read'"
    assert await reader.poll(lambda: reader.rows(asked, pair.conversation_id), bool)
    first = await rest.of(pair.patient.token).get(log, limit=1)
    assert first["hasMore"] is True
    older = await rest.of(pair.patient.token).get(log, before=first["next"])
    seen = [(item["userId"], item["action"]) for item in first["items"] + older["items"]]
    assert (pair.doctor.id, "conversation.open") in seen
    assert (pair.doctor.id, "history.read") in seen
