"""What administrators see of retention over REST: how long, how much, which ones, and never what was written."""

import json
from uuid import uuid4

from tests.support.clinic import Clinic, Pair
from tests.support.postgres import connected
from tests.support.rest import Rest

OUTLOOK = "/api/admin/retention"


async def test_what_is_over_is_due_until_a_hold_keeps_it(
    clinic: Clinic, rest: Rest, pair: Pair, stranger: Pair
) -> None:
    admin, word = rest.of(clinic.administrator().token), uuid4().hex
    for each in (pair, stranger):
        await rest.of(each.patient.token).post(
            f"/api/messaging/conversations/{each.conversation_id}/messages", {"content": word}
        )
        with connected(clinic.owner_url) as cursor:
            cursor.execute(
                "UPDATE conversations SET last_message_at = now() - interval '8 years' WHERE id = %s",
                (each.conversation_id,),
            )
    await admin.post("/api/admin/legal-holds", {"conversationId": pair.conversation_id, "reason": "case 12"})
    try:
        seen = await admin.get(OUTLOOK)
        held, due = [await admin.get(f"{OUTLOOK}/conversations", state=state) for state in ("held", "due")]
    finally:
        with connected(clinic.owner_url) as cursor:
            cursor.execute(
                "UPDATE conversations SET last_message_at = now() WHERE id = ANY (%s)",
                ([pair.conversation_id, stranger.conversation_id],),
            )
    kinds = {kind["kind"]: kind for kind in seen["kinds"]}
    assert {kind: of["days"] for kind, of in kinds.items()} == dict.fromkeys(("care", "contextual", "mentoring"), 2557)
    assert (seen["archiveDays"], seen["aroundDays"], seen["everySeconds"]) == (30, 30, 21600)
    assert (seen["runsHere"], seen["next"]) == (True, None)
    assert kinds["care"]["due"]["conversations"] == len(due["items"]) >= 1
    assert kinds["care"]["held"]["conversations"] == len(held["items"]) >= 1
    assert stranger.conversation_id in {item["conversationId"] for item in due["items"]}
    [kept] = [item for item in held["items"] if item["conversationId"] == pair.conversation_id]
    assert (kept["kind"], kept["messages"], kept["shreddedAt"]) == ("care", 1, None)
    assert kept["silentSince"] < kept["endsAt"]
    assert word not in json.dumps([seen, held, due])


async def test_nobody_else_sees_it_and_nonsense_is_refused(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    admin = rest.of(clinic.administrator().token)
    for path in (OUTLOOK, f"{OUTLOOK}/conversations"):
        assert (await rest.of(pair.doctor.token).call("GET", path)).status == 403
        for wrong in ("after=-1", "after=x", "before=1"):
            assert (await admin.call("GET", f"{path}?{wrong}")).status == 400
    for wrong in ("state=young", "limit=0", "limit=201"):
        assert (await admin.call("GET", f"{OUTLOOK}/conversations?{wrong}")).status == 400
    beyond = await admin.get(OUTLOOK, after=str(2**63 - 1))
    assert [kind["due"]["conversations"] for kind in beyond["kinds"]] == [0, 0, 0]
