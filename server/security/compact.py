"""Reads a compact JWS more strictly than any verifier has to, before a key is touched.

What two readers could understand differently is refused: keys given twice, sloppy base64, NaN, text around the parts.
"""

import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, NoReturn

# Below what aiohttp takes as one header, so that both transports give our answer to a token that is too long.
MAX_LENGTH: Final = 8000
# Of a header or claim set as a whole: no honest one nests deeper than objects in lists in objects.
_MAX_DEPTH: Final = 8
# From the letters of base64url to those that `binascii` knows. What is none of ours becomes a letter that nobody writes.
_LETTERS: Final = bytes.maketrans(b"-_+/=", b"+/!!!")


class Malformed(Exception):
    """This is no compact JWS that we want to read. Why stays inside the server: the text holds no part of the token."""


@dataclass(frozen=True, slots=True)
class CompactToken:
    """Nothing of this is verified. `signed` is what the signature should be for."""

    text: str
    header: Mapping[str, Any]
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
    header, payload, signature = parts
    signed = token[: -len(signature) - 1].encode()
    return CompactToken(token, _header(header), _read_object(_decode(payload)), signed, _decode(signature))


# All tokens of one issuer and key begin alike.
@lru_cache(maxsize=64)
def _header(part: str) -> Mapping[str, Any]:
    return MappingProxyType(_read_object(_decode(part)))


def _decode(part: str) -> bytes:
    encoded = part.encode().translate(_LETTERS) + b"=" * (-len(part) % 4)
    try:
        decoded = binascii.a2b_base64(encoded)
    except binascii.Error:
        raise Malformed("not base64url") from None
    # The decoder skips foreign characters and ignores spare bits; only the one canonical spelling is taken.
    if binascii.b2a_base64(decoded, newline=False) != encoded:
        raise Malformed("not canonical base64url")
    return decoded


def _read_object(encoded: bytes) -> dict[str, Any]:
    if encoded.count(b"{") + encoded.count(b"[") > _MAX_DEPTH * 16:
        raise Malformed("nested too much")
    try:
        value = _READER.decode(encoded.decode("utf-8"))
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


# Made once: json.loads makes one for each text.
_READER: Final = json.JSONDecoder(object_pairs_hook=_without_twins, parse_constant=_refuse_constant)
