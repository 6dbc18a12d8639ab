"""The REST side of people: a real server on a real database."""

from collections.abc import Awaitable, Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from repositories.unit_of_work import Database
from repositories.users import UserRow
from services.principal import ADMIN, DOCTOR, MENTOR, PATIENT
from tests.support.people import PASSWORD, Desk

Client = TestClient[Any, Any]
ROY = {"username": "roy", "firstName": "Léa", "lastName": "Roy", "role": DOCTOR}
LOGIN = {"username": "roy", "password": PASSWORD}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
async def client(desk: Desk, aiohttp_client: Callable[..., Awaitable[Client]]) -> Client:
    return await aiohttp_client(desk.application())


class Caller:
    """Calls as one user; answers (status, body)."""

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def __call__(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        async with self._client.request(method, path, json=body, params=query, headers=self._headers) as response:
            return response.status, await response.json() if response.content_type == "application/json" else None


@pytest.fixture
async def admin(desk: Desk, client: Client) -> Caller:
    return Caller(client, await desk.token(await desk.person(ADMIN)))


async def test_login_sets_the_cookie_and_keeps_the_refresh_token_out_of_the_body(desk: Desk, client: Client) -> None:
    await desk.person(DOCTOR, username="roy")
    async with client.post("/api/auth/login", json=LOGIN, headers={"Host": "chat.example.org"}) as response:
        assert response.status == 200
        body = await response.json()
        cookie = SimpleCookie(response.headers["Set-Cookie"])["colloque_refresh"]
    assert body.keys() == {"accessToken", "expiresIn", "user"}
    assert body["user"]["username"] == "roy"
    assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["secure"]) == (
        "/api/auth",
        "Strict",
        True,
        True,
    )
    assert cookie["max-age"] == str(30 * 86400)
    assert cookie.value not in str(body)


async def test_refresh_and_logout_with_the_cookie(desk: Desk, client: Client) -> None:
    await desk.person(DOCTOR, username="roy")
    async with client.post("/api/auth/login", json=LOGIN) as response:
        first = SimpleCookie(response.headers["Set-Cookie"])["colloque_refresh"]
        assert not first["secure"]
        token = (await response.json())["accessToken"]
    async with client.post("/api/auth/refresh", cookies={"colloque_refresh": first.value}) as response:
        assert response.status == 200
        second = SimpleCookie(response.headers["Set-Cookie"])["colloque_refresh"]
    assert second.value != first.value
    async with client.post("/api/auth/logout", cookies={"colloque_refresh": second.value}) as response:
        assert response.status == 204
        gone = SimpleCookie(response.headers["Set-Cookie"])["colloque_refresh"]
    assert (gone.value, gone["max-age"], gone["path"]) == ("", "0", "/api/auth")
    status, body = await Caller(client, token)("GET", "/api/auth/me")
    assert (status, body["error"]["code"]) == (401, "SESSION_EXPIRED")


async def test_refresh_without_a_cookie(client: Client) -> None:
    async with client.post("/api/auth/refresh") as response:
        assert response.status == 401
        assert (await response.json())["error"]["code"] == "AUTH_REQUIRED"
    async with client.post("/api/auth/logout") as response:
        assert response.status == 204


