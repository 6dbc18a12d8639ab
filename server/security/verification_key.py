"""Public keys of a host application. A key knows which algorithms it may verify, whatever a token asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

MIN_RSA_BITS: Final = 2048
_RSA = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
_CURVES: Final[Mapping[type[Any], str]] = {SECP256R1: "ES256", SECP384R1: "ES384"}
HOST_ALGORITHMS: Final = _RSA | frozenset({"ES256", "ES384", "EdDSA"})
_READERS: Final[Mapping[str, Any]] = {
    "RSA": RSAAlgorithm.from_jwk,
    "EC": ECAlgorithm.from_jwk,
    "OKP": OKPAlgorithm.from_jwk,
}


class UnfitKey(Exception):
    """The key is of a kind, a size or a use that we do not accept; the text says which."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    key: PublicKey
    algorithms: frozenset[str]
    key_id: str | None = None


def key_from_pem(pem: str) -> VerificationKey:
    """Raises UnfitKey."""
    # Environment files often hold the lines of a PEM joined by a written-out \\n.
    if "PRIVATE KEY" in pem:
        raise UnfitKey("it is a private key, which belongs to the host application alone; give the public one")
    try:
        key = load_pem_public_key(pem.replace("\\n", "\n").encode())
    except (ValueError, UnsupportedAlgorithm):
        raise UnfitKey("it is no public key in PEM (-----BEGIN PUBLIC KEY-----)") from None
    return VerificationKey(*_checked(key))


def key_from_jwk(jwk: object) -> VerificationKey:
    """Raises UnfitKey: symmetric, private, weak, or not meant for signatures."""
    if not isinstance(jwk, dict):
        raise UnfitKey("it is no object")
    _check_purpose(jwk)
    try:
        key = _READERS[jwk["kty"]](jwk)
    except (KeyError, TypeError, ValueError, jwt.PyJWTError, UnsupportedAlgorithm):
        raise UnfitKey("it cannot be read") from None
    public, algorithms = _checked(key)
    if "alg" in jwk:
        algorithms &= {jwk["alg"]} if isinstance(jwk["alg"], str) else set()
    if not algorithms:
        raise UnfitKey("its algorithm is not accepted or does not fit the key")
    key_id = jwk.get("kid")
    return VerificationKey(public, algorithms, key_id if isinstance(key_id, str) else None)


def _check_purpose(jwk: dict[str, Any]) -> None:
    if not isinstance(jwk.get("kty"), str) or jwk["kty"] not in _READERS:
        raise UnfitKey("its type is not RSA, EC or OKP")
    if "d" in jwk:
        raise UnfitKey("its private half was published")
    if jwk.get("use", "sig") != "sig":
        raise UnfitKey("it is not for signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise UnfitKey("it is not for verifying")


def _checked(key: object) -> tuple[PublicKey, frozenset[str]]:
    if isinstance(key, RSAPublicKey):
        if key.key_size < MIN_RSA_BITS:
            raise UnfitKey(f"RSA keys need {MIN_RSA_BITS} bits, this one has {key.key_size}")
        return key, _RSA
    if isinstance(key, EllipticCurvePublicKey) and type(key.curve) in _CURVES:
        return key, frozenset({_CURVES[type(key.curve)]})
    if isinstance(key, Ed25519PublicKey):
        return key, frozenset({"EdDSA"})
    raise UnfitKey("it is none of RSA, EC P-256, EC P-384 and Ed25519")
