"""The strict reader on its own: PyJWT refuses some of this too, but that is for its later versions to change."""

import pytest

from server.security.compact import MAX_LENGTH, Malformed, read_compact
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
