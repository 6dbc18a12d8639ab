"""The key of a person's browser: always the same one, nobody else's, and none of the secrets that it comes from."""

from base64 import b64decode

from server.security.browser_seal import BrowserSeal

SECRET, OTHER = b"a secret of at least 32 bytes, as it must be", b"another one of at least 32 bytes, as it must be"


def test_each_person_has_one_key_for_as_long_as_the_secret_stays() -> None:
    keys = {BrowserSeal(secret).key_of(user_id) for secret in (SECRET, OTHER) for user_id in (1, 2, 11)}
    assert len(keys) == 6
    assert BrowserSeal(SECRET).key_of(1) == BrowserSeal(SECRET).key_of(1)
    assert all(len(b64decode(key, validate=True)) == 32 for key in keys)
