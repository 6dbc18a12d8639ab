"""Which public keys are taken, and that each verifies with its own algorithms only."""

import json
import time
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from server.security.host_tokens import HostTokens, PinnedKey
from server.security.own_tokens import OwnTokens
from server.security.tokens import JwtAccessTokens
from server.security.verification_key import HOST_ALGORITHMS, UnfitKey, VerificationKey, key_from_jwk, key_from_pem
from services.errors import AuthRequired
from tests.support.token_forge import encode, private_pem, rsa_token

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # weak on purpose: it is refused
KEYS: dict[str, Any] = {
    "RSA": RSA,
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate(),
}
ALGORITHMS = {
    "RSA": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"},
    "P-256": {"ES256"},
    "P-384": {"ES384"},
    "Ed25519": {"EdDSA"},
}


def pem(key: Any) -> str:
    return str(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode())


def jwk(key: Any, **more: Any) -> dict[str, Any]:
    if isinstance(key, rsa.RSAPrivateKey):
        text = RSAAlgorithm.to_jwk(key.public_key())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        text = ECAlgorithm.to_jwk(key.public_key())
    else:
        text = OKPAlgorithm.to_jwk(key.public_key())
    public: dict[str, Any] = json.loads(text)
    public.pop("key_ops", None)
    return public | more


@pytest.mark.parametrize("name", KEYS)
def test_a_key_knows_its_algorithms(name: str) -> None:
    assert key_from_pem(pem(KEYS[name])).algorithms == ALGORITHMS[name]
    assert key_from_pem(pem(KEYS[name]).replace("\n", "\\n")).algorithms == ALGORITHMS[name]
    found = key_from_jwk(jwk(KEYS[name], kid="1", use="sig"))
    assert found.algorithms == ALGORITHMS[name]
    assert found.key_id == "1"


@pytest.mark.parametrize("algorithm", sorted(HOST_ALGORITHMS))
async def test_every_algorithm_verifies_with_its_key_and_no_other(algorithm: str) -> None:
    for name, key in KEYS.items():
        signer = next(KEYS[owner] for owner, algorithms in ALGORITHMS.items() if algorithm in algorithms)
        token = rsa_token({"alg": algorithm}, claims(), signer)
        tokens = with_key(key_from_pem(pem(key)))
        if algorithm in ALGORITHMS[name]:
            assert (await tokens.verify(token)).external_id == "p-1"
        else:
            with pytest.raises(AuthRequired):
                await tokens.verify(token)


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1()])
@pytest.mark.parametrize("algorithm", ["ES256", "ES384"])
async def test_a_signature_of_another_curve_is_refused(curve: ec.EllipticCurve, algorithm: str) -> None:
    signed = f"{encode({'alg': algorithm})}.{encode(claims())}"
    signature = ec.generate_private_key(curve).sign(signed.encode(), ec.ECDSA(SHA256()))
    with pytest.raises(AuthRequired):
        await with_key(key_from_pem(pem(KEYS["P-256"]))).verify(f"{signed}.{encode(signature)}")


def claims() -> dict[str, Any]:
    now = int(time.time())
    return {"iss": "https://host.example", "aud": "here", "sub": "p-1", "iat": now, "exp": now + 60}


def with_key(key: VerificationKey) -> JwtAccessTokens:
    host = HostTokens(issuer="https://host.example", audience="here", keys=PinnedKey(key))
    return JwtAccessTokens(OwnTokens(b"s" * 32, life=900), host)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (pem(WEAK), "2048 bits, this one has 1024"),
        (private_pem(RSA), "private key"),
        (pem(ec.generate_private_key(ec.SECP521R1())), "none of RSA"),
        (pem(ec.generate_private_key(ec.SECP256K1())), "none of RSA"),
        (pem(ed448.Ed448PrivateKey.generate()), "none of RSA"),
        (pem(x25519.X25519PrivateKey.generate()), "none of RSA"),
        (pem(dsa.generate_private_key(2048)), "none of RSA"),
        ("", "no public key"),
        ("a shared secret", "no public key"),
        (pem(RSA)[:200], "no public key"),
    ],
)
def test_unfit_pem_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UnfitKey, match=sentence):
        key_from_pem(text)


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "key",
        {},
        {"kty": ["RSA"]},
        {"kty": "oct", "k": "c2VjcmV0", "use": "sig", "alg": "HS256"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "RSA", "n": 7, "e": "AQAB"},
        {"kty": "RSA", "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-999", "x": "AA", "y": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": "AA"},
        jwk(WEAK),
        jwk(RSA, use="enc"),
        jwk(RSA, use=None),
        jwk(RSA, use=["sig"]),
        jwk(RSA, key_ops=["encrypt"]),
        jwk(RSA, key_ops="verify"),
        jwk(RSA, alg="HS256"),
        jwk(RSA, alg="none"),
        jwk(RSA, alg="ES256"),
        jwk(RSA, alg=["RS256"]),
        jwk(KEYS["P-256"], alg="ES384"),
    ],
)
def test_unfit_jwk_is_refused(entry: object) -> None:
    with pytest.raises(UnfitKey):
        key_from_jwk(entry)


def test_a_key_whose_private_half_was_published_is_refused() -> None:
    with pytest.raises(UnfitKey, match="private half was published"):
        key_from_jwk(RSAAlgorithm.to_jwk(RSA, as_dict=True) | {"key_ops": ["verify"]})


def test_a_jwk_may_narrow_its_algorithm() -> None:
    assert key_from_jwk(jwk(RSA, alg="PS256", key_ops=["verify"])).algorithms == {"PS256"}
