"""The services of people on a real database: one node each, with hashing made cheap."""

import itertools
import uuid
from collections.abc import Awaitable
from typing import Any

import pytest
from aiohttp import web

from controllers.rest.admin_care_links import AdminCareLinkEndpoints
from controllers.rest.admin_sessions import AdminSessionEndpoints
from controllers.rest.admin_users import AdminUserEndpoints
from controllers.rest.auth import AuthEndpoints
from controllers.rest.boundary import RestBoundary
from controllers.rest.client_address import Proxies
from controllers.rest.middleware import Surroundings
from controllers.rest.sessions import SessionEndpoints
from controllers.rest.users import UserEndpoints
from repositories.unit_of_work import Database
from repositories.users import UserDetails, UserRow
from server.security.browser_seal import BrowserSeal
from server.security.own_tokens import OwnTokens
from server.security.passwords import Argon2PasswordHasher, Cost
from server.security.refresh_tokens import MacRefreshTokens
from server.security.tokens import JwtAccessTokens
from services.auth import Auth, SignedIn
from services.authentication import Authentication
from services.care_links import CareLinks, LinkPeople, PersonKey
from services.errors import DomainError
from services.issued_tokens import IssuedTokens
from services.people import People
from services.principal import Origin, Principal
from services.sessions import Sessions
from services.user_admin import UserAdmin
from tests.support.fakes import CountingLimiter, RecordingPublisher

SECRET = b"a secret for tests that is long enough"
PASSWORD = "correct horse battery"
SESSION_SECONDS = 30 * 86400.0
ORIGIN = Origin(address="192.0.2.7", device="Test/1.0", request_id="r", language="en")
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
_numbers = itertools.count(1)


class Online:
    def __init__(self) -> None:
        self.ids: set[int] = set()

    def is_online(self, user_id: int) -> bool:
        return user_id in self.ids


class Desk:
    """`kinds` as the setting has them; ten failed logins a name and address are allowed."""

    def __init__(self, database: Database, *, kinds: frozenset[str] = frozenset({"care", "mentoring"})) -> None:
        self.database = database
        self.published = RecordingPublisher()
        self.limiter = CountingLimiter(10)
        self.online = Online()
        self.hasher = Argon2PasswordHasher(cost=CHEAP)
        self.tokens = JwtAccessTokens(OwnTokens(SECRET, life=900))
        self.refresh_tokens = MacRefreshTokens(SECRET)
        self.authentication = Authentication(
            unit_of_work=database, tokens=self.tokens, kinds=frozenset({"care", "mentoring"})
        )
        self.auth = Auth(
            unit_of_work=database,
            publisher=self.published,
            limiter=self.limiter,
            hasher=self.hasher,
            tokens=self.tokens,
            refresh_tokens=self.refresh_tokens,
            session_seconds=SESSION_SECONDS,
        )
        self.sessions = Sessions(unit_of_work=database, publisher=self.published)
        self.people = People(unit_of_work=database, online=self.online, kinds=kinds)
        self.admin = UserAdmin(unit_of_work=database, publisher=self.published, hasher=self.hasher)
        self.links = CareLinks(unit_of_work=database, publisher=self.published)
        self.issued = IssuedTokens(unit_of_work=database, tokens=self.tokens)

    async def person(self, role: str, first_name: str = "Ana", last_name: str = "Test", **changes: Any) -> UserRow:
        """With PASSWORD, unless `password` says another; the rest as UserDetails has it."""
        password = changes.pop("password", PASSWORD)
        external_id = changes.pop("external_id", None)
        username = changes.pop("username", f"{role}-{next(_numbers)}")
        details = UserDetails(
            username=username,
            first_name=first_name,
            last_name=last_name,
            email=changes.pop("email", None),
            role=role,
            **changes,
        )
        return await self.admin.create(details, password=password, external_id=external_id)

    async def link(self, patient: UserRow, doctor: UserRow) -> None:
        await self.links.add(pair(patient, doctor))

    async def token(self, user: UserRow) -> str:
        return await self.issued.issue(user_id=user.id, seconds=900, device="test")

    def application(self) -> web.Application:
        """The REST side of people, behind the real boundary."""
        app = web.Application()
        surroundings = Surroundings(proxies=Proxies([]), cors_origins=(), observe=lambda *_: None)
        surroundings.install(app)
        boundary = RestBoundary(
            authenticate=self.authentication.authenticate, limiter=CountingLimiter(10_000), max_body_bytes=100_000
        )
        for part in (
            AuthEndpoints(auth=self.auth, seal_key_of=BrowserSeal(b"of these tests").key_of),
            SessionEndpoints(sessions=self.sessions),
            UserEndpoints(people=self.people),
            AdminUserEndpoints(users=self.admin),
            AdminSessionEndpoints(sessions=self.sessions),
            AdminCareLinkEndpoints(care_links=self.links),
        ):
            app.router.add_routes(boundary.routes(part.endpoints()))
        return app


def principal(user: UserRow, session_id: str | None = None) -> Principal:
    return Principal(user.id, user.role, session_id, 2e9)


def pair(patient: UserRow, doctor: UserRow) -> LinkPeople:
    return LinkPeople(patient=PersonKey(user_id=patient.id), doctor=PersonKey(user_id=doctor.id))


def some_session() -> uuid.UUID:
    return uuid.uuid4()


async def login(desk: Desk, username: str = "roy", password: str = PASSWORD) -> SignedIn:
    return await desk.auth.login(username=username, password=password, origin=ORIGIN)


async def refused(call: Awaitable[object]) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await call
    return caught.value
