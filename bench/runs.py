"""What was measured, as it is kept, and the statistics that all tables and drawings use."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parent.parent
LATEST = ROOT / "bench" / "results" / "latest.json"
# Cores that something else may take before a run counts as disturbed.
NOISE = 0.15


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement; `figures` has `void` when it means nothing."""

    scenario: str
    contender: str
    round: int
    figures: Mapping[str, Any]

    @property
    def void(self) -> str | None:
        return self.figures.get("void")


@dataclass(frozen=True, slots=True)
class Spread:
    median: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """`about` says what each contender is, `conditions` where, when and how it was measured."""

    about: Mapping[str, str]
    conditions: Mapping[str, str]
    runs: Sequence[Run]

    @property
    def scenarios(self) -> list[str]:
        return list(dict.fromkeys(run.scenario for run in self.runs))

    def spread(self, scenario: str, contender: str, figure: str) -> Spread | None:
        """Over the rounds; None when nothing was measured that means something."""
        return _spread(list(self._by_round(scenario, contender, figure).values()))

    def ratio(self, scenario: str, contender: str, base: str, figure: str) -> Spread | None:
        """Round by round, so that a machine that grows slower does not count for either."""
        ours, theirs = (self._by_round(scenario, name, figure) for name in (contender, base))
        return _spread([ours[number] / theirs[number] for number in ours if theirs.get(number)])

    def _by_round(self, scenario: str, contender: str, figure: str) -> dict[int, float]:
        return {
            run.round: run.figures[figure]
            for run in self.runs
            if (run.scenario, run.contender) == (scenario, contender) and figure in run.figures
        }

    def write(self, path: Path) -> None:
        """One run a line."""
        head = {"about": dict(self.about), "conditions": dict(self.conditions)}
        runs = ",\n".join(json.dumps(asdict(run), ensure_ascii=False) for run in self.runs)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'{json.dumps(head, indent=1, ensure_ascii=False)[:-2]},\n "runs": [\n{runs}\n]}}\n', "utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        kept = json.loads(path.read_text("utf-8"))
        return cls(kept["about"], kept["conditions"], [Run(**run) for run in kept["runs"]])


def is_disturbed(run: Run) -> bool:
    return bool(run.figures.get("others_cores", 0) > NOISE)


def _spread(samples: Sequence[float]) -> Spread | None:
    if not samples:
        return None
    return Spread(statistics.median(samples), min(samples), max(samples), len(samples))
