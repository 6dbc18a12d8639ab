"""Which tokens stand for whom."""

import uuid
from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from repositories.users import Bearer, BearerKey
from services.authentication import Authentication
from services.errors import AuthRequired, SessionExpired
from services.principal import Principal
from services.security_ports import Claims
from tests.support.fakes import FakeUnitOfWork

SESSION = str(uuid.uuid4())
ALIVE = Bearer(7, "medecin", disabled=False, session_known=True, session_alive=True)
OWN = Claims(7, None, SESSION, 2e9, "colloque")
HOST = Claims(None, "h-7", None, 2e9, "https://host.example")


def authentication(claims: Claims, bearer: Bearer | None) -> tuple[Authentication, list[BearerKey], FakeUnitOfWork]:
    asked: list[BearerKey] = []

    async def found(keys: Sequence[BearerKey], *, kinds: frozenset[str]) -> list[Bearer | None]:
        asked.extend(keys)
        return [bearer] * len(keys)

    async def verify(token: str) -> Claims:
        return claims

    work = FakeUnitOfWork(SimpleNamespace(users=SimpleNamespace(bearers=found)))
    tokens = SimpleNamespace(verify=verify)
    return Authentication(unit_of_work=work, tokens=tokens, kinds=frozenset({"care"})), asked, work


async def test_the_role_is_the_databases_and_one_look_is_enough() -> None:
    subject, asked, work = authentication(OWN, ALIVE)
    assert await subject.authenticate("t") == Principal(7, "medecin", SESSION, 2e9)
    assert asked == [BearerKey(user_id=7, session_id=SESSION)]
    assert work.ended == ["read"]


async def test_a_host_applications_token_needs_no_session() -> None:
    bearer = Bearer(7, "patient", disabled=False, session_known=False, session_alive=None)
    subject, asked, _ = authentication(HOST, bearer)
    assert await subject.authenticate("t") == Principal(7, "patient", None, 2e9)
    assert asked == [BearerKey(external_id="h-7")]


async def test_our_own_token_without_a_session_is_refused_before_any_look() -> None:
    subject, asked, _ = authentication(Claims(7, None, None, 2e9, "colloque"), ALIVE)
    with pytest.raises(AuthRequired):
        await subject.authenticate("t")
    assert asked == []


@pytest.mark.parametrize(
    ("bearer", "error"),
    [
        (None, AuthRequired),
        (Bearer(7, "patient", disabled=True, session_known=True, session_alive=False), AuthRequired),
        (Bearer(7, "patient", disabled=False, session_known=False, session_alive=None), AuthRequired),
        (Bearer(7, "patient", disabled=False, session_known=True, session_alive=False), SessionExpired),
    ],
)
async def test_who_is_refused(bearer: Bearer | None, error: type[Exception]) -> None:
    subject, _, _ = authentication(OWN, bearer)
    with pytest.raises(error):
        await subject.authenticate("t")
