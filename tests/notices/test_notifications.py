"""Notifications as people get them: over REST and sockets, by e-mail and push, from two nodes that are one."""

import asyncio
import datetime
import time
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import aiohttp
import pytest

from tests.notices.conftest import Office
from tests.support.postgres import connected
from tests.support.push_service import Browser, PushService
from tests.support.rest import Rest
from tests.support.wire_client import WireClient

pytestmark = pytest.mark.xdist_group("notices")
SECRET = "Zyxomma-canary"
PATIENCE = 20.0
HOUR = datetime.timedelta(hours=1)
SUBSCRIPTIONS = "/api/messaging/push-subscriptions"
PREFERENCES = "/api/messaging/notification-preferences"


async def until(there: Callable[[], Any]) -> Any:
    """What it gives, as soon as that is something."""
    async with asyncio.timeout(PATIENCE):
        while not (found := there()):
            await asyncio.sleep(0.05)
    return found


async def say(rest: Rest, row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """From the patient to the doctor."""
    path = f"/api/messaging/conversations/{row['conversationId']}/messages"
    reply = await rest.of(row["patient"]["token"]).post(path, {"content": SECRET, **more})
    return dict(reply["message"])


async def listed(rest: Rest, who: dict[str, Any], role: str = "medecin", **query: Any) -> dict[str, Any]:
    return dict(await rest.of(who["token"]).get(f"/api/messaging/notifications/{role}/{who['id']}", **query))


async def told(rest: Rest, who: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """When so many are there."""
    async with asyncio.timeout(PATIENCE):
        while len(items := (await listed(rest, who))["items"]) < count:
            await asyncio.sleep(0.05)
    return list(items)


def queued(office: Office, user_id: int) -> int:
    """Decisions and deliveries that wait for this person."""
    with connected(office.site.database.owner_url) as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM notification_decisions WHERE user_id = %(id)s)"
            " + (SELECT count(*) FROM notification_deliveries WHERE user_id = %(id)s)",
            {"id": user_id},
        )
        return int(cursor.fetchone()[0])


def text_of(letter: EmailMessage) -> str:
    return str(letter.get_content())


async def test_one_letter_from_two_nodes_and_no_word_of_what_was_written(
    office: Office, rest: Rest, pair: dict[str, Any]
) -> None:
    doctor = pair["doctor"]
    for _ in range(3):
        await say(rest, pair)
    [letter] = await until(lambda: office.mailbox.letters(doctor["email"]))
    [item] = (await listed(rest, doctor))["items"]
    assert (item["kind"], item["conversationId"], item["count"]) == ("new_message", pair["conversationId"], 3)
    assert (item["read"], item["readAt"], item["subject"], item["actor"]) == (False, None, None, None)
    await until(lambda: not queued(office, doctor["id"]))
    assert len(office.mailbox.letters(doctor["email"])) == 1
    assert letter["From"] == "Colloque <colloque@clinic.example>"
    assert letter["Subject"] == "Colloque : du nouveau pour vous / Colloque: something new for you"
    assert letter["Auto-Submitted"] == "auto-generated"
    whole = letter.as_string() + text_of(letter)
    people = await rest.of(doctor["token"]).get(f"/api/messaging/conversations/{pair['conversationId']}")
    patient = people["conversation"]["participantInfo"]
    for word in (SECRET, patient["username"], patient["firstName"], patient["lastName"]):
        assert word not in whole
    assert "https://colloque.clinic.example" in text_of(letter)


async def test_what_is_read_in_time_makes_no_letter(office: Office, rest: Rest, pair: dict[str, Any]) -> None:
    doctor, other = pair["doctor"], office.pair()
    await say(rest, pair)
    await told(rest, doctor, 1)
    await rest.of(doctor["token"]).post(f"/api/messaging/conversations/{pair['conversationId']}/read", {})
    await say(rest, other)
    await until(lambda: office.mailbox.letters(other["doctor"]["email"]))
    await until(lambda: not queued(office, doctor["id"]))
    assert office.mailbox.letters(doctor["email"]) == []
    [item] = (await listed(rest, doctor))["items"]
    assert item["read"]
    assert (await listed(rest, doctor, unread="true"))["items"] == []