@pytest.mark.parametrize("path", ["/api/auth/refresh", "/api/auth/logout"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://chat.example.org:8443"},
        {"Origin": "https://chat.example.org.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_site_is_refused(
    desk: Desk, client: Client, path: str, headers: dict[str, str]
) -> None:
    await desk.person(DOCTOR, username="roy")
    async with client.post("/api/auth/login", json=LOGIN) as response:
        token = SimpleCookie(response.headers["Set-Cookie"])["colloque_refresh"].value
    cookie = {"Cookie": f"colloque_refresh={token}", "Host": "chat.example.org"}
    async with client.post(path, headers={**cookie, **headers}) as response:
        assert response.status == 403
        assert (await response.json())["error"]["code"] == "FORBIDDEN"
    own = {"Origin": "https://chat.example.org:443"}
    async with client.post("/api/auth/refresh", headers={**cookie, **own}) as response:
        assert response.status == 200


async def test_failed_logins_are_one_answer(desk: Desk, client: Client) -> None:
    await desk.person(DOCTOR, username="roy")
    await desk.person(DOCTOR, username="off", disabled=True)
    bodies = []
    for username, password in (("roy", "wrong"), ("off", PASSWORD), ("nobody", PASSWORD)):
        async with client.post("/api/auth/login", json={"username": username, "password": password}) as response:
            assert response.status == 401
            assert "Set-Cookie" not in response.headers
            bodies.append((await response.json())["error"] | {"requestId": ""})
    assert bodies[0] == bodies[1] == bodies[2]


async def test_a_password_is_taken_to_the_blank_and_never_trimmed(desk: Desk, client: Client) -> None:
    await desk.person(DOCTOR, username="roy", password="  blanks around it  ")
    for password, status in (("  blanks around it  ", 200), ("blanks around it", 401), ("\ud800", 400), ("", 400)):
        async with client.post("/api/auth/login", json={"username": "roy", "password": password}) as response:
            assert response.status == status
    async with client.post("/api/auth/login", json={"username": "roy", "password": 7}) as response:
        assert (await response.json())["error"]["fields"].keys() == {"password"}


async def test_one_sees_oneself_and_ends_ones_sessions(desk: Desk, client: Client) -> None:
    user, other = await desk.person(DOCTOR, username="roy"), await desk.person(PATIENT)
    me, them = Caller(client, await desk.token(user)), Caller(client, await desk.token(other))
    assert (await me("GET", "/api/auth/me"))[1]["user"]["id"] == user.id
    _, page = await me("GET", "/api/auth/sessions", limit="1")
    assert (page["hasMore"], page["next"], page["items"][0]["current"]) == (False, None, True)
    path = f"/api/auth/sessions/{page['items'][0]['id']}"
    assert (await them("DELETE", path))[0] == 404
    assert (await them("DELETE", "/api/auth/sessions/7"))[0] == 400
    assert (await me("DELETE", path))[0] == 204
    assert (await me("GET", "/api/auth/me"))[0] == 401


async def test_changing_the_password(desk: Desk, client: Client) -> None:
    me = Caller(client, await desk.token(await desk.person(DOCTOR, username="roy")))
    wrong = {"currentPassword": "wrong", "newPassword": "a good new password"}
    status, body = await me("POST", "/api/auth/password", wrong)
    assert (status, body["error"]["fields"].keys()) == (400, {"currentPassword"})
    assert (await me("POST", "/api/auth/password", {**wrong, "currentPassword": PASSWORD}))[0] == 204


async def test_searching_people(desk: Desk, client: Client) -> None:
    patient, doctor = (
        await desk.person(PATIENT, "Zoé", "Petit"),
        await desk.person(DOCTOR, "Léa", "Roy", email="l@r.fr"),
    )
    await desk.link(patient, doctor)
    me = Caller(client, await desk.token(patient))
    for path, query in (
        ("search-users", {"q": "LEA"}),
        ("available-users", {"role": DOCTOR}),
        ("search-users", {"q": ""}),
    ):
        status, page = await me("GET", f"/api/messaging/{path}", **query)
        assert status == 200
        assert page == {
            "items": [
                {
                    "id": doctor.id,
                    "username": doctor.username,
                    "firstName": "Léa",
                    "lastName": "Roy",
                    "role": DOCTOR,
                    "email": "l@r.fr",
                    "online": False,
                    "conversationId": None,
                }
            ],
            "hasMore": False,
            "next": None,
        }
    assert (await me("GET", "/api/messaging/available-users", role="king"))[0] == 400
    assert (await me("GET", "/api/messaging/search-users", before="x"))[0] == 400


ADMIN_CALLS = [
    ("GET", "/api/admin/users"),
    ("POST", "/api/admin/users"),
    ("GET", "/api/admin/users/1"),
    ("PATCH", "/api/admin/users/1"),
    ("PUT", "/api/admin/users/h-1"),
    ("GET", "/api/admin/users/1/sessions"),
    ("DELETE", "/api/admin/users/1/sessions"),
    ("DELETE", "/api/admin/users/1/sessions/1"),
    ("GET", "/api/admin/care-links"),
    ("PUT", "/api/admin/care-links/1"),
    ("DELETE", "/api/admin/care-links/1"),
]


@pytest.mark.parametrize(("method", "path"), ADMIN_CALLS)
async def test_administration_is_for_administrators(desk: Desk, client: Client, method: str, path: str) -> None:
    doctor = Caller(client, await desk.token(await desk.person(DOCTOR)))
    status, body = await doctor(method, path)
    assert (status, body["error"]["code"]) == (403, "FORBIDDEN")


async def test_managing_users(admin: Caller) -> None:
    status, made = await admin("POST", "/api/admin/users", {**ROY, "password": PASSWORD, "externalId": "h-1"})
    assert (status, made["user"]["hasPassword"], made["user"]["disabled"]) == (201, True, False)
    user_id = made["user"]["id"]
    assert (await admin("POST", "/api/admin/users", ROY))[0] == 409
    status, body = await admin("PUT", "/api/admin/users/h-1", {**ROY, "lastName": "Blanc"})
    assert (status, body["created"], body["user"]["lastName"]) == (200, False, "Blanc")
    status, body = await admin("PUT", "/api/admin/users/h%2F2", {**ROY, "username": "new"})
    assert (status, body["created"], body["user"]["externalId"]) == (201, True, "h/2")
    status, body = await admin("PATCH", f"/api/admin/users/{user_id}", {"disabled": True, "email": "a@b.fr"})
    assert (status, body["user"]["disabled"], body["user"]["email"]) == (200, True, "a@b.fr")
    assert (await admin("GET", f"/api/admin/users/{user_id}"))[1] == body
    _, page = await admin("GET", "/api/admin/users", q="blanc", disabled="true", limit="1")
    assert [item["id"] for item in page["items"]] == [user_id]
    for path, change in ((f"{user_id}", {"email": "no"}), (f"{user_id}", {"king": 1}), ("x", {})):
        assert (await admin("PATCH", f"/api/admin/users/{path}", change))[0] == 400


async def test_managing_sessions(desk: Desk, admin: Caller) -> None:
    user = await desk.person(DOCTOR)
    for _ in range(3):
        await desk.token(user)
    path = f"/api/admin/users/{user.id}/sessions"
    _, page = await admin("GET", path, limit="2")
    assert (len(page["items"]), page["hasMore"], page["next"]) == (2, True, page["items"][1]["id"])
    assert len((await admin("GET", path, before=page["next"]))[1]["items"]) == 1
    assert (await admin("DELETE", f"{path}/{page['next']}"))[0] == 204
    assert await admin("DELETE", path) == (200, {"endedCount": 2})


async def linked(desk: Desk) -> tuple[UserRow, UserRow]:
    return await desk.person(PATIENT, external_id="p"), await desk.person(DOCTOR, external_id="d")


async def test_managing_care_links(desk: Desk, admin: Caller) -> None:
    patient, doctor = await linked(desk)
    by_key = {"patientExternalId": "p", "doctorExternalId": "d"}
    status, body = await admin("PUT", "/api/admin/care-links/77", by_key)
    assert (status, body["created"], body["link"]["active"]) == (201, True, True)
    assert body["link"]["patient"] == {
        "id": patient.id,
        "externalId": "p",
        "username": patient.username,
        "name": "Ana Test",
    }
    again = await admin("PUT", "/api/admin/care-links/77", {"patientId": patient.id, "doctorId": doctor.id})
    assert (again[0], again[1]["created"], again[1]["link"]) == (200, False, body["link"])
    _, page = await admin("GET", "/api/admin/care-links", doctorId=str(doctor.id), active="true")
    assert [item["id"] for item in page["items"]] == [body["link"]["id"]]
    # A number is an id: the link whose external id is 77 is not meant.
    assert (await admin("DELETE", "/api/admin/care-links/77"))[0] == 404
    status, ended = await admin("DELETE", f"/api/admin/care-links/{body['link']['id']}")
    assert (status, ended["link"]["active"]) == (200, False)
    assert (await admin("DELETE", "/api/admin/care-links/no-such"))[0] == 404
    past = {**by_key, "until": "2025-01-01T00:00:00.000Z"}
    assert (await admin("PUT", "/api/admin/care-links/77", past))[1]["link"]["until"] == past["until"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"doctorId": 2}, "patientId"),
        ({"patientId": 1, "patientExternalId": "p", "doctorId": 2}, "patientExternalId"),
        ({"patientId": "1", "doctorId": 2}, "patientId"),
        ({"patientId": 10**12, "doctorId": 2}, "patientId"),
        ({"patientExternalId": "p", "doctorExternalId": "d", "until": "2099-01-01T00:00:00Z"}, "until"),
        ({"patientExternalId": "p", "doctorExternalId": "p"}, "doctorExternalId"),
    ],
)
async def test_a_link_that_cannot_be(desk: Desk, admin: Caller, body: dict[str, Any], field: str) -> None:
    await linked(desk)
    status, answer = await admin("PUT", "/api/admin/care-links/l", body)
    assert (status, answer["error"]["fields"].keys()) == (400, {field})


async def test_an_administrator_has_nobody_to_talk_to(desk: Desk, admin: Caller) -> None:
    await desk.person(MENTOR)
    assert (await admin("GET", "/api/messaging/available-users"))[1]["items"] == []


async def test_an_external_id_beyond_any_number_is_no_id(admin: Caller) -> None:
    assert (await admin("DELETE", f"/api/admin/care-links/{'9' * 30}"))[0] == 404
