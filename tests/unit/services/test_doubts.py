"""Work whose outcome nobody knows is done again, until it is known."""

from collections.abc import Iterator

import pytest

from repositories.errors import OutcomeUnknown, StorageUnavailable
from services.doubts import until_known


class Work:
    """Comes to these, one after the other."""

    def __init__(self, *outcomes: str | Exception) -> None:
        self._outcomes: Iterator[str | Exception] = iter(outcomes)

    async def __call__(self) -> str:
        outcome = next(self._outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


AWAY, UNKNOWN = StorageUnavailable("away"), OutcomeUnknown("no answer")


async def test_what_may_have_been_done_is_done_again_until_it_is_known() -> None:
    assert await until_known(Work(UNKNOWN, AWAY, UNKNOWN, AWAY, "done"), pause=0) == "done"


async def test_what_was_not_done_is_not() -> None:
    with pytest.raises(StorageUnavailable, match="away"):
        await until_known(Work(AWAY, "done"), pause=0)
    with pytest.raises(ValueError, match="another trouble"):
        await until_known(Work(UNKNOWN, ValueError("another trouble"), "done"), pause=0)
