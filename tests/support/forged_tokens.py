"""Tokens that must be refused, each for one reason, for every door that takes a token.

All of them fit into an HTTP header. A token that is merely expired is not here: its answer is SESSION_EXPIRED.
"""

import base64
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.support.token_forge import OWN, OWN_HEADER, Victim, encode, hmac_token, public_pem, rsa_token

__all__ = ["Victim", "forged_tokens", "public_pem"]


def forged_tokens(victim: Victim) -> dict[str, str]:
    """By the name of the trick."""
    tokens = {
        **_shapeless(victim),
        **_unsigned(victim),
        **_odd_headers(victim),
        **_odd_claims(victim),
        **_odd_times(victim),
        **_ambiguous(victim),
        **_of_other_issuers(victim),
    }
    if victim.host_key is not None:
        tokens |= {**_confused(victim, victim.host_key), **_odd_host_tokens(victim, victim.host_key)}
    return tokens


def _shapeless(victim: Victim) -> dict[str, str]:
    good = victim.own()
    header, claims, signature = good.split(".")
    return {
        "word": "token",
        "three dots": "...",
        "two parts": f"{header}.{claims}",
        "five parts as JWE": f"{header}.{claims}.{signature}.{claims}.{signature}",
        "empty claims part": f"{header}..{signature}",
        "too long": victim.own(padding="x" * 5820),
        "padded base64": f"{header}=.{claims}.{signature}",
        "standard base64": f"{header}.{claims}.{base64.b64encode(b'??>>' * 8).decode().rstrip('=')}",
        "foreign characters in base64": f"{header}.{claims[:8]}!{claims[8:]}.{signature}",
        "JSON serialisation": json.dumps({"protected": header, "payload": claims, "signature": signature}),
        "claims are a list": f"{header}.{encode('[]')}.{signature}",
        "claims are no JSON": f"{header}.{encode('{')}.{signature}",
        "bearer twice": f"Bearer {good}",
    }


def _unsigned(victim: Victim) -> dict[str, str]:
    header, claims, signature = victim.own().split(".")
    admin = encode(victim.own_claims(role="admin"))
    other = encode(victim.own_claims(sub=str(victim.user_id + 1)))
    flipped = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]
    plain = encode(victim.own_claims())
    return {
        "role raised after signing": f"{header}.{admin}.{signature}",
        "user changed after signing": f"{header}.{other}.{signature}",
        "signature flipped": f"{header}.{claims}.{flipped}",
        "signature cut": f"{header}.{claims}.{signature[:20]}",
        "signature with a spare bit set": f"{header}.{claims}.{_with_spare_bit(signature)}",
        "signature empty": f"{header}.{claims}.",
        "alg none": f"{encode({'alg': 'none', 'typ': 'at+jwt'})}.{plain}.",
        "alg None": f"{encode({'alg': 'None', 'typ': 'at+jwt'})}.{plain}.",
        "alg nOnE with a signature": f"{encode({'alg': 'nOnE', 'typ': 'at+jwt'})}.{plain}.{signature}",
        "signed with an empty key": hmac_token(OWN_HEADER, victim.own_claims(), b""),
        "signed with a guess": hmac_token(OWN_HEADER, victim.own_claims(), b"secret"),
        "forged and expired": hmac_token(OWN_HEADER, victim.own_claims(iat=1_000_000, exp=1_000_900), b"guess" * 8),
    }


