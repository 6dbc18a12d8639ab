"""A transport's session id says which worker has it: `2.Kx3…` belongs to worker 2. Clients take it as it is."""

import re

_OWNED = re.compile(r"(\d{1,3})\.")
_FIRST_LINE = re.compile(rb"[A-Z]+ /socket\.io/\?(?P<query>\S*)")
_SESSION = re.compile(rb"(?:^|&)sid=(?P<worker>\d{1,3})\.")


def prefix(worker: int) -> str:
    return f"{worker}."


def owner_of(session_id: str | None) -> int | None:
    """None for what is no session id of ours."""
    match = _OWNED.match(session_id or "")
    return int(match[1]) if match else None


def wanted(first_bytes: bytes) -> tuple[bool, int | None]:
    """(is it for Socket.IO, which worker has its session) of a request as far as it came."""
    line = _FIRST_LINE.match(first_bytes)
    if line is None:
        return False, None
    session = _SESSION.search(line["query"])
    return True, int(session["worker"]) if session else None
