"""What services need from the outside, as Protocols. server/ binds the real ones, unit tests bind fakes."""

import datetime
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from repositories.messages import Appended, Draft
from repositories.repositories import Repositories
from services.events import Fact

Clock = Callable[[], float]
WallClock = Callable[[], datetime.datetime]


class UnitOfWork(Protocol):
    """repositories.unit_of_work.Database, or a fake."""

    def reading(self) -> AbstractAsyncContextManager[Repositories]: ...

    def transaction(self) -> AbstractAsyncContextManager[Repositories]: ...


class Appender(Protocol):
    """repositories.send_lane.SendLane, or a fake."""

    async def append(self, drafts: list[Draft], *, certain: bool) -> list[Appended]:
        """Stored when this returns; to append the same drafts again does no harm. Raises StorageUnavailable when nothing
        was stored, OutcomeUnknown when that is not known, which is less likely but slower when it is to be `certain`.
        May be called again before it returns, unless either is to be `certain`: stored in the order of the calls when
        nothing fails.
        """


class Publisher(Protocol):
    """Takes facts after COMMIT. Never raises and never waits: telling is outside of the way of the answer."""

    def publish(self, fact: Fact) -> None: ...


class Limiter(Protocol):
    """Token buckets by name of the limit and key (a user, an address, a socket)."""

    def take(self, limit: str, key: str) -> None:
        """Raises RateLimitExceeded with `retry_after` when the bucket is empty. A limit of 0 is off."""

    def give_back(self, limit: str, key: str) -> None:
        """The call turned out to cost nothing (a repeat)."""


class OnlineLookup(Protocol):
    """services.presence.Presence, or a fake."""

    def is_online(self, user_id: int) -> bool: ...
