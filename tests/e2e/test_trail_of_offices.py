"""What the random walks of test_trail_walks.py leave out: administrators' views and changes, the life of a session, and what
people do once in a while. Each stands on the trail under its name, and nothing else does.
"""

from collections import Counter
from typing import Any

import aiohttp

from tests.support.clinic import Clinic, Pair, Person
from tests.support.rest import Rest
from tests.support.trail import TrailReader
from tests.support.wire_client import WireClient

WRONG = "not-this-one-7"


def noted(reader: TrailReader, after: int, person: Person) -> list[tuple[Any, ...]]:
    """Action, object and conversation of what stands there about this person's doings, in its order."""
    query = (
        "SELECT action, object_type, object_id, conversation_id FROM audit"
        " WHERE id > %s AND user_id = %s AND result = 'ok' ORDER BY id"
    )
    return reader.rows(query, after, person.id)


async def test_an_administrator_sees_nothing_before_it_is_on_the_trail(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    reader, person = TrailReader(clinic.owner_url), clinic.administrator()
    patient, own = pair.patient.id, pair.conversation_id
    views = {
        "/api/admin/users": ("users", None, None),
        f"/api/admin/users/{patient}": ("users", str(patient), None),
        f"/api/admin/users/{patient}/sessions": ("users", str(patient), None),
        f"/api/admin/users/{patient}/erasure": ("users", str(patient), None),
        "/api/admin/care-links": ("care-links", None, None),
        "/api/admin/contexts": ("contexts", None, None),
        "/api/admin/legal-holds": ("legal-holds", None, None),
        "/api/admin/retention": ("retention", None, None),
        "/api/admin/retention/conversations": ("retention", None, None),
        "/api/admin/reports": ("reports", None, None),
        f"/api/admin/conversations/{own}/participants": ("conversations", str(own), own),
        "/api/messaging/stats": ("stats", None, None),
        f"/api/messaging/stats/patient/{patient}": ("stats", str(patient), None),
    }
    for path, (kind, number, conversation_id) in views.items():
        after = reader.last()
        await rest.of(person.token).get(path)
        assert noted(reader, after, person) == [("admin.view", kind, number, conversation_id)], path
    after = reader.last()
    await rest.of(person.token).patch(f"/api/admin/users/{patient}", {"firstName": "Anne"})
    assert noted(reader, after, person) == [("admin.change", "users", str(patient), None)]
    await rest.of(person.token).get(f"/api/messaging/stats/admin/{person.id}")
    assert len(noted(reader, after, person)) == 1, "one's own statistics are no view of an administrator's"


async def test_the_life_of_a_session(clinic: Clinic, rest: Rest) -> None:
    """From a wrong password to the logout; of a failed login the person is known, and never what was typed."""
    reader, login = TrailReader(clinic.owner_url), {"username": "lucie", "password": clinic.passwords()["lucie"]}
    after = reader.last()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        by = Rest(browser, clinic.url, None)
        assert (await by.call("POST", "/api/auth/login", {**login, "password": WRONG})).status == 401
        assert (await by.call("POST", "/api/auth/login", {**login, "username": "nobody.here"})).status == 401
        first = await by.post("/api/auth/login", login)
        person = Person(first["user"]["id"], "patient", first["accessToken"])
        other = clinic.person("lucie")
        origin = {"Origin": clinic.url}
        async with browser.post(f"{clinic.url}/api/auth/refresh", headers=origin) as reply:
            assert reply.status == 200
        own = rest.of(person.token)
        await own.get("/api/auth/sessions")
        changed = {"currentPassword": login["password"], "newPassword": login["password"]}
        assert (await own.call("POST", "/api/auth/password", {**changed, "currentPassword": WRONG})).status == 400
        await own.delete(f"/api/auth/sessions/{other.session_id}")
        async with browser.post(f"{clinic.url}/api/auth/logout", headers=origin) as reply:
            assert reply.status == 204
    expected = [
        (None, "login", "denied", str(person.id)),
        (None, "login", "denied", "POST /api/auth/login"),
        (person.id, "login", "ok", None),
        (person.id, "login", "ok", None),
        (person.id, "session.refresh", "ok", None),
        (person.id, "session.list", "ok", None),
        (person.id, "password.change", "failed", "POST /api/auth/password"),
        (person.id, "session.end", "ok", other.session_id),
        (person.id, "logout", "ok", None),
    ]
    query = (
        "SELECT user_id, action, result, object_id FROM audit"
        " WHERE id > %s AND (user_id = %s OR user_id IS NULL AND action = 'login') ORDER BY id"
    )
    found = await reader.poll(lambda: reader.rows(query, after, person.id), lambda rows: len(rows) >= len(expected))
    assert found == expected
    typed = reader.rows("SELECT count(*) FROM audit WHERE audit::text ~ 'not-this-one|nobody.here'")
    assert typed == [(0,)]


async def test_what_people_do_once_in_a_while(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    reader, person, conversation_id = TrailReader(clinic.owner_url), pair.patient, pair.conversation_id
    after, own, by = reader.last(), f"/api/messaging/conversations/{pair.conversation_id}", rest.of(pair.patient.token)
    message = (await by.post(f"{own}/messages", {"content": "bonjour"}))["message"]
    path = f"/api/messaging/messages/{message['id']}"
    await by.patch(path, {"content": "bonsoir"})
    await by.post(f"{path}/reactions", {"emoji": "👍"})
    await by.delete(f"{path}/reactions", emoji="👍")
    await by.delete(path)
    await by.patch(own, {"muted": True})
    await by.post("/api/messaging/conversations", {"participantId": pair.doctor.id})
    await by.get("/api/messaging/available-users")
    await by.get("/api/messaging/search-users", q="x")
    await by.get(f"/api/messaging/permissions/ordonnance/nothing/patient/{person.id}")
    await by.get("/api/messaging/unread-count")
    async with aiohttp.ClientSession() as session:
        client = await WireClient(session, clinic.url, person.token).connect()
        assert (await client.call("sync", {"positions": {str(conversation_id): {"seq": 0, "change": 0}}}))["ok"]
        await client.close()
    about = ("message", str(message["id"]), conversation_id)
    expected = [
        ("message.send", *about),
        ("message.edit", *about),
        ("message.react", *about),
        ("message.unreact", *about),
        ("message.delete", *about),
        ("conversation.settle", "conversation", str(conversation_id), conversation_id),
        ("conversation.make", "conversation", str(conversation_id), conversation_id),
        ("people.search", "user", None, None),
        ("people.search", "user", None, None),
        ("permission.view", "context", "ordonnance:nothing", None),
        ("socket.connect", None, None, None),
        ("conversation.sync", "seq", "1-1", conversation_id),
    ]
    enough = Counter(expected)
    found = await reader.poll(
        lambda: Counter(noted(reader, after, person)), lambda seen: sum(seen.values()) >= sum(enough.values())
    )
    assert found == enough
