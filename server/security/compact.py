"""Reads a compact JWS more strictly than any verifier has to, before a key is touched.

What two readers could understand differently is refused: keys given twice, sloppy base64, NaN, text around the parts.
"""

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final, NoReturn

# Below what aiohttp takes as one header, so that both transports give our answer to a token that is too long.
MAX_LENGTH: Final = 8000
# Of a header or claim set as a whole: no honest one nests deeper than objects in lists in objects.
_MAX_DEPTH: Final = 8


class Malformed(Exception):
    """This is no compact JWS that we want to read. Why stays inside the server: the text holds no part of the token."""


@dataclass(frozen=True, slots=True)
class CompactToken:
    """Nothing of this is verified. `signed` is what the signature should be for."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def read_compact(token: object) -> CompactToken:
    """Raises Malformed."""
    if not isinstance(token, str) or not token.isascii():
        raise Malformed("not ASCII text")
    if len(token) > MAX_LENGTH:
        raise Malformed("too long")
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        raise Malformed("not three parts")
    header, payload, signature = (_decode(part) for part in parts)
    signed = token[: -len(parts[2]) - 1].encode()
    return CompactToken(token, _read_object(header), _read_object(payload), signed, signature)


def _decode(part: str) -> bytes:
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        raise Malformed("not base64url") from None
    # The decoder skips foreign characters and ignores spare bits; only the one canonical spelling is taken.
    if urlsafe_b64encode(decoded).rstrip(b"=").decode() != part:
        raise Malformed("not canonical base64url")
    return decoded


def _read_object(encoded: bytes) -> dict[str, Any]:
    if encoded.count(b"{") + encoded.count(b"[") > _MAX_DEPTH * 16:
        raise Malformed("nested too much")
    try:
        value = json.loads(encoded.decode("utf-8"), object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    if not isinstance(value, dict):
        raise Malformed("not an object")
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("a key is given twice")
    return found


def _refuse_constant(_: str) -> NoReturn:
    raise Malformed("NaN or Infinity")
