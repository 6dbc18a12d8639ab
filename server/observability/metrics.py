"""What /metrics says. Names of events, routes and queries only; no person, no conversation, no address."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from server.observability.cells import Cell, Series
from server.observability.tallies import Gauges, Labels, Spread, Tally

FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
REPLIES = (60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86400, 3 * 86400, 7 * 86400, 30 * 86400)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
OK = "OK"
CUTS = [(why,) for why in ("binary", "ended", "flood", "internal", "no_token", "protocol", "silent", "slow")]
DELIVERIES = [(channel, how) for channel in ("push", "email") for how in ("sent", "gone", "refused", "later")]


class Metrics:
    """One registry of its own for each application, so that two in one process (tests) do not meet."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, codes: Iterable[str] = ()) -> None:
        """`codes`: with which calls are refused."""
        self.registry = CollectorRegistry()
        self._connects = self._counter("connections", "Sockets that connected")
        self._disconnects = self._counter("disconnections", "Sockets that went")
        self._events = self._histogram("event_seconds", "Socket events, from arrival to ack", ["event"])
        self._outcomes = self._counter("events", "Socket events by outcome", ["event", "code"])
        self._of_event: dict[str, tuple[Series, Cell]] = {}
        self._refusals = self._counter(
            "refusals", "Refused calls by code, both transports", ["code"], [(code,) for code in codes]
        )
        self._sends = self._counter("messages_sent", "Messages stored")
        acks = self._counter("acks", "Acks sent to sockets", ["ok"])
        self._good_acks, self._bad_acks = acks.cell("true"), acks.cell("false")
        self._batches = self._histogram("commit_messages", "Messages stored by one commit", [], BATCHES)
        self._cuts = self._counter("sockets_cut", "Sockets closed by the server", ["reason"], CUTS)
        self._statements = self._histogram("statement_seconds", "Database statements by query", ["query"])
        self._requests = self._histogram("request_seconds", "REST requests", ["route", "method", "status"])
        self._facts = self._counter("facts", "Facts told to, or heard from, other nodes", ["kind", "direction"])
        self._replies = self._histogram("reply_seconds", "From the first unanswered message to the reply", [], REPLIES)
        self._deliveries = self._counter(
            "notifications_sent", "Push and e-mail by outcome", ["channel", "outcome"], DELIVERIES
        )
        self._lag = self._histogram("loop_lag_seconds", "How late the event loop was", [])
        self._worst_lag = self._gauge("loop_lag_worst_seconds", "Worst lag of the last ten seconds")

    def statement(self, name: str, seconds: float) -> None:
        self._statements.observe(seconds, name)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        self._requests.observe(seconds, route, method, str(status))

    def refused(self, code: str) -> None:
        self._refusals.count(code)

    def connected(self) -> None:
        self._connects.count()

    def disconnected(self) -> None:
        self._disconnects.count()

    def event(self, name: str, seconds: float, code: str | None) -> None:
        """`name` is one of the table (or "unknown"), never the client's own text. `code` None: it went well."""
        times, went_well = self._of_event.get(name) or self._begin(name)
        times.add(seconds)
        if code is None:
            went_well.count += 1
        else:
            self._outcomes.count(name, code)
            self.refused(code)

    def acked(self, ok: bool) -> None:
        (self._good_acks if ok else self._bad_acks).count += 1

    def cut(self, reason: str) -> None:
        self._cuts.count(reason)

    def committed(self, count: int) -> None:
        """One commit stored so many messages."""
        self._sends.count(by=count)
        self._batches.observe(count)

    def facts(self, kind: str, direction: str) -> Cell:
        """To count in. `direction`: "published" or "received"."""
        return self._facts.cell(kind, direction)

    def replied(self, seconds: float, count: int) -> None:
        """So many replies took about so long."""
        self._replies.observe(seconds, times=count)

    def notified(self, channel: str, outcome: str) -> None:
        self._deliveries.count(channel, outcome)

    def lag(self, seconds: float, worst: float) -> None:
        self._lag.observe(seconds)
        self._worst_lag.set(worst)

    def watch(self, name: str, read: Callable[[], float], about: str = "") -> None:
        """A gauge read at each scrape, for instance watch("pool_idle", lambda: database.pool_size[1])."""
        self._gauge(name, about or name.replace("_", " ")).set_function(read)

    def watch_many(self, name: str, label: str, read: Callable[[], Mapping[int, int]], about: str) -> None:
        """Gauges under one name, read at each scrape."""
        self.registry.register(Gauges(f"colloque_{name}", about, label, read))

    def exposition(self) -> bytes:
        """The text that Prometheus reads."""
        return generate_latest(self.registry)

    def _begin(self, event: str) -> tuple[Series, Cell]:
        self._of_event[event] = self._events.series(event), self._outcomes.cell(event, OK)
        return self._of_event[event]

    def _counter(self, name: str, about: str, labels: Sequence[str] = (), known: Iterable[Labels] = ()) -> Tally:
        tally = Tally(f"colloque_{name}", about, labels, known)
        self.registry.register(tally)
        return tally

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(f"colloque_{name}", about, registry=self.registry)

    def _histogram(self, name: str, about: str, labels: Sequence[str], buckets: Sequence[float] = FAST) -> Spread:
        spread = Spread(f"colloque_{name}", about, labels, buckets)
        self.registry.register(spread)
        return spread
