"""The refresh token's cookie, and the proof that the page which makes use of it is our own."""

from collections.abc import Mapping
from http.cookies import Morsel, SimpleCookie
from urllib.parse import urlsplit

from controllers.rest.contract import Call
from services.errors import Forbidden

NAME = "colloque_refresh"
PATH = "/api/auth"
DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def refresh_cookie(call: Call, token: str, *, seconds: float) -> "Morsel[str]":
    """`seconds` 0 makes the browser forget it. Secure but for loopback names, where TLS is rare."""
    cookie: SimpleCookie = SimpleCookie()
    cookie[NAME] = token
    morsel = cookie[NAME]
    morsel["path"] = PATH
    morsel["max-age"] = str(int(seconds))
    morsel["httponly"] = True
    morsel["samesite"] = "Strict"
    if not _is_loopback(call.headers.get("Host", "")):
        morsel["secure"] = True
    return morsel


def refresh_token(call: Call) -> str | None:
    """Raises Forbidden unless the call comes from our own origin (or from no page at all)."""
    require_own_origin(call.headers)
    return call.cookies.get(NAME)


def require_own_origin(headers: Mapping[str, str]) -> None:
    """Raises Forbidden. Only host and port are compared: behind a proxy the scheme is not ours to know."""
    origin = headers.get("Origin")
    if origin is None:
        # Browsers that leave Origin out still say where from; what is no browser says nothing and has no victim.
        if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Forbidden(reason="other_site")
        return
    scheme, _, host = origin.partition("://")
    default_port = DEFAULT_PORTS.get(scheme, "")
    own = headers.get("Host", "")
    if not host or host.removesuffix(default_port).lower() != own.removesuffix(default_port).lower():
        raise Forbidden(reason="other_site")


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name in ("localhost", "::1") or name.endswith(".localhost") or _is_loopback_v4(name)


def _is_loopback_v4(name: str) -> bool:
    parts = name.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdecimal() for part in parts)
