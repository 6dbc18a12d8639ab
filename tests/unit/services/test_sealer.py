"""The end of the sealer, with storage that behaves badly on command."""

import asyncio
import datetime
from typing import Any

from repositories.errors import StorageUnavailable
from services.sealer import Sealer


class Swallowing:
    """The first look is cancelled and says that the database is away, as a library does that takes it for a time-out."""

    def __init__(self) -> None:
        self.looking = asyncio.Event()

    def reading(self) -> Any:
        return self

    def transaction(self) -> Any:
        raise AssertionError("there is nothing to seal")

    async def __aenter__(self) -> Any:
        if not self.looking.is_set():
            self.looking.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError as error:
                raise StorageUnavailable("cancelled") from error
        raise StorageUnavailable("away")

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError("it was never entered")


class NoAnchor:
    async def keep(self, heads: Any) -> None:
        raise AssertionError("there is nothing to seal")


async def test_it_ends_though_its_cancellation_is_swallowed() -> None:
    storage = Swallowing()
    sealer = Sealer(unit_of_work=storage, anchor=NoAnchor(), now=lambda: datetime.datetime.now(datetime.UTC))
    sealer.start()
    await storage.looking.wait()
    await asyncio.wait_for(sealer.close(), 5)
