"""Where the server's time goes: py-spy looks many times a second while it is under load; shares by group, as Markdown."""

import argparse
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from bench.compare import PAIRS, database_in_a_folder
from bench.contenders import ROOT, Contender, ContenderError
from bench.database import BenchDatabase
from bench.entrants import enter, known
from bench.measurement import load_command
from bench.plan import WARM
from server import compiled
from server.postgres.errors import EmbeddedPostgresError

SYSTEM_CALL = r"^_*(?:GI_|libc_)*(?:{}) \("
POSTGRES = "PostgreSQL: statements, aiopg, psycopg2, libpq"
# Whatever they call is theirs.
OUTRIGHT = {"garbage collector": r"^gc_collect", POSTGRES: r"libpq|_psycopg"}
# Looking from the innermost frame outwards, the first one that belongs to a group counts.
GROUPS = {
    POSTGRES: r"\((aiopg|psycopg2|repositories)/",
    "writing to sockets": SYSTEM_CALL.format("send|sendmsg|write|writev")
    + r"|UVStream.*[wW]rite|\(server/realtime/outbox",
    "reading sockets, WebSocket frames": SYSTEM_CALL.format("read|recv|recvmsg")
    + r"|\(aiohttp/|_websocket|uv__(read|stream)",
    "JSON, packets and frames": r"orjson|\(json/|_json\.c|\(server/realtime/(frames|packets)|\((socketio|engineio)/",
    "schemas: checking and presenting": r"\(marshmallow/|\(controllers/(schemas|compiled)",
    "metrics and logs": r"\((prometheus_client|structlog)/|\(server/observability|\(server/realtime/metrics",
    "encryption, keys and tokens": r"\((cryptography|jwt)/|_rust|\(server/security|data_keys|libssl|libcrypto",
    "rate limits": r"\(server/(rate_limits|limits)|\(server/realtime/rate",
    "sockets, rooms and dispatch": r"\(server/realtime/",
    "telling what happened": r"\(server/(broadcaster|announcer|fanout|bus)",
    "handlers at the boundary": r"\(controllers/",
    "rules and group commit": r"\(services/",
    "rest of the server": r"\(server/(?!__main__|cli|event_loop)",
}
LOOP = "event loop, tasks and futures"
OUTRIGHT_MATCHERS, MATCHERS = (
    [(name, re.compile(pattern)) for name, pattern in patterns.items()] for patterns in (OUTRIGHT, GROUPS)
)
LINE = re.compile(r":\d+\)$")
# A thread of a pool that waits for work. With a C library without symbols py-spy cannot tell that it rests.
RESTS = "_worker (concurrent/futures/thread.py)"
MOST = 15
# Seconds until all have connected and the first sends are through; the load goes on for longer than it is looked at.
CONNECTED, SPARE = 3, 4


def profile(words: list[str]) -> int:
    """0; 1 when nothing could be seen."""
    args = _arguments(words)
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if spy is None:
        sys.exit("py-spy is not there; `make profile` brings it.")
    command = [spy, "record", "--native", "--subprocesses", "--rate", str(args.rate), "--format", "raw"]
    try:
        with database_in_a_folder() as (folder, postgres):
            contender = enter(args.contender, postgres, folder=folder, pairs=PAIRS)
            # Functions of what is compiled have no names that the groups know.
            contender = replace(contender, environment={**contender.environment, compiled.SWITCH: "no"})
            contender.seed()
            raw = args.raw or folder / "stacks"
            _record([*command, "--output", str(raw)], contender, postgres, args)
            seen = [
                (frames, count)
                for frames, count in stacks(raw.read_text("utf-8", "replace").splitlines())
                if innermost_python(frames) != RESTS
            ]
    except (ContenderError, EmbeddedPostgresError) as error:
        sys.exit(str(error))
    print("\n".join(_report(args.scenario, seen)))
    return 0 if seen else 1


def _record(command: list[str], contender: Contender, postgres: BenchDatabase, args: argparse.Namespace) -> None:
    timed = [f"warm={WARM}", f"secs={args.seconds + SPARE}"]
    with contender.running() as server:
        options = [*args.scenario.split(), *timed]
        load = subprocess.Popen(
            load_command(options, contender, postgres, server.pid), cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            time.sleep(CONNECTED)
            watch = [*command, "--duration", str(args.seconds), "--pid", str(server.pid)]
            done = subprocess.run(watch, capture_output=True, text=True, check=False)
        finally:
            load.terminate()
            load.wait()
    if done.returncode:
        raise ContenderError(f"py-spy could not look (it must be allowed to trace): {done.stderr.strip()[-500:]}")


def stacks(lines: Iterable[str]) -> Iterator[tuple[list[str], int]]:
    """(frames from the outermost, how often)."""
    for line in lines:
        stack, _, count = line.rpartition(" ")
        yield [LINE.sub(")", frame) for frame in stack.split(";")], int(count)


def innermost_python(frames: list[str]) -> str:
    return next((frame for frame in reversed(frames) if frame.endswith(".py)")), "–")


def group(frames: list[str]) -> str:
    for name, matcher in OUTRIGHT_MATCHERS:
        if any(map(matcher.search, frames)):
            return name
    for frame in reversed(frames):
        for name, matcher in MATCHERS:
            if matcher.search(frame):
                return name
    return LOOP


def _report(scenario: str, seen: list[tuple[list[str], int]]) -> Iterator[str]:
    groups, functions, innermost = Counter[str](), Counter[str](), Counter[str]()
    for frames, count in seen:
        groups[group(frames)] += count
        functions[innermost_python(frames)] += count
        innermost[frames[-1]] += count
    yield f"`{scenario}`, {groups.total():,} samples of the server while it was busy\n"
    yield from _table("what", groups)
    yield from _table("innermost function in Python, with what it calls in C", functions)
    yield from _table("innermost function in any language", innermost)


def _table(head: str, counts: Counter[str]) -> Iterator[str]:
    yield f"| {head} | share |"
    yield "| --- | ---: |"
    for name, count in counts.most_common(MOST):
        yield f"| {name.replace('|', '/')} | {100 * count / counts.total():.1f} % |"
    yield ""


def _arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/run.py profile", description=__doc__)
    parser.add_argument("--scenario", default="send n=50", metavar="SCENARIO", help="default: send n=50")
    parser.add_argument("--contender", default="ours", type=_python, metavar="NAME", help="ours, ours:N or plain")
    parser.add_argument("--seconds", type=int, default=10, metavar="N", help="default 10")
    parser.add_argument("--rate", type=int, default=200, metavar="N", help="looks a second, default 200")
    parser.add_argument("--raw", type=Path, metavar="FILE", help="keep the stacks, as flame graphs take them")
    return parser.parse_args(words)


def _python(name: str) -> str:
    if not known(name) or name == "peer":
        raise argparse.ArgumentTypeError(f"{name!r} is no server in Python")
    return name
