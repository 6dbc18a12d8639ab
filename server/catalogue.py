"""Everything that clients can call and that can happen: for documents, and for the tests of the house."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from aiohttp import web

from controllers.rest.contract import Endpoint
from controllers.socket.contract import SocketEvent
from services.events import Fact


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`facts`: those that the broadcaster knows how to tell."""

    endpoints: Sequence[Endpoint]
    events: Sequence[SocketEvent]
    facts: Collection[type[Fact]]


CATALOGUE = web.AppKey("catalogue", Catalogue)
# To be called when hints of other nodes may have been lost.
LOOK_AGAIN = web.AppKey[Callable[[], None]]("look_again")
# How many sockets this process has.
SESSIONS = web.AppKey[Callable[[], int]]("sessions")
