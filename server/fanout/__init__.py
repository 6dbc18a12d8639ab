"""How nodes tell each other what happened. A hint, never the truth: who missed one finds out from the database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from services.events import Fact
from services.node_news import NodeNews

BusMessage = Fact | NodeNews
Receive = Callable[[BusMessage], None]


@dataclass(slots=True)
class BusCounts:
    """For /metrics. `dropped`: not sent; `missed`: sent by other nodes and never heard; `refused`: not trusted."""

    sent: int = 0
    received: int = 0
    dropped: int = 0
    missed: int = 0
    refused: int = 0


class Bus(Protocol):
    """`on_recovery` is called when the bus carries (again) and when a hint got lost: look in the database once more."""

    counts: BusCounts
    on_recovery: Callable[[], None]

    @property
    def node(self) -> str:
        """The name of this process among the others, new at every start."""

    @property
    def healthy(self) -> bool:
        """False: hints get lost right now."""

    async def start(self, receive: Receive) -> None:
        """`receive` gets what other nodes sent, in their order. Returns once the bus carries, or is seen to be away: it
        heals later."""

    def send(self, message: BusMessage) -> None:
        """Never blocks and never raises."""

    def look_again(self) -> None:
        """The other nodes, soon: something may have happened of which nobody can say what. Never blocks and never raises."""

    async def close(self) -> None: ...


def nothing() -> None:
    """Until somebody wants to know of recoveries."""
