"""Load one server that follows the contract, over raw websockets, and print one line of JSON.

    python -m bench.load ws://127.0.0.1:5001 SCENARIO [key=value ...] --server PID --pairs pairs.jsonl

send    n=50 window=1 secs=5 warm=2    both members of n conversations send in a closed loop, `window` in flight each
fanout  n=500 window=4 secs=5 warm=2   n sockets of one conversation; `window` typing_start, again when all have all
idle    n=2000 rest=5                  connect, authenticate, join, rest: what a connection costs

pairs.jsonl is what `python -m server seed --pairs N --json` prints. A run in which a send was refused, a message did not
arrive or a socket was closed is void: the line has only the reason, and the exit code is 1.
"""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvloop

from bench.client import Void
from bench.measure import Meter
from bench.scenarios import Figures, fanout, idle, send

SCENARIOS: dict[str, Callable[..., Awaitable[Figures]]] = {"send": send, "fanout": fanout, "idle": idle}


def main() -> int:
    args = _arguments()
    pairs = [json.loads(line) for line in args.pairs.read_text("utf-8").splitlines() if line.strip()]
    meter = Meter(args.server, args.postmaster, args.url.replace("ws", "http", 1))
    try:
        figures: dict[str, Any] = dict(uvloop.run(_run(args, meter, pairs)))
    except Void as reason:
        figures = {"void": str(reason)}
    print(json.dumps({"scenario": args.scenario, **dict(args.options), **figures}))
    return 1 if "void" in figures else 0


async def _run(args: argparse.Namespace, meter: Meter, pairs: list[dict[str, Any]]) -> Figures:
    try:
        return await SCENARIOS[args.scenario](args.url, meter, pairs, **dict(args.options))
    except OSError as error:
        raise Void(f"{type(error).__name__}: {error}") from error


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("scenario", choices=SCENARIOS)
    parser.add_argument("options", nargs="*", metavar="key=value", type=_option)
    parser.add_argument(
        "--server", required=True, type=_pids, metavar="PID[,PID]", help="whose CPU and memory count, with its children"
    )
    parser.add_argument("--postmaster", type=int, metavar="PID", help="PostgreSQL's first process")
    parser.add_argument("--pairs", required=True, type=Path, metavar="FILE")
    return parser.parse_args()


def _option(text: str) -> tuple[str, int]:
    key, value = text.split("=")
    return key, int(value)


def _pids(text: str) -> list[int]:
    return [int(pid) for pid in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
