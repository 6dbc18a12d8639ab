import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from server.security.build import make_access_tokens, make_host_keys
from server.security.host_tokens import PinnedKey
from server.security.jwks import JwksKeys
from server.settings import Settings, SettingsError
from tests.support.token_forge import Victim, private_pem, public_pem

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
VICTIM = Victim(own_secret=b"s" * 32, user_id=7, host_key=KEY)
NAMES = {"host_jwt_issuer": VICTIM.host_issuer, "host_jwt_audience": VICTIM.host_audience}


def settings(**given: str) -> Settings:
    return Settings(**given)  # type: ignore[arg-type]  # all that is set here is text


async def test_tokens_as_the_settings_say() -> None:
    chosen = settings(**NAMES, host_jwt_public_key=public_pem(KEY))
    keys = make_host_keys(chosen)
    assert isinstance(keys, PinnedKey)
    tokens = make_access_tokens(chosen, VICTIM.own_secret, keys)
    assert (await tokens.verify(VICTIM.host())).external_id == "p-1"
    assert (await tokens.verify(VICTIM.own())).subject == 7
    assert tokens.issue(7, "patient", VICTIM.session_id)[1] == 900


def test_a_key_set_by_address() -> None:
    assert isinstance(make_host_keys(settings(**NAMES, host_jwt_jwks_url="https://host.example/jwks")), JwksKeys)


def test_no_host_is_fine() -> None:
    assert make_host_keys(settings()) is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (NAMES, "one of HOST_JWT_PUBLIC_KEY and HOST_JWT_JWKS_URL"),
        (NAMES | {"host_jwt_public_key": public_pem(KEY), "host_jwt_jwks_url": "https://x.example/"}, "one of"),
        ({"host_jwt_public_key": public_pem(KEY)}, "HOST_JWT_ISSUER"),
        (NAMES | {"host_jwt_audience": "", "host_jwt_jwks_url": "https://x.example/"}, "HOST_JWT_AUDIENCE"),
        (NAMES | {"host_jwt_public_key": private_pem(KEY)}, "HOST_JWT_PUBLIC_KEY cannot be used: it is a private key"),
        (NAMES | {"host_jwt_jwks_url": "http://host.example/"}, "HOST_JWT_JWKS_URL cannot be used: .*https"),
        (
            NAMES | {"host_jwt_issuer": "colloque", "host_jwt_public_key": public_pem(KEY)},
            "HOST_JWT_ISSUER: 'colloque'",
        ),
    ],
)
def test_half_a_host_is_refused_with_a_sentence(given: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        make_host_keys(settings(**given))