def _with_spare_bit(signature: str) -> str:
    """Decodes to the same bytes: the last of 43 characters carries 4 bits, and two that sloppy readers ignore."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) + 1]


def _odd_headers(victim: Victim) -> dict[str, str]:
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    own_jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(attacker.public_key()))
    embedded = {"alg": "RS256", "typ": "at+jwt"}
    claims = victim.own_claims()
    return {
        "own alg HS384": victim.own({"alg": "HS384"}),
        "own alg HS512": victim.own({"alg": "HS512"}),
        "alg in lower case": victim.own({"alg": "hs256"}),
        "alg is a list": victim.own({"alg": ["HS256"]}),
        "alg missing": hmac_token({"typ": "at+jwt"}, claims, victim.own_secret),
        "own typ missing": hmac_token({"alg": "HS256"}, claims, victim.own_secret),
        "own typ JWT": victim.own({"typ": "JWT"}),
        "typ of another use": victim.own({"typ": "refresh+jwt"}),
        "typ is a number": victim.own({"typ": 1}),
        "nested": hmac_token(OWN_HEADER | {"cty": "JWT"}, victim.own(), victim.own_secret),
        "content type JWT": victim.own({"cty": "JWT"}),
        "crit unknown": victim.own({"crit": ["x"], "x": 1}),
        "crit empty": victim.own({"crit": []}),
        "b64 false": victim.own({"b64": False, "crit": ["b64"]}),
        "compressed": victim.own({"zip": "DEF"}),
        "own key with embedded jwk": victim.own({"jwk": {"kty": "oct", "k": "AA"}}),
        "embedded jwk": rsa_token(embedded | {"jwk": own_jwk}, claims, attacker),
        "jku": rsa_token(embedded | {"jku": "https://attacker.example/jwks.json"}, claims, attacker),
        "x5u": rsa_token(embedded | {"x5u": "https://attacker.example/cert.pem"}, claims, attacker),
        "x5c": rsa_token(embedded | {"x5c": ["MIIB"]}, claims, attacker),
        "kid of an empty file": hmac_token(OWN_HEADER | {"kid": "../../../../dev/null"}, claims, b""),
        "kid with SQL": hmac_token(OWN_HEADER | {"kid": "x' UNION SELECT 'key"}, claims, b"key"),
        "kid with own secret": victim.own({"kid": "1"}),
    }


def _odd_claims(victim: Victim) -> dict[str, str]:
    changes: dict[str, dict[str, Any]] = {
        "sub missing": {"sub": None},
        "sub a number": {"sub": victim.user_id},
        "sub a list": {"sub": [str(victim.user_id)]},
        "sub empty": {"sub": ""},
        "sub zero": {"sub": "0"},
        "sub negative": {"sub": f"-{victim.user_id}"},
        "sub with a leading zero": {"sub": f"0{victim.user_id}"},
        "sub with a space": {"sub": f" {victim.user_id}"},
        "sub with a line break": {"sub": f"{victim.user_id}\n"},
        "sub in Arabic digits": {"sub": "".join(chr(0x660 + int(digit)) for digit in str(victim.user_id))},
        "sub beyond 63 bits": {"sub": str(2**63)},
        "sub with SQL": {"sub": f"{victim.user_id} OR 1=1"},
        "aud missing": {"aud": None},
        "aud of another": {"aud": "other"},
        "aud a list": {"aud": [OWN]},
        "aud an object": {"aud": {OWN: True}},
        "iss missing": {"iss": None},
        "iss of another": {"iss": "https://attacker.example"},
        "iss a list": {"iss": [OWN]},
        "iss in capitals": {"iss": OWN.upper()},
        "sid missing": {"sid": None},
        "sid no uuid": {"sid": "1"},
        "sid a number": {"sid": 7},
        "sid in capitals": {"sid": "ABCDEF00-0000-4000-8000-000000000000"},
        "role missing": {"role": None},
        "role a list": {"role": ["admin"]},
    }
    return {name: victim.own(**change) for name, change in changes.items()}


def _odd_times(victim: Victim) -> dict[str, str]:
    now = int(time.time())
    changes: dict[str, dict[str, Any]] = {
        "exp missing": {"exp": None},
        "exp text": {"exp": str(now + 900)},
        "exp true": {"exp": True},
        "exp zero": {"exp": 0},
        "exp negative": {"exp": -1},
        "exp huge": {"exp": 10**30},
        "exp in milliseconds": {"exp": (now + 900) * 1000},
        "exp before iat": {"iat": now, "exp": now - 10},
        "iat missing": {"iat": None},
        "iat text": {"iat": str(now)},
        "iat false": {"iat": False},
        "iat true": {"iat": True},
        "iat in the future": {"iat": now + 80_000, "exp": now + 80_900},
        "nbf in the future": {"nbf": now + 80_000},
        "nbf text": {"nbf": "0"},
    }
    return {name: victim.own(**change) for name, change in changes.items()}


def _ambiguous(victim: Victim) -> dict[str, str]:
    """Texts that two JSON readers may understand differently, all well signed."""
    text, header = json.dumps(victim.own_claims()), json.dumps(OWN_HEADER)
    exp = victim.own_claims()["exp"]
    texts = {
        "sub twice": text.replace('"sub":', f'"sub": "{victim.user_id + 1}", "sub":'),
        "exp twice": text.replace('"exp":', '"exp": 1, "exp":'),
        "NaN in a claim that nobody reads": text[:-1] + ', "x": NaN}',
        "exp NaN": text.replace(f'"exp": {exp}', '"exp": NaN'),
        "exp Infinity": text.replace(f'"exp": {exp}', '"exp": Infinity'),
        "exp 1e999": text.replace(f'"exp": {exp}', '"exp": 1e999'),
        "exp of 5000 digits": text.replace(f'"exp": {exp}', f'"exp": {"9" * 5000}'),
        "deep nesting": text[:-1] + ', "x": ' + "[" * 2000 + "]" * 2000 + "}",
        "text after the claims": text + "{}",
        "byte order mark": "\ufeff" + text,
    }
    forged = {name: hmac_token(OWN_HEADER, claims, victim.own_secret) for name, claims in texts.items()}
    twice = header.replace('"alg":', '"alg": "none", "alg":')
    forged["alg twice"] = hmac_token(twice, victim.own_claims(), victim.own_secret)
    return forged


def _of_other_issuers(victim: Victim) -> dict[str, str]:
    attacker = ec.generate_private_key(ec.SECP256R1())
    header = {"alg": "ES256", "typ": "at+jwt"}
    return {
        "own issuer, asymmetric key": rsa_token(header, victim.own_claims(), attacker),
        "host issuer, attacker's key": rsa_token(header, victim.host_claims(), attacker),
        "host issuer, own secret": victim.own(iss=victim.host_issuer, aud=victim.host_audience),
    }


def _confused(victim: Victim, key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The host's public key is no secret: who takes it as a shared one lets everybody in."""
    public = key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pkcs1 = public.public_bytes(Encoding.PEM, PublicFormat.PKCS1)
    header, claims = {"alg": "HS256", "typ": "JWT"}, victim.host_claims()
    return {
        "HS256 with the public key in PEM": hmac_token(header, claims, pem),
        "HS256 with the PEM stripped": hmac_token(header, claims, pem.strip()),
        "HS256 with the public key in DER": hmac_token(header, claims, der),
        "HS256 with the public key in PKCS1": hmac_token(header, claims, pkcs1),
        "HS512 with the public key in PEM": hmac_token(header | {"alg": "HS512"}, claims, pem),
        "own issuer, HS256 with the public key": hmac_token(OWN_HEADER, victim.own_claims(), pem),
        "own issuer, signed by the host": rsa_token({"alg": "RS256", "typ": "at+jwt"}, victim.own_claims(), key),
    }


