"""How the text of an environment variable becomes a setting. Raises EnvError with what is wrong, never with a secret."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

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
    origins = _words(env, name, default)
    for origin in origins:
        if not origin.startswith(("http://", "https://")) or origin.rstrip("/").count("/") != 2:
            raise EnvError(f"{origin!r} is no origin such as https://app.example.org")
    return tuple(origin.rstrip("/") for origin in origins)


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
    if "://" in value and not (value.startswith("s3://") and urlsplit(value).netloc):
        raise EnvError("must be a folder or s3://bucket/prefix")
    return value


def _redis(env: Env, name: str, default: str) -> str:
    value = str(env.str(name, default))
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise EnvError("must be redis://name:password@host:6379, rediss://… or unix:///path")
    return value


def _clamav(env: Env, name: str, default: str) -> str:
    value = str(env.str(name, default))
    parts = urlsplit(value)
    if value and not (parts.scheme == "unix" and parts.path) and not (parts.scheme == "tcp" and parts.netloc):
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
