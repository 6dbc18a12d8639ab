"""Access tokens: what is accepted, and that every forged one gets the same answer."""

import time
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given
from hypothesis import strategies as st

from server.security.claim_checks import BadClaim, Rules, check_claims
from server.security.host_tokens import HostTokens, PinnedKey
from server.security.own_tokens import OwnTokens
from server.security.tokens import JwtAccessTokens
from server.security.verification_key import key_from_pem
from services.errors import AuthRequired, DomainError, SessionExpired
from services.security_ports import Claims
from tests.support.forged_tokens import forged_tokens
from tests.support.token_forge import Victim, public_pem

SECRET = b"a secret that is long enough for HS256"
HOST_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
VICTIM = Victim(own_secret=SECRET, user_id=42, host_key=HOST_KEY)
FORGED = forged_tokens(VICTIM)


def host_tokens(**changes: Any) -> HostTokens:
    keys = PinnedKey(key_from_pem(public_pem(HOST_KEY)))
    return HostTokens(issuer=VICTIM.host_issuer, audience=VICTIM.host_audience, keys=keys, **changes)


@pytest.fixture
def tokens() -> JwtAccessTokens:
    return JwtAccessTokens(OwnTokens(SECRET, life=900), host_tokens())


async def refusal(tokens: JwtAccessTokens, token: Any) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await tokens.verify(token)
    return refused.value


async def test_an_issued_token_is_accepted(tokens: JwtAccessTokens) -> None:
    session_id = str(uuid4())
    token, expires_in = tokens.issue(2**63 - 1, "patient", session_id)
    claims = await tokens.verify(token)
    assert claims == Claims(2**63 - 1, None, session_id, claims.expires_at, "colloque")
    assert expires_in == 900
    assert abs(claims.expires_at - time.time() - 900) < 2


async def test_the_life_of_a_token_can_be_chosen(tokens: JwtAccessTokens) -> None:
    token, expires_in = tokens.issue(1, "patient", str(uuid4()), 43_200)
    assert expires_in == 43_200
    assert (await tokens.verify(token)).expires_at > time.time() + 43_000


async def test_the_forger_would_succeed_without_the_trick(tokens: JwtAccessTokens) -> None:
    assert (await tokens.verify(VICTIM.own())).subject == 42
    assert (await tokens.verify(VICTIM.host())).external_id == "p-1"


def test_there_are_more_than_forty_tricks() -> None:
    assert len(FORGED) >= 100
    assert len(set(FORGED.values())) == len(FORGED)


@pytest.mark.parametrize("name", FORGED)
async def test_a_forged_token_is_refused(tokens: JwtAccessTokens, name: str) -> None:
    error = await refusal(tokens, FORGED[name])
    assert type(error) is AuthRequired
    assert (error.args, error.reason, error.fields, error.retry_after) == (("AUTH_REQUIRED", None), None, None, None)
    assert error.__cause__ is None


@pytest.mark.parametrize("token", [None, 7, b"x.y.z", ["x"], {}, "", "é.é.é", "\ud800", VICTIM.own() + "\n"])
async def test_what_is_no_token_is_refused(tokens: JwtAccessTokens, token: Any) -> None:
    assert type(await refusal(tokens, token)) is AuthRequired


@pytest.mark.parametrize("make", [VICTIM.own, VICTIM.host])
async def test_expired_is_another_answer(tokens: JwtAccessTokens, make: Any) -> None:
    now = int(time.time())
    assert type(await refusal(tokens, make(iat=now - 1000, exp=now - 1))) is SessionExpired


@pytest.mark.parametrize("change", [{"aud": "other"}, {"sub": ""}, {"nbf": 10**9 * 8}])
@pytest.mark.parametrize("make", [VICTIM.own, VICTIM.host])
async def test_expired_and_wrong_is_wrong(tokens: JwtAccessTokens, make: Any, change: dict[str, Any]) -> None:
    now = int(time.time())
    assert type(await refusal(tokens, make(iat=now - 1000, exp=now - 1, **change))) is AuthRequired