async def test_live_on_every_node_and_read_on_all_devices(
    office: Office, rest: Rest, http: aiohttp.ClientSession, pair: dict[str, Any]
) -> None:
    doctor = pair["doctor"]
    devices = [await WireClient(http, node.url, doctor["token"]).connect() for node in (office.first, office.second)]
    message = await say(rest, pair, isUrgent=True)
    items = [(await device.wait_for("notification"))["notification"] for device in devices]
    assert items[0] == items[1]
    assert (items[0]["kind"], items[0]["count"], items[0]["read"]) == ("urgent", 1, False)
    assert SECRET not in str(items)
    assert message["content"] == SECRET
    path = f"/api/messaging/notifications/{items[0]['id']}"
    read = await rest.of(doctor["token"]).patch(path, {"read": True})
    for device in devices:
        again = await device.wait_for("notification", lambda data: data["notification"]["read"])
        assert again["notification"] == read
        await device.close()
    assert (await rest.of(pair["patient"]["token"]).call("PATCH", path, {"read": True})).status == 404


async def test_the_list_is_ones_own(office: Office, rest: Rest, pair: dict[str, Any]) -> None:
    patient, doctor = pair["patient"], pair["doctor"]
    await say(rest, pair)
    await told(rest, doctor, 1)
    assert (await listed(rest, patient, "patient"))["items"] == []
    for role, who in (("medecin", doctor), ("patient", doctor), ("medecin", patient)):
        answer = await rest.of(patient["token"]).call("GET", f"/api/messaging/notifications/{role}/{who['id']}")
        assert (answer.status, answer.body["error"]["code"]) == (404, "NOT_FOUND")
    assert (await rest.call("GET", f"/api/messaging/notifications/medecin/{doctor['id']}")).status == 401


async def test_connected_and_delivered_only_after_idling(
    office: Office, rest: Rest, http: aiohttp.ClientSession, pair: dict[str, Any]
) -> None:
    doctor = pair["doctor"]
    device = await WireClient(http, office.second.url, doctor["token"]).connect()
    started = time.monotonic()
    await say(rest, pair)
    assert (await device.call("mark_as_delivered", {"conversationId": pair["conversationId"], "upToSeq": 1}))["ok"]
    await device.wait_for("notification")
    assert time.monotonic() - started >= 3
    await until(lambda: office.mailbox.letters(doctor["email"]))
    await device.close()


async def test_a_connection_that_died_unnoticed_counts_as_none(
    office: Office, rest: Rest, http: aiohttp.ClientSession, pair: dict[str, Any]
) -> None:
    """It is there for the server, takes what it is sent, and says nothing: no device has the message."""
    device = await WireClient(http, office.first.url, pair["doctor"]["token"]).connect()
    started = time.monotonic()
    await say(rest, pair)
    await until(lambda: queued(office, pair["doctor"]["id"]))
    await told(rest, pair["doctor"], 1)
    assert time.monotonic() - started < 3, "that would have been for idling"
    await device.close()


