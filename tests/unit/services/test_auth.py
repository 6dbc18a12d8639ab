"""What a login costs and says, whoever it is for: the same steps, no connection held while a password is hashed."""

from types import SimpleNamespace
from typing import Any

import pytest

from repositories.users import Credentials
from services.auth import Auth
from services.errors import AuthRequired, RateLimitExceeded, Unavailable
from services.principal import Origin
from tests.support.fakes import CountingLimiter, FakeUnitOfWork, OpenLimiter, RecordingPublisher

ORIGIN = Origin(address="192.0.2.7", device="d" * 500, request_id="r", language="fr")


class Hasher:
    """Knows one password, and remembers what it compared with."""

    def __init__(self, unit_of_work: FakeUnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        self.compared: list[str | None] = []
        self.busy = False

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        assert not self.unit_of_work.inside, "hashing takes long: no connection may wait for it"
        if self.busy:
            raise Unavailable
        self.compared.append(password_hash)
        return password_hash == await self.hash(password)

    def needs_rehash(self, password_hash: str) -> bool:
        return False

    def check_policy(self, password: str, username: str, *, field: str = "password") -> None: ...


class Users:
    def __init__(self) -> None:
        self.known: dict[str, Credentials] = {
            "roy": Credentials(1, "hash of secret", disabled=False),
            "off": Credentials(2, "hash of secret", disabled=True),
            "hosted": Credentials(3, None, disabled=False),
        }

    async def credentials_by_username(self, *, username: str) -> Credentials | None:
        return self.known.get(username)

    async def find(self, *, user_id: int) -> Any:
        return SimpleNamespace(id=user_id, role="patient", disabled=False)


class Sessions:
    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.refuse = False

    async def insert(self, **row: Any) -> bool:
        self.made.append(row)
        return not self.refuse


class Tokens:
    def issue(self, user_id: int, role: str, session_id: str, ttl: float | None = None) -> tuple[str, int]:
        return f"access {user_id} {role}", 900

    async def verify(self, token: str) -> Any:
        raise AuthRequired


class Clinic:
    def __init__(self, limiter: OpenLimiter | None = None) -> None:
        self.users, self.sessions = Users(), Sessions()
        self.unit_of_work = FakeUnitOfWork(SimpleNamespace(users=self.users, sessions=self.sessions))
        self.hasher = Hasher(self.unit_of_work)
        self.limiter = limiter or OpenLimiter()
        self.publisher = RecordingPublisher()
        self.auth = Auth(
            unit_of_work=self.unit_of_work,
            publisher=self.publisher,
            limiter=self.limiter,
            hasher=self.hasher,
            tokens=Tokens(),
            refresh_tokens=SimpleNamespace(issue=lambda session_id, generation: f"refresh {generation}"),
            session_seconds=60.0,
        )

    async def login(self, username: str, password: str = "secret") -> Any:
        return await self.auth.login(username=username, password=password, origin=ORIGIN)


@pytest.mark.parametrize("username", ["off", "hosted", "nobody"])
async def test_who_cannot_log_in_costs_as_much_as_who_can(username: str) -> None:
    clinic = Clinic()
    with pytest.raises(AuthRequired) as refused:
        await clinic.login(username)
    assert refused.value.reason == "wrong_login"
    assert clinic.hasher.compared == [None]
    assert clinic.sessions.made == []


async def test_a_login_opens_a_session_with_address_and_device() -> None:
    clinic = Clinic()
    signed_in = await clinic.login("roy")
    assert (signed_in.access_token, signed_in.refresh_token) == ("access 1 patient", "refresh 1")
    (row,) = clinic.sessions.made
    assert (row["address"], len(row["device"]), row["seconds"]) == ("192.0.2.7", 200, 60.0)
    assert row["password_hash"] == "hash of secret"
    assert clinic.limiter.given_back == clinic.limiter.taken


async def test_a_user_who_was_disabled_meanwhile_is_refused() -> None:
    clinic = Clinic()
    clinic.sessions.refuse = True
    with pytest.raises(AuthRequired):
        await clinic.login("roy")
    assert clinic.limiter.given_back == []


async def test_a_name_is_limited_in_any_case_and_an_address_over_all_names() -> None:
    clinic = Clinic(CountingLimiter(2))
    for username in ("Roy", "ROY"):
        with pytest.raises(AuthRequired):
            await clinic.login(username, "wrong")
    with pytest.raises(RateLimitExceeded):
        await clinic.login("roy")
    assert set(clinic.limiter.taken) == {("login_name", "roy"), ("login_address", "192.0.2.7")}
    with pytest.raises(RateLimitExceeded):
        await clinic.login("somebody else")
    assert len(clinic.hasher.compared) == 2


async def test_a_busy_hasher_is_no_failed_login() -> None:
    clinic = Clinic()
    clinic.hasher.busy = True
    with pytest.raises(Unavailable):
        await clinic.login("roy")
    assert clinic.limiter.given_back == clinic.limiter.taken
