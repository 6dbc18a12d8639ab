"""How the text of an environment variable becomes a setting. Raises EnvError with what is wrong, never with a secret."""

import ipaddress
import re
from collections.abc import Mapping
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from environs import Env, EnvError

from server.forum.amounts import read_amounts

KINDS = frozenset({"care", "contextual", "mentoring"})
MOST_WORKERS = 64
# max_connections of PostgreSQL goes no further.
MOST_CONNECTIONS = 262_143
# A hundred years: later than 2**33 is no time for a token to end (claim_checks.py), so that nobody could use it.
LONGEST_LIFE = 3_153_600_000
# Who writes 999999 means "hardly ever", and gets it. PostgreSQL has no day 2.5 million days ago: jobs would fail.
MOST_DAYS = 1_000_000
# As the schemas have it: no message is longer, whatever is set.
LONGEST_CONTENT = 1_000_000

_HOST = re.compile(r"[\w.:%-]+")
# As boto has it, which says so at the first upload only.
_BUCKET = re.compile(r"[a-zA-Z0-9._-]{1,255}")
_USUAL_PORTS = {"http": 80, "https": 443}
_NO_MAILBOX = "must be an e-mail address, such as colloque@example.org or Clinic <colloque@example.org>"


def split_address(text: str) -> SplitResult | None:
    """None for what has a host that is none, or a port that is no number: urlsplit leaves both for later, and an error of its
    may repeat a password."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    return parts if port != 0 and (not host or _HOST.fullmatch(host)) else None


def _seconds(env: Env, name: str, default: float) -> float:
    value = env.float(name, default)
    if not 0 <= value < 1e6:
        raise EnvError("must be a number of seconds, 0 or more")
    return float(value)


def _count(env: Env, name: str, default: int) -> int:
    value = env.int(name, default)
    if value < 0:
        raise EnvError("must be 0 or more")
    return int(value)


def _between(least: int, most: int) -> Any:
    """Where 0 is no "off", or what is beyond the bounds would fail later: at a login, or in a background job."""

    def read(env: Env, name: str, default: int) -> int:
        value = env.int(name, default)
        if not least <= value <= most:
            raise EnvError(f"must be {least} to {most}")
        return int(value)

    return read


def _patience(env: Env, name: str, default: float) -> float:
    value = _seconds(env, name, default)
    if value == 0:
        raise EnvError("must be more than 0 seconds: nothing is done at once")
    return value


def _words(env: Env, name: str, default: Any) -> tuple[str, ...]:
    if env.str(name, None) is None:
        return tuple(default)
    return tuple(word.strip() for word in env.str(name).split(",") if word.strip())


def _kinds(env: Env, name: str, default: frozenset[str]) -> frozenset[str]:
    kinds = frozenset(_words(env, name, default))
    if unknown := kinds - KINDS:
        raise EnvError(f"knows {', '.join(sorted(KINDS))}, not {', '.join(sorted(unknown))}")
    return kinds


def _networks(env: Env, name: str, default: Any) -> tuple[str, ...]:
    networks = _words(env, name, default)
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError as error:
            raise EnvError(f"{network!r} is no address or network") from error
    return networks


def _origins(env: Env, name: str, default: Any) -> tuple[str, ...]:
    return tuple(_origin(text) for text in _words(env, name, default))


def _origin(text: str) -> str:
    """As browsers say it: in small letters, without the usual port."""
    parts = split_address(text)
    if parts is None or parts.scheme not in _USUAL_PORTS or not parts.hostname or not text.isascii():
        raise EnvError(f"{text!r} is no origin such as https://app.example.org")
    if "@" in parts.netloc or parts.path not in ("", "/") or "?" in text or "#" in text:
        raise EnvError(f"{text!r} is more than an origin such as https://app.example.org")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, _USUAL_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _http(env: Env, name: str, default: str) -> str:
    value = str(env.str(name, default))
    parts = split_address(value)
    known = parts is not None and parts.scheme in _USUAL_PORTS and bool(parts.hostname)
    if value and not (known and value.isprintable() and " " not in value):
        raise EnvError("must be an address such as https://colloque.example.org")
    return value


def _mailbox(env: Env, name: str, default: str) -> str:
    """With or without a name: it becomes a header of each letter."""
    value = str(env.str(name, default))
    if value:
        try:
            Address(addr_spec=parseaddr(value)[1])
        except (ValueError, IndexError, HeaderParseError) as error:
            raise EnvError(_NO_MAILBOX) from error
        if not value.isprintable() or not all(parseaddr(value)[1].partition("@")):
            raise EnvError(_NO_MAILBOX)
    return value


def _secret(env: Env, name: str, default: str) -> str:
    """The value itself, or the text of the file that NAME_FILE names, as container platforms hand over secrets."""
    path = env.str(f"{name}_FILE", "")
    if not path:
        return str(env.str(name, default))
    try:
        return Path(path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvError(f"the file named by {name}_FILE cannot be read: {error}") from error


def _file_store(env: Env, name: str, default: str) -> str:
    value = str(env.str(name, default))
    if "://" in value:
        parts = split_address(value)
        if parts is None or parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc):
            raise EnvError("must be a folder or s3://bucket/prefix")
    return value


def _redis(env: Env, name: str, default: str) -> str:
    """Without a host it is that of this machine. What stands after `?` is judged by the library."""
    value = str(env.str(name, default))
    parts = split_address(value)
    known = parts is not None and (
        parts.scheme in ("redis", "rediss") or (parts.scheme == "unix" and bool(parts.path) and not parts.hostname)
    )
    if value and not known:
        raise EnvError("must be redis://name:password@host:6379, rediss://… or unix:///path")
    return value


def _clamav(env: Env, name: str, default: str) -> str:
    value = str(env.str(name, default))
    parts = split_address(value)
    known = parts is not None and (
        (parts.scheme == "unix" and bool(parts.path) and not parts.netloc)
        or (parts.scheme == "tcp" and bool(parts.hostname) and bool(parts.port))
    )
    if value and not known:
        raise EnvError("must be unix:///path or tcp://host:port")
    return value


def _choice(*choices: str) -> Any:
    def read(env: Env, name: str, default: str) -> str:
        value = str(env.str(name, default))
        if value not in choices:
            raise EnvError(f"must be one of {', '.join(choices)}")
        return value

    return read


READERS: Mapping[str, Any] = {
    "str": lambda env, name, default: str(env.str(name, default)),
    "bool": lambda env, name, default: bool(env.bool(name, default)),
    "path": lambda env, name, default: Path(env.str(name, str(default))),
    "count": _count,
    "content": _between(0, LONGEST_CONTENT),
    "port": _between(0, 65_535),
    "workers": _between(1, MOST_WORKERS),
    "connections": _between(1, MOST_CONNECTIONS),
    "life": _between(1, LONGEST_LIFE),
    "some_hours": _between(1, 24 * MOST_DAYS),
    "days": _between(0, MOST_DAYS),
    "some_days": _between(1, MOST_DAYS),
    "seconds": _seconds,
    "patience": _patience,
    "origins": _origins,
    "http": _http,
    "mailbox": _mailbox,
    "networks": _networks,
    "kinds": _kinds,
    "secret": _secret,
    "file_store": _file_store,
    "redis": _redis,
    "clamav": _clamav,
    "points": read_amounts,
    "fanout": _choice("auto", "memory", "postgres", "redis"),
    "password_cost": _choice("standard", "small"),
    "log_format": _choice("auto", "json", "text"),
    "log_level": _choice("DEBUG", "INFO", "WARNING", "ERROR"),
}
