from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.security.own_tokens import OwnTokens
from server.security.refresh_tokens import MAX_GENERATION, MacRefreshTokens
from services.errors import AuthRequired

SECRET = b"a secret that is long enough for HS256"
TOKENS = MacRefreshTokens(SECRET)
GENERATIONS = st.integers(0, MAX_GENERATION)


@given(st.uuids(), GENERATIONS)
def test_what_was_issued_is_read_back(session: UUID, generation: int) -> None:
    token = TOKENS.issue(str(session), generation)
    assert TOKENS.parse(token) == (str(session), generation)
    assert TOKENS.issue(str(session), generation) == token


@given(st.uuids(), GENERATIONS, st.data())
def test_no_character_may_change(session: UUID, generation: int, data: st.DataObject) -> None:
    token = TOKENS.issue(str(session), generation)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters().filter(lambda character: character != token[place]))
    with pytest.raises(AuthRequired):
        TOKENS.parse(token[:place] + other + token[place + 1 :])


@given(st.uuids(), GENERATIONS, GENERATIONS)
def test_the_mac_belongs_to_one_generation(session: UUID, generation: int, other: int) -> None:
    mac = TOKENS.issue(str(session), generation).split(".")[2]
    if generation != other:
        with pytest.raises(AuthRequired):
            TOKENS.parse(f"{session}.{other}.{mac}")


@given(st.text(max_size=200))
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(AuthRequired):
        TOKENS.parse(text)


@pytest.mark.parametrize(
    "spelling", ["{s}.01.{m}", "{s}.+1.{m}", "{s}. 1.{m}", "{s}.1_0.{m}", "{S}.1.{m}", "{s}.1.{m}=", "{s}.-1.{m}"]
)
def test_other_spellings_of_the_same_are_refused(spelling: str) -> None:
    session = "abcdefab-cdef-4abc-8def-abcdefabcdef"
    mac = TOKENS.issue(session, 1).split(".")[2]
    with pytest.raises(AuthRequired):
        TOKENS.parse(spelling.format(s=session, S=session.upper(), m=mac))


def test_another_secret_another_token() -> None:
    session = str(uuid4())
    with pytest.raises(AuthRequired):
        MacRefreshTokens(SECRET + b"x").parse(TOKENS.issue(session, 1))


def test_an_access_token_is_no_refresh_token() -> None:
    token, _ = OwnTokens(SECRET, life=900).issue(1, "patient", str(uuid4()))
    with pytest.raises(AuthRequired):
        TOKENS.parse(token)


@pytest.mark.parametrize("generation", [-1, MAX_GENERATION + 1])
def test_a_generation_that_the_database_cannot_hold(generation: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        TOKENS.issue(str(uuid4()), generation)