async def test_a_token_ends_at_its_second() -> None:
    clock = [1_700_000_000.0]
    tokens = JwtAccessTokens(OwnTokens(SECRET, life=900, now=lambda: clock[0]))
    token, _ = tokens.issue(1, "patient", str(uuid4()))
    clock[0] += 899.9
    assert (await tokens.verify(token)).expires_at == 1_700_000_900
    clock[0] += 0.1
    assert type(await refusal(tokens, token)) is SessionExpired


async def test_no_host_no_host_tokens() -> None:
    tokens = JwtAccessTokens(OwnTokens(SECRET, life=900))
    assert type(await refusal(tokens, VICTIM.host())) is AuthRequired


@pytest.mark.parametrize(
    "change", [{"aud": ["x", VICTIM.host_audience]}, {"sub": "é" * 255}, {"exp": int(time.time()) + 4000.5}]
)
async def test_host_tokens_may_differ_in_form(tokens: JwtAccessTokens, change: dict[str, Any]) -> None:
    claims = await tokens.verify(VICTIM.host(**change))
    assert claims.subject is None


@pytest.mark.parametrize("header", [{"typ": "at+jwt"}, {"typ": "application/at+JWT"}, {"kid": "k"}, {"alg": "PS512"}])
async def test_host_headers_may_differ(tokens: JwtAccessTokens, header: dict[str, Any]) -> None:
    assert (await tokens.verify(VICTIM.host(header))).issuer == VICTIM.host_issuer


async def test_the_clock_of_the_host_may_be_a_minute_ahead(tokens: JwtAccessTokens) -> None:
    ahead = int(time.time()) + 50
    assert (await tokens.verify(VICTIM.host(iat=ahead, nbf=ahead, exp=ahead + 60))).external_id == "p-1"


async def test_a_host_cannot_name_a_session_or_a_user(tokens: JwtAccessTokens) -> None:
    claims = await tokens.verify(VICTIM.host(sid=str(uuid4()), sub="42", role="admin"))
    assert (claims.subject, claims.external_id, claims.session_id) == (None, "42", None)


async def test_the_log_says_why_but_not_the_token(tokens: JwtAccessTokens, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for token in FORGED.values():
        await refusal(tokens, token)
    assert "audience" in caplog.text
    for token in FORGED.values():
        for part in token.split("."):
            assert len(part) < 12 or part not in caplog.text


@pytest.mark.parametrize("issuer", [None, "", "other", ["here"], 7])
def test_the_issuer_that_chose_the_key_is_checked_again(issuer: object) -> None:
    rules = Rules(issuer="here", audience="us", audience_lists=False, types=frozenset({None}), leeway=0, max_life=100)
    claims = {"iss": "here", "aud": "us", "iat": 10, "exp": 20}
    assert check_claims(claims, rules, 15) == 20
    with pytest.raises(BadClaim, match="issuer"):
        check_claims(claims | {"iss": issuer}, rules, 15)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        OwnTokens(b"x" * 31, life=900)


def test_a_host_of_our_own_name_is_refused() -> None:
    keys = PinnedKey(key_from_pem(public_pem(HOST_KEY)))
    with pytest.raises(ValueError, match="colloque"):
        JwtAccessTokens(OwnTokens(SECRET, life=900), HostTokens(issuer="colloque", audience="x", keys=keys))


@given(
    st.text(max_size=60)
    | st.from_regex(r"[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,40}\.[A-Za-z0-9_-]{1,40}", fullmatch=True)
)
async def test_any_text_is_refused(text: str) -> None:
    assert type(await refusal(JwtAccessTokens(OwnTokens(SECRET, life=900), host_tokens()), text)) is AuthRequired


@given(st.data())
async def test_no_character_of_a_token_may_change(data: st.DataObject) -> None:
    tokens = JwtAccessTokens(OwnTokens(SECRET, life=900), host_tokens())
    token = data.draw(st.sampled_from([VICTIM.own(), VICTIM.host()]))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != token[place]))
    assert type(await refusal(tokens, token[:place] + other + token[place + 1 :])) is AuthRequired
