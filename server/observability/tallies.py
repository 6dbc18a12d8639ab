"""Counters and histograms that cost a dictionary's look-up to count with. What Prometheus reads is made of them at a scrape.

prometheus_client's own take a lock and look a child up by its labels: several microseconds a message, for threads that we
do not have. All counting is done in the event loop.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from server.observability.cells import Cell, Series

Labels = tuple[str, ...]


class Tally(Collector):
    """A counter. Without labels, or with those of `known`, it is shown from the start, with others once it was counted: to
    Prometheus the step from nothing to 1 is no increase."""

    def __init__(self, name: str, about: str, labels: Sequence[str] = (), known: Iterable[Labels] = ()) -> None:
        self._name, self._about, self._labels = name, about, labels
        self._known = frozenset(known if labels else [()])
        self._cells: dict[Labels, Cell] = {labels: Cell() for labels in sorted(self._known)}

    def count(self, *labels: str, by: int = 1) -> None:
        cell = self._cells.get(labels) or self.cell(*labels)
        cell.count += by

    def cell(self, *labels: str) -> Cell:
        return self._cells.setdefault(labels, Cell())

    def collect(self) -> Iterator[Metric]:
        family = CounterMetricFamily(self._name, self._about, labels=self._labels)
        for labels, cell in self._cells.items():
            if cell.count or labels in self._known:
                family.add_metric(labels, cell.count)
        yield family

    def describe(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._about, labels=self._labels)


class Spread(Collector):
    """A histogram. One with labels is shown once it was counted in, one without before."""

    def __init__(self, name: str, about: str, labels: Sequence[str], buckets: Sequence[float]) -> None:
        self._name, self._about, self._labels, self._buckets = name, about, labels, tuple(buckets)
        self._series: dict[Labels, Series] = {} if labels else {(): Series(self._buckets)}

    def observe(self, value: float, *labels: str, times: int = 1) -> None:
        (self._series.get(labels) or self.series(*labels)).add(value, times)

    def series(self, *labels: str) -> Series:
        return self._series.setdefault(labels, Series(self._buckets))

    def collect(self) -> Iterator[Metric]:
        family = HistogramMetricFamily(self._name, self._about, labels=self._labels)
        for labels, series in self._series.items():
            family.add_metric(labels, self._cumulated(series.counts), series.total)
        yield family

    def describe(self) -> Iterator[Metric]:
        yield HistogramMetricFamily(self._name, self._about, labels=self._labels)

    def _cumulated(self, counts: Sequence[int]) -> list[tuple[str, float]]:
        """Prometheus wants each bucket to hold what the smaller ones hold too."""
        shown, total = [], 0
        for bound, count in zip([*map(str, map(float, self._buckets)), "+Inf"], counts, strict=True):
            total += count
            shown.append((bound, float(total)))
        return shown


class Gauges(Collector):
    """Several values that belong together, read at each scrape: `read` gives them by the value of the label."""

    def __init__(self, name: str, about: str, label: str, read: Callable[[], Mapping[int, int]]) -> None:
        self._name, self._about, self._label, self._read = name, about, label, read

    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(self._name, self._about, labels=[self._label])
        for value, count in sorted(self._read().items()):
            family.add_metric([str(value)], count)
        yield family

    def describe(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(self._name, self._about, labels=[self._label])
