"""Stand-ins for unit tests of services: they remember what was asked of them."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from repositories.repositories import Repositories
from services.errors import RateLimitExceeded
from services.events import Fact
from services.notification_ports import Notice
from services.trail_ports import TrailEntry

SomeFact = TypeVar("SomeFact", bound=Fact)


class RecordingPublisher:
    def __init__(self) -> None:
        self.facts: list[Fact] = []

    def publish(self, fact: Fact) -> None:
        self.facts.append(fact)

    def of(self, kind: type[SomeFact]) -> list[SomeFact]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def clear(self) -> None:
        self.facts.clear()


class RecordingTrail:
    def __init__(self) -> None:
        self.entries: list[TrailEntry] = []

    def note(self, entry: TrailEntry) -> None:
        self.entries.append(entry)


class RecordingNotices:
    def __init__(self) -> None:
        self.told: list[Notice] = []

    def tell(self, notice: Notice) -> None:
        self.told.append(notice)


class OpenLimiter:
    """Lets everything pass, and remembers it as (limit, key)."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str]] = []
        self.given_back: list[tuple[str, str]] = []

    def take(self, limit: str, key: str) -> None:
        self.taken.append((limit, key))

    def give_back(self, limit: str, key: str) -> None:
        self.given_back.append((limit, key))


class CountingLimiter(OpenLimiter):
    """Lets `allowed` pass for each limit and key; what is given back counts again."""

    def __init__(self, allowed: int) -> None:
        super().__init__()
        self._allowed = allowed

    def take(self, limit: str, key: str) -> None:
        super().take(limit, key)
        if self.open_of(limit, key) > self._allowed:
            raise RateLimitExceeded(retry_after=60.0)

    def open_of(self, limit: str, key: str) -> int:
        return Counter(self.taken)[limit, key] - Counter(self.given_back)[limit, key]


class FakeUnitOfWork:
    """Hands out the same repositories each time; `inside`: whether a unit of work is open, `ended`: how each did."""

    def __init__(self, repositories: object) -> None:
        self._repositories = repositories
        self.inside = False
        self.ended: list[str] = []

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Repositories]:
        async with self._open("read"):
            yield cast(Any, self._repositories)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Repositories]:
        async with self._open("committed"):
            yield cast(Any, self._repositories)

    @asynccontextmanager
    async def _open(self, outcome: str) -> AsyncIterator[None]:
        assert not self.inside, "a second connection inside the first can deadlock on a full pool"
        self.inside = True
        try:
            yield
        except BaseException:
            outcome = "rolled back"
            raise
        finally:
            self.inside = False
            self.ended.append(outcome)
