"""How late the server's event loop was, from the histogram in its /metrics."""

import re
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

BUCKET = re.compile(
    r'^colloque_loop_lag_seconds_bucket\{[^}]*\ble="(?P<upper>[^"]+)"[^}]*\} (?P<count>\S+)$', re.MULTILINE
)
PATIENCE = 10


@dataclass(frozen=True, slots=True)
class LoopLag:
    """Samples at or below each bound, in seconds. False: the server has no such figure."""

    buckets: Mapping[float, float] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self.buckets.values())

    def since(self, before: "LoopLag") -> "LoopLag":
        return LoopLag({upper: count - before.buckets.get(upper, 0) for upper, count in self.buckets.items()})

    def quantile(self, share: float) -> float:
        """Within a bucket the samples are taken to be spread evenly, as Prometheus does."""
        wanted, lower, below = share * max(self.buckets.values()), 0.0, 0.0
        for upper, count in sorted(self.buckets.items()):
            if count >= wanted:
                inside = (wanted - below) / (count - below) if count > below else 1.0
                return lower if upper == float("inf") else lower + (upper - lower) * inside
            lower, below = upper, count
        return lower


def read_lag(http: str) -> LoopLag:
    try:
        with urllib.request.urlopen(f"{http}/metrics", timeout=PATIENCE) as answer:  # noqa: S310 -- a server under test
            text = answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:  # a server that has no such page
        error.close()
        return LoopLag()
    return parse_lag(text)


def parse_lag(text: str) -> LoopLag:
    """Of all processes together, where a label tells them apart."""
    buckets: dict[float, float] = defaultdict(float)
    for match in BUCKET.finditer(text):
        buckets[float(match["upper"])] += float(match["count"])
    return LoopLag(buckets)
