"""One measurement: a fresh server, the load generator as a process of its own, and what that printed."""

import json
import subprocess
import sys
from collections.abc import Sequence

from bench.contenders import ROOT, Contender
from bench.database import BenchDatabase


def measured(options: Sequence[str], contender: Contender, database: BenchDatabase) -> dict[str, object]:
    """The figures by name, or `void` with the reason. Raises ContenderError when the server does not start."""
    database.settle()
    with contender.running() as server:
        command = load_command(options, contender, database, server.pid)
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if server.poll() is not None:
            return {"void": f"the server ended under load with {server.returncode}"}
    if not done.stdout.strip():
        return {"void": "the load generator failed; its error stands above"}
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def load_command(options: Sequence[str], contender: Contender, database: BenchDatabase, server: int) -> list[str]:
    return [
        *(sys.executable, "-m", "bench.load", f"ws://127.0.0.1:{contender.port}", *options),
        *("--server", str(server), "--postmaster", str(database.postmaster), "--pairs", str(contender.pairs)),
    ]
