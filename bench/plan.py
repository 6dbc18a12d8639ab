"""What is to be measured, and how long that will take."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.entrants import ENTRANTS, known

SCENARIOS = (
    "idle n=2000",
    "send n=1",
    "send n=50",
    "send n=50 window=4",
    "send n=500",
    "fanout n=100 window=1",
    "fanout n=100 window=4",
    "fanout n=500 window=1",
    "fanout n=500 window=4",
)
CONTENDERS = tuple(ENTRANTS)
ROUNDS, SECONDS, WARM = 3, 5, 2
QUICK_SCENARIOS = ("idle n=500", *SCENARIOS[1:])
QUICK_CONTENDERS = ("peer", "ours")
# To start a server, connect, join and stop; of `idle` to connect and rest. As seen on two cores.
AROUND, IDLE, SEEDING = 2.5, 11, 4


@dataclass(frozen=True, slots=True)
class Plan:
    scenarios: tuple[str, ...] = SCENARIOS
    contenders: tuple[str, ...] = CONTENDERS
    rounds: int = ROUNDS
    seconds: int = SECONDS
    warm: int = WARM

    @property
    def whole(self) -> bool:
        """Enough for the figures in docs/."""
        return (
            self.scenarios == SCENARIOS
            and self.contenders == CONTENDERS
            and (self.rounds >= ROUNDS and self.seconds >= SECONDS and self.warm >= WARM)
        )

    @property
    def count(self) -> int:
        return self.rounds * len(self.scenarios) * len(self.contenders)

    @property
    def expected_seconds(self) -> float:
        one_by_one = sum(IDLE if scenario.startswith("idle") else self._timed for scenario in self.scenarios)
        return len(self.contenders) * (SEEDING + self.rounds * one_by_one)

    @property
    def _timed(self) -> float:
        return AROUND + self.seconds + self.warm

    def turns(self) -> Iterator[tuple[int, str, str]]:
        """(round, scenario, contender). Whoever comes second finds a warmer machine: every other round it is the first.

        `idle` before anything is sent, in all rounds: behind sends a search index catches up for minutes, also after a restart.
        """
        resting = [scenario for scenario in self.scenarios if scenario.startswith("idle")]
        sending = [scenario for scenario in self.scenarios if scenario not in resting]
        for scenarios in (resting, sending):
            for number in range(1, self.rounds + 1):
                for scenario in scenarios:
                    for contender in self.contenders if number % 2 else reversed(self.contenders):
                        yield number, scenario, contender

    def options(self, scenario: str) -> list[str]:
        """What the load generator is told."""
        timed = [] if scenario.startswith("idle") else [f"secs={self.seconds}", f"warm={self.warm}"]
        return [*scenario.split(), *timed]


@dataclass(frozen=True, slots=True)
class Arguments:
    plan: Plan
    logs: Path | None


def arguments(words: list[str]) -> Arguments:
    parser = argparse.ArgumentParser(
        prog="bench/run.py",
        description="Measure Colloque beside other servers: same PostgreSQL, same load, in turn.",
        epilog=f"Scenarios: {', '.join(SCENARIOS)}; any other figures do too. See bench/README.md.",
    )
    parser.add_argument("--quick", action="store_true", help="one round of 2 s without python-socketio: two minutes")
    parser.add_argument("--rounds", type=_natural, metavar="N", help=f"default {ROUNDS}")
    parser.add_argument("--seconds", type=_natural, metavar="N", help=f"of each measurement, default {SECONDS}")
    parser.add_argument(
        "--scenarios", type=_words, metavar="A,B", help='only these, as "send n=50,fanout n=100 window=4"'
    )
    parser.add_argument(
        "--contenders", type=_contenders, metavar="A,B", help=f"of {', '.join(CONTENDERS)}, and ours:N with N processes"
    )
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep what the servers logged")
    given = parser.parse_args(words)
    plan = Plan(
        scenarios=given.scenarios or (QUICK_SCENARIOS if given.quick else SCENARIOS),
        contenders=given.contenders or (QUICK_CONTENDERS if given.quick else CONTENDERS),
        rounds=given.rounds or (1 if given.quick else ROUNDS),
        seconds=given.seconds or (2 if given.quick else SECONDS),
        warm=1 if given.quick else WARM,
    )
    return Arguments(plan, given.logs)


def _natural(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def _contenders(text: str) -> tuple[str, ...]:
    names = _words(text)
    if unknown := [name for name in names if not known(name)]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not among {', '.join(CONTENDERS)}, ours:N")
    return names