async def test_a_browser_is_told_the_kind_and_nothing_else(
    office: Office, rest: Rest, pushes: PushService, pair: dict[str, Any]
) -> None:
    doctor, browser = rest.of(pair["doctor"]["token"]), Browser(pushes, "one")
    key = (await doctor.get("/api/messaging/push-key"))["publicKey"]
    subscribed = await doctor.call("POST", SUBSCRIPTIONS, browser.subscription())
    assert subscribed.status == 201
    await say(rest, pair, isUrgent=True)
    [pushed] = await pushes.of(browser)
    [item] = await told(rest, pair["doctor"], 1)
    assert browser.read(pushed) == {"notificationId": item["id"], "kind": "urgent", "urgent": True}
    assert pushed.headers["Content-Encoding"] == "aes128gcm"
    assert (pushed.headers["Urgency"], int(pushed.headers["TTL"]) > 0) == ("high", True)
    assert pushes.claims(pushed, key)["sub"] == "mailto:colloque@clinic.example"
    with connected(office.site.database.owner_url) as cursor:
        cursor.execute("SELECT sealed FROM push_subscriptions WHERE id = %s", (subscribed.body["id"],))
        sealed = bytes(cursor.fetchone()[0])
    assert browser.endpoint.encode() not in sealed
    await doctor.delete(f"{SUBSCRIPTIONS}/{subscribed.body['id']}")
    assert (await doctor.call("DELETE", f"{SUBSCRIPTIONS}/{subscribed.body['id']}")).status == 404


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(
    office: Office, rest: Rest, pushes: PushService, pair: dict[str, Any], status: int
) -> None:
    doctor, browser = rest.of(pair["doctor"]["token"]), Browser(pushes, "gone")
    made = await doctor.post(SUBSCRIPTIONS, browser.subscription())
    pushes.status = status
    await say(rest, pair)
    await pushes.of(browser)

    def forgotten() -> bool:
        with connected(office.site.database.owner_url) as cursor:
            cursor.execute("SELECT count(*) FROM push_subscriptions WHERE id = %s", (made["id"],))
            return bool(cursor.fetchone()[0] == 0)

    await until(forgotten)


async def test_who_lost_the_right_meanwhile_is_sent_nothing(office: Office, rest: Rest, pushes: PushService) -> None:
    """Promise 6 for what leaves the house: removed, disabled, signed out on that browser while it waited to go."""
    admin = rest.of(await asyncio.to_thread(office.site.administrator))
    rows = {case: office.pair() for case in ("removed", "disabled", "signed out", "none of it")}
    doctors = {case: row["doctor"]["id"] for case, row in rows.items()}
    browsers = {case: Browser(pushes, case.replace(" ", "-")) for case in rows}
    now = datetime.datetime.now(datetime.UTC)
    hours = {"from": f"{now - HOUR:%H:%M}", "to": f"{now + 2 * HOUR:%H:%M}", "timeZone": "UTC"}
    for case, row in rows.items():
        doctor = rest.of(row["doctor"]["token"])
        await doctor.post(SUBSCRIPTIONS, browsers[case].subscription())
        # E-mail goes to the person, wherever they are signed in.
        await doctor.patch(PREFERENCES, {"quietHours": hours, "email": case != "signed out"})
        await say(rest, row)
    ids = tuple(doctors.values())
    await until(
        lambda: _rows(office, "SELECT count(*) FROM notification_deliveries WHERE user_id IN %s", ids) == [(7,)]
    )
    place = rows["removed"]["conversationId"]
    await admin.delete(f"/api/admin/conversations/{place}/participants/{doctors['removed']}")
    await admin.patch(f"/api/admin/users/{doctors['disabled']}", {"disabled": True})
    await admin.delete(f"/api/admin/users/{doctors['signed out']}/sessions")
    for change in (
        "notification_preferences SET quiet_from = NULL, quiet_to = NULL, time_zone = NULL",
        "notification_deliveries SET due_at = now()",
    ):
        _rows(office, f"UPDATE {change} WHERE user_id IN %s RETURNING 1", ids)
    assert await pushes.of(browsers["none of it"])
    await until(lambda: office.mailbox.letters(rows["none of it"]["doctor"]["email"]))
    await until(lambda: not any(queued(office, who) for who in ids))
    assert list(pushes.pushed) == ["none-of-it"]
    assert [case for case, row in rows.items() if office.mailbox.letters(row["doctor"]["email"])] == ["none of it"]


def _rows(office: Office, sql: str, *parameters: Any) -> list[Any]:
    with connected(office.site.database.owner_url) as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


