"""The strict reader on its own: PyJWT refuses some of this too, but that is for its later versions to change."""

import base64
import binascii

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.security.compact import MAX_LENGTH, Malformed, _decode, read_compact
from tests.support.forged_tokens import forged_tokens
from tests.support.token_forge import Victim, encode

VICTIM = Victim(own_secret=b"s" * 32, user_id=42)


def test_what_is_read_is_what_was_written() -> None:
    claims = VICTIM.own_claims()
    token = read_compact(f"{encode({'alg': 'x'})}.{encode(claims)}.{encode(b'signature')}")
    assert token.header == {"alg": "x"}
    assert token.claims == claims


@pytest.mark.parametrize("trick", ["signature with a spare bit set", "padded base64", "foreign characters in base64"])
def test_only_one_spelling_of_the_same_bytes_is_read(trick: str) -> None:
    with pytest.raises(Malformed, match="base64url"):
        read_compact(forged_tokens(VICTIM)[trick])


def test_the_length_is_checked_before_anything_is_decoded() -> None:
    with pytest.raises(Malformed, match="too long"):
        read_compact("." * (MAX_LENGTH + 1))


def decoded_by_the_book(part: str) -> bytes | None:
    """As the standard library has it, and only what it would write itself."""
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return None
    return decoded if base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == part else None


@given(st.text("ABghz019-_+/=! \n", max_size=12) | st.binary(max_size=40).map(encode))
@example("A+/_")
@example("AAA=")
def test_base64_is_read_as_by_the_book(part: str) -> None:
    try:
        read = _decode(part)
    except Malformed:
        assert decoded_by_the_book(part) is None
    else:
        assert read == decoded_by_the_book(part)


def test_a_header_that_was_read_for_one_token_cannot_be_changed_for_the_next() -> None:
    text = f"{encode({'alg': 'x'})}.{encode({})}.{encode(b'signature')}"
    with pytest.raises(TypeError):
        read_compact(text).header["alg"] = "none"  # type: ignore[index]  # that is the point
    assert read_compact(text).header == {"alg": "x"}