def _odd_host_tokens(victim: Victim, key: rsa.RSAPrivateKey) -> dict[str, str]:
    now = int(time.time())
    attacker = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    header, claims, signature = victim.host().split(".")
    embedded = {"alg": "RS256", "jwk": json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(attacker.public_key()))}
    jku = {"alg": "RS256", "kid": "1", "jku": "https://attacker.example/jwks.json"}
    return {
        "host embedded jwk": rsa_token(embedded, victim.host_claims(), attacker),
        "host jku": rsa_token(jku, victim.host_claims(), attacker),
        "host alg none": f"{encode({'alg': 'none'})}.{claims}.",
        "host signature of another key": rsa_token({"alg": "RS256"}, victim.host_claims(), attacker),
        "host user changed": f"{header}.{encode(victim.host_claims(sub='p-2'))}.{signature}",
        "host typ of another use": victim.host({"typ": "logout+jwt"}),
        "host content type JWT": victim.host({"cty": "JWT"}),
        "host crit": victim.host({"crit": ["exp"], "exp": now + 900}),
        "host x5c": victim.host({"x5c": ["MIIB"]}),
        "host sub missing": victim.host(sub=None),
        "host sub a number": victim.host(sub=7),
        "host sub empty": victim.host(sub=""),
        "host sub of 256": victim.host(sub="x" * 256),
        "host sub with NUL": victim.host(sub="p-1\0"),
        "host sub a lone surrogate": victim.host(sub="\ud800"),
        "host aud of another": victim.host(aud="other"),
        "host aud missing": victim.host(aud=None),
        "host aud our own": victim.host(aud=OWN),
        "host aud list of others": victim.host(aud=["a", "b"]),
        "host aud list with a number": victim.host(aud=[victim.host_audience, 1]),
        "host exp missing": victim.host(exp=None),
        "host iat missing": victim.host(iat=None),
        "host iat in the future": victim.host(iat=now + 80_000, exp=now + 80_900),
        "host nbf in the future": victim.host(nbf=now + 80_000),
        "host life of two days": victim.host(exp=now + 2 * 86_400),
        "host exp true": victim.host(exp=True),
        "host kid a number": victim.host({"kid": 1}),
        "host kid too long": victim.host({"kid": "k" * 300}),
    }
