"""What a token must say besides being signed. Each check names in its error what is wrong, for our log only."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

# The year 2242: later times are mistakes, or made to trouble arithmetic.
_LATEST: Final = float(2**33)
_MOST_AUDIENCES: Final = 16
# Headers that let a token choose its own key or its own rules, or say that it wraps another one.
_REFUSED_HEADERS: Final = frozenset({"crit", "b64", "jwk", "jku", "x5u", "x5c", "zip", "enc", "cty"})


class BadClaim(Exception):
    """The token is not acceptable."""


class PastExpiry(Exception):
    """Every check but that of `exp` was passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What tokens of one issuer must be like. `leeway`: how far its clock may be ahead of ours."""

    issuer: str
    audience: str
    audience_lists: bool
    types: frozenset[str | None]
    leeway: float
    max_life: float


def check_header(header: Mapping[str, Any], rules: Rules, algorithms: Collection[str]) -> str:
    """Returns the algorithm. Raises BadClaim."""
    if _REFUSED_HEADERS & header.keys():
        raise BadClaim("header that chooses key or rules")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in algorithms:
        raise BadClaim("algorithm")
    kind = header.get("typ")
    if kind is not None and not isinstance(kind, str):
        raise BadClaim("type")
    if (kind.lower().removeprefix("application/") if kind is not None else None) not in rules.types:
        raise BadClaim("type")
    return algorithm


def check_claims(claims: Mapping[str, Any], rules: Rules, now: float) -> float:
    """Returns when the token expires. Raises BadClaim; PastExpiry when `exp` alone is against it."""
    if claims.get("iss") != rules.issuer:
        raise BadClaim("issuer")
    if rules.audience not in _audiences(claims.get("aud"), rules):
        raise BadClaim("audience")
    issued, expires = _time(claims, "iat"), _time(claims, "exp")
    begins = _time(claims, "nbf") if "nbf" in claims else issued
    if max(issued, begins) > now + rules.leeway:
        raise BadClaim("not yet valid")
    if not 0 < expires - issued <= rules.max_life:
        raise BadClaim("life")
    if expires <= now:
        raise PastExpiry
    return expires


def _audiences(value: object, rules: Rules) -> list[Any]:
    if isinstance(value, str):
        return [value]
    if not rules.audience_lists or not isinstance(value, list) or len(value) > _MOST_AUDIENCES:
        return []
    return value if all(isinstance(entry, str) for entry in value) else []


def _time(claims: Mapping[str, Any], name: str) -> float:
    """A NumericDate. JSON's true is an int to Python, and 1e999 a float: both are refused."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise BadClaim(name)
    if not 0 < value < _LATEST or not math.isfinite(value):
        raise BadClaim(name)
    return float(value)
