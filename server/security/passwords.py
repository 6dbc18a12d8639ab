"""Passwords: argon2id in threads of their own, and the rules for new ones."""

import asyncio
import logging
import secrets
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from server.security.common_passwords import is_common
from services.errors import Unavailable, ValidationFailed

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")

MIN_LENGTH = 10
MAX_LENGTH = 200
RETRY_AFTER = 2.0


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash takes."""

    passes: int
    memory_kib: int
    lanes: int


# By the setting PASSWORD_COST: the low-memory profile of RFC 9106, and the least that OWASP advises.
COSTS: Mapping[str, Cost] = {
    "standard": Cost(passes=3, memory_kib=65_536, lanes=4),
    "small": Cost(passes=2, memory_kib=19_456, lanes=1),
}


class Argon2PasswordHasher:
    """services.security_ports.PasswordHasher.

    At most `at_once` hashes run, as each takes up to 64 MiB, and `max_waiting` wait: beyond that the answer is Unavailable at
    once, so that a flood of logins costs neither memory nor the event loop.
    """

    def __init__(self, cost: Cost, *, at_once: int = 2, max_waiting: int = 40) -> None:
        self._argon2 = argon2.PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._nobodys_hash = _unmatched_hash(cost)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._limit = at_once + max_waiting
        self._taken = 0

    async def hash(self, password: str) -> str:
        return await self._off_loop(lambda: self._argon2.hash(_bytes_of(password)))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        return await self._off_loop(lambda: self._matches(password_hash, _bytes_of(password)))

    def needs_rehash(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def check_policy(self, password: str, username: str, *, field: str = "password") -> None:
        if trouble := _trouble(password, username):
            raise ValidationFailed(fields={field: trouble})

    def close(self) -> None:
        """Ends the threads; what waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password_hash: str | None, password: bytes) -> bool:
        try:
            return self._argon2.verify(password_hash or self._nobodys_hash, password)
        except VerifyMismatchError:
            return False
        except (InvalidHashError, VerificationError):
            if password_hash is None:
                raise
            _log.error("a stored password hash cannot be read: its user has to get a new password")
            return self._matches(None, password)

    async def _off_loop(self, work: Callable[[], _Result]) -> _Result:
        if self._taken >= self._limit:
            raise Unavailable(retry_after=RETRY_AFTER)
        running = asyncio.get_running_loop().run_in_executor(self._threads, work)
        self._taken += 1
        running.add_done_callback(self._give_back)
        # A caller that gives up does not stop the thread, so its place stays taken until the work is really over.
        return await asyncio.shield(running)

    def _give_back(self, _: object) -> None:
        self._taken -= 1


def _unmatched_hash(cost: Cost) -> str:
    """A hash of today's cost that no password is known for: made of random bytes, so it takes no time to make."""
    salt, tag = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${tag}"


def _bytes_of(password: str) -> bytes:
    """The same password typed on another keyboard or system gives the same bytes."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _trouble(password: str, username: str) -> str | None:
    if any("\ud800" <= character <= "\udfff" for character in password):
        return "not_text"
    if len(password) > MAX_LENGTH:
        return f"too_long:{MAX_LENGTH}"
    if len(unicodedata.normalize("NFKC", password)) < MIN_LENGTH:
        return f"too_short:{MIN_LENGTH}"
    folded = _folded(password)
    return "weak_password" if folded == _folded(username) or is_common(folded) else None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
