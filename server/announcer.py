"""The Publisher that services are given: tells the sockets of this node at once, and the other nodes through the bus."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from server.fanout import Bus, BusMessage
from server.indexing import Indexing
from server.observability.cells import Cell
from server.observability.metrics import Metrics
from services.answer_typing import AnswerTyping
from services.cluster import Cluster
from services.events import AnswerTypingStarted, AnswerTypingStopped, Fact, TypingStarted, TypingStopped
from services.node_news import NodeNews
from services.typing import Typing

NewsListeners = Mapping[type[NodeNews], Callable[[Any], None]]


class _Kind(NamedTuple):
    """What is the same for all facts of one kind: where it is counted and who listens to them here, in this order."""

    published: Cell
    listeners: tuple[Callable[[Fact], None], ...]


class Announcer:
    """Made before those it tells, since they need services that publish: `connect` closes the circle."""

    def __init__(self, *, metrics: Metrics, bus: Bus) -> None:
        self._metrics = metrics
        self._bus = bus
        self._tell: Callable[[Fact], None] | None = None
        self._typing: Typing | None = None
        self._answer_typing: AnswerTyping | None = None
        self._cluster: Cluster | None = None
        self._indexing: Indexing | None = None
        self._news: NewsListeners = {}
        self._kinds: dict[type[Fact], _Kind] = {}

    def connect(
        self,
        *,
        tell: Callable[[Fact], None],
        typing: Typing,
        answer_typing: AnswerTyping,
        cluster: Cluster,
        indexing: Indexing,
        news: NewsListeners | None = None,
    ) -> None:
        """`news`: who listens to that kind of it, beside the cluster, which hears everything."""
        self._tell, self._typing, self._cluster, self._indexing = tell, typing, cluster, indexing
        self._answer_typing = answer_typing
        self._news = news or {}

    def publish(self, fact: Fact) -> None:
        """services.ports.Publisher: sync, and never raises."""
        kind = self._kinds.get(type(fact)) or self._meet(type(fact))
        kind.published.count += 1
        self._bus.send(fact)
        for listen in kind.listeners:
            listen(fact)

    def tell_here(self, fact: Fact) -> None:
        """Only the sockets of this node, and who follows what happens."""
        kind = self._kinds.get(type(fact)) or self._meet(type(fact))
        for listen in kind.listeners:
            listen(fact)

    def receive(self, message: BusMessage) -> None:
        """From another node."""
        self._metrics.facts(type(message).__name__, "received").count += 1
        assert self._typing is not None and self._cluster is not None, "connect() comes first"
        if not isinstance(message, Fact):
            self._cluster.receive(message)
            if listener := self._news.get(type(message)):
                listener(message)
            return
        if isinstance(message, TypingStarted | TypingStopped):
            self._typing.heard(message)
        elif isinstance(message, AnswerTypingStarted | AnswerTypingStopped) and self._answer_typing is not None:
            self._answer_typing.heard(message)
        self.tell_here(message)

    def _meet(self, fact: type[Fact]) -> _Kind:
        """The first one of its kind."""
        assert self._tell is not None and self._typing is not None and self._indexing is not None, (
            "connect() comes first"
        )
        listeners = [self._tell, self._indexing.heard]
        if self._typing.asks_of_rights(fact):
            listeners.insert(0, self._typing.rights_heard)
        kind = self._kinds[fact] = _Kind(self._metrics.facts(fact.__name__, "published"), tuple(listeners))
        return kind
