"""The bus of a single node: nobody else is there."""

import secrets
from collections.abc import Callable

from server.fanout import BusCounts, BusMessage, Receive, nothing


class MemoryBus:
    def __init__(self) -> None:
        self.counts = BusCounts()
        self.on_recovery: Callable[[], None] = nothing
        self.node = secrets.token_hex(8)
        self.healthy = True

    async def start(self, receive: Receive) -> None:
        """Nothing will ever come."""

    def send(self, message: BusMessage) -> None:
        """Nobody to tell."""

    def look_again(self) -> None:
        """Nobody else is there."""

    async def close(self) -> None:
        """Nothing to close."""