async def test_only_public_addresses_with_tls_and_good_keys(
    rest: Rest, pushes: PushService, pair: dict[str, Any]
) -> None:
    doctor, good = rest.of(pair["doctor"]["token"]), Browser(pushes, "x").subscription()
    for endpoint in (
        "http://push.example/x",
        "https://10.0.0.1/x",
        "https://169.254.169.254/x",
        "https://db/x",
        "https://push..example/x",
        "https://127.1/x",
        "ftp://x",
    ):
        answer = await doctor.call("POST", SUBSCRIPTIONS, good | {"endpoint": endpoint})
        assert (answer.status, set(answer.body["error"]["fields"])) == (400, {"endpoint"}), endpoint
    for keys in ({"p256dh": "AAAA", "auth": good["keys"]["auth"]}, {"p256dh": good["keys"]["p256dh"], "auth": "AA"}):
        answer = await doctor.call("POST", SUBSCRIPTIONS, good | {"keys": keys})
        assert (answer.status, set(answer.body["error"]["fields"])) == (400, {"keys"})


async def test_preferences(office: Office, rest: Rest, pair: dict[str, Any]) -> None:
    doctor = rest.of(pair["doctor"]["token"])
    assert await doctor.get(PREFERENCES) == {
        "push": True,
        "email": True,
        "silentKinds": [],
        "urgentAlways": True,
        "quietHours": None,
        "language": None,
    }
    hours = {"from": "22:00", "to": "07:00", "timeZone": "Europe/Paris"}
    changed = await doctor.patch(PREFERENCES, {"quietHours": hours, "language": "fr", "silentKinds": ["new_message"]})
    assert (changed["quietHours"], changed["language"], changed["email"]) == (hours, "fr", True)
    assert await doctor.get(PREFERENCES) == changed
    assert (await doctor.patch(PREFERENCES, {"quietHours": None, "language": None}))["quietHours"] is None
    for bad in (
        {"quietHours": hours | {"timeZone": "Europe/Atlantis"}},
        {"quietHours": hours | {"from": "24:00"}},
        {"silentKinds": ["all"]},
        {"email": 1},
    ):
        assert (await doctor.call("PATCH", PREFERENCES, bad)).status == 400, bad
    assert (await rest.of(pair["patient"]["token"]).get(PREFERENCES))["silentKinds"] == []


async def test_a_letter_waits_for_the_smtp_server_to_come_back_in_the_language_asked_for(
    office: Office, rest: Rest, pair: dict[str, Any]
) -> None:
    doctor = pair["doctor"]
    await rest.of(doctor["token"]).patch(PREFERENCES, {"language": "fr"})
    office.mailbox.stop()
    try:
        await say(rest, pair, isUrgent=True)
        await until(lambda: _attempts(office, doctor["id"]) == 1)
    finally:
        office.mailbox.start()
    with connected(office.site.database.owner_url) as cursor:
        cursor.execute("UPDATE notification_deliveries SET due_at = now() WHERE user_id = %s", (doctor["id"],))
    [letter] = await until(lambda: office.mailbox.letters(doctor["email"]))
    assert letter["Subject"] == "Colloque : un message urgent vous attend"


def _attempts(office: Office, user_id: int) -> int:
    """Of those whose lease is over: the pause after a failure is shorter than the lease, and longer than nothing."""
    with connected(office.site.database.owner_url) as cursor:
        cursor.execute(
            "SELECT COALESCE(max(attempts), 0) FROM notification_deliveries"
            " WHERE user_id = %s AND due_at < now() + interval '31 s'",
            (user_id,),
        )
        return int(cursor.fetchone()[0])


def test_nothing_that_was_written_or_given_is_in_the_logs(office: Office) -> None:
    for node in (office.first, office.second):
        log = node.log.read_text("utf-8", "replace")
        for word in (SECRET, "/send/", "@example.org"):
            assert word not in log
