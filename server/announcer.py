"""The Publisher that services are given: tells the sockets of this node at once, and the other nodes through the bus."""

from collections.abc import Callable, Mapping
from typing import Any

from server.fanout import Bus, BusMessage
from server.indexing import Indexing
from server.observability.metrics import Metrics
from services.answer_typing import AnswerTyping
from services.cluster import Cluster
from services.events import AnswerTypingStarted, AnswerTypingStopped, Fact, TypingStarted, TypingStopped
from services.node_news import NodeNews
from services.typing import Typing

NewsListeners = Mapping[type[NodeNews], Callable[[Any], None]]


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
        self._metrics.fact(type(fact).__name__, "published")
        self._bus.send(fact)
        self.tell_here(fact)

    def tell_here(self, fact: Fact) -> None:
        """Only the sockets of this node, and who follows what happens."""
        assert self._tell is not None and self._typing is not None and self._indexing is not None, (
            "connect() comes first"
        )
        self._typing.rights_heard(fact)
        self._tell(fact)
        self._indexing.heard(fact)

    def receive(self, message: BusMessage) -> None:
        """From another node."""
        self._metrics.fact(type(message).__name__, "received")
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
