"""Statistics of one person from outside, and the figures of all on /metrics."""

from tests.support.clinic import Clinic, Pair
from tests.support.rest import Rest


async def test_ones_own_statistics_and_nobody_elses(rest: Rest, pair: Pair) -> None:
    patient, doctor = rest.of(pair.patient.token), rest.of(pair.doctor.token)
    own = f"/api/messaging/stats/patient/{pair.patient.id}"
    found = await patient.get(own, days=7)
    assert set(found) == {
        "userId", "userType", "from", "to", "messages", "responseTimes", "conversations", "countedUntil",
    }  # fmt: skip
    assert (found["userId"], found["userType"]) == (pair.patient.id, "patient")
    assert found["conversations"] == {"active": 1, "archived": 0, "closed": 0, "unread": 0}
    assert found["responseTimes"] == {"replies": 0, "medianSeconds": None, "p90Seconds": None}
    assert (await doctor.call("GET", own)).status == 404
    assert (await patient.call("GET", f"/api/messaging/stats/medecin/{pair.patient.id}")).status == 404
    assert (await patient.call("GET", "/api/messaging/stats/patient/999999999")).status == 404
    assert (await rest.of(None).call("GET", own)).status == 401
    for wrong in ("0", "367", "x"):
        assert (await patient.call("GET", own, days=wrong)).status == 400


async def test_an_administrator_sees_anybodys(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    administrator = rest.of(clinic.person("admin").token)
    found = await administrator.get(f"/api/messaging/stats/medecin/{pair.doctor.id}")
    assert found["userId"] == pair.doctor.id


async def test_figures_of_all_name_nobody(rest: Rest) -> None:
    """Which values they have, tests/integration/test_activity.py shows."""
    text = (await rest.call("GET", "/metrics")).body
    for name in ("colloque_reply_seconds", "colloque_active_users", "colloque_conversation_messages"):
        assert f"# HELP {name} " in text
