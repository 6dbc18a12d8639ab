"""Makes tokens byte by byte, good and bad ones: no library would sign what a forger signs."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

OWN = "colloque"
OWN_HEADER = {"alg": "HS256", "typ": "at+jwt"}
LIKE_HMAC = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


@dataclass(frozen=True, kw_only=True)
class Victim:
    """Whom the forger wants to be, and what is known or stolen. `host_key` None: the server knows no host."""

    own_secret: bytes
    user_id: int
    role: str = "patient"
    session_id: str = field(default_factory=lambda: str(uuid4()))
    host_key: rsa.RSAPrivateKey | None = None
    host_issuer: str = "https://host.example"
    host_audience: str = "colloque-host"
    host_subject: str = "p-1"

    def own_claims(self, **changes: Any) -> dict[str, Any]:
        """Of a token that would be accepted; a change to None leaves the claim out."""
        now = int(time.time())
        own = {"iss": OWN, "aud": OWN, "sub": str(self.user_id), "role": self.role, "sid": self.session_id}
        return _changed(own | {"iat": now, "exp": now + 900}, changes)

    def host_claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        host = {"iss": self.host_issuer, "aud": self.host_audience, "sub": self.host_subject}
        return _changed(host | {"iat": now, "exp": now + 900}, changes)

    def own(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Signed with the server's own secret, so that nothing but what is changed can be the reason to refuse it."""
        return hmac_token(OWN_HEADER | (header or {}), self.own_claims(**claims), self.own_secret)

    def host(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        return rsa_token({"alg": "RS256", "typ": "JWT"} | (header or {}), self.host_claims(**claims), self.host_key)


def _changed(claims: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (claims | changes).items() if value is not None}


def encode(data: bytes | str | dict[str, Any]) -> str:
    if isinstance(data, dict):
        data = json.dumps(data)
    if isinstance(data, str):
        data = data.encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hmac_token(header: dict[str, Any] | str, claims: dict[str, Any] | str, key: bytes) -> str:
    """With the hash that `alg` names, else SHA-256. Header and claims may be JSON text, to say what no dict can."""
    algorithm = json.loads(header).get("alg") if isinstance(header, str) else header.get("alg")
    signed = f"{encode(header)}.{encode(claims)}"
    hashed = LIKE_HMAC.get(str(algorithm), hashlib.sha256)
    return f"{signed}.{encode(hmac.digest(key, signed.encode(), hashed))}"


def rsa_token(header: dict[str, Any], claims: dict[str, Any], key: PrivateKeyTypes | None) -> str:
    """Signed as `alg` says."""
    signed = f"{encode(header)}.{encode(claims)}"
    algorithm = jwt.get_algorithm_by_name(header["alg"])
    return f"{signed}.{encode(algorithm.sign(signed.encode(), algorithm.prepare_key(key)))}"


def public_pem(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
