"""The figures by name, and which of them the project set itself as goals."""

from dataclasses import dataclass

BASE, SCALE, OURS = "peer", "plain", "ours"
# Name of the figure: how it reads, and which way is better.
FIGURES = {
    "acked_per_s": ("sends acked and durable a second", "↑"),
    "deliveries_per_s": ("deliveries a second", "↑"),
    "connects_per_s": ("connections made a second", "↑"),
    "p50_ms": ("p50 of an ack, ms", "↓"),
    "p99_ms": ("p99 of an ack, ms", "↓"),
    "batch_p50_ms": ("p50 until all have all, ms", "↓"),
    "batch_p99_ms": ("p99 until all have all, ms", "↓"),
    "server_us": ("CPU of the server for each, µs", "↓"),
    "postgres_us": ("CPU of PostgreSQL for each, µs", "↓"),
    "generator_us": ("CPU of the generator for each, µs", ""),
    "lag_p99_ms": ("p99 of the event loop's lag, ms", "↓"),
    "kib_per_connection": ("memory a connection, KiB", "↓"),
    "base_mib": ("memory of the fresh server, MiB", "↓"),
    "resident_mib": ("memory of the server at the end, MiB", "↓"),
    "resting_cores": ("cores busy while all rest: server", "↓"),
    "server_cores": ("cores busy: server", ""),
    "postgres_cores": ("cores busy: PostgreSQL", ""),
    "generator_cores": ("cores busy: generator", ""),
    "others_cores": ("cores busy: anything else", ""),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """A limit of the ratio to the yardstick or, when `absolute`, of the figure itself."""

    scenario: str
    figure: str
    limit: float
    absolute: bool = False

    @property
    def upwards(self) -> bool:
        return FIGURES[self.figure][1] == "↑"

    def met(self, value: float) -> bool:
        return value >= self.limit if self.upwards else value <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.upwards else '≤'} {self.limit:g}{'' if self.absolute else ' ×'}"


GOALS = (
    Goal("send n=50", "acked_per_s", 4),
    Goal("send n=50 window=4", "acked_per_s", 4),
    Goal("send n=500", "acked_per_s", 4),
    Goal("send n=50", "p99_ms", 0.4),
    Goal("send n=1", "p50_ms", 1),
    Goal("send n=50", "server_us", 0.25),
    Goal("send n=50 window=4", "server_us", 0.25),
    Goal("send n=500", "server_us", 0.25),
    Goal("fanout n=500 window=4", "server_us", 0.4),
    Goal("fanout n=100 window=4", "server_us", 0.4),
    Goal("fanout n=500 window=1", "server_us", 0.8),
    Goal("fanout n=100 window=1", "server_us", 0.8),
    Goal("idle n=2000", "server_us", 0.7),
    Goal("idle n=2000", "kib_per_connection", 20, absolute=True),
    Goal("send n=500", "lag_p99_ms", 20, absolute=True),
)
