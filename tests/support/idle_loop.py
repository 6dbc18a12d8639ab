"""`python -m tests.support.idle_loop`: a loop with nothing to do. What it is late by is the machine's, and nobody's fault.

Prints an empty line when it has begun, and its lags in seconds, as JSON, when its standard input ends.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from server.observability.loop_lag import INTERVAL, LoopLag

PATIENCE = 10.0


@contextmanager
def idle_loop() -> Iterator[list[float]]:
    """The lags are in the list when the block has ended."""
    lags: list[float] = []
    program = [sys.executable, "-m", "tests.support.idle_loop"]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it has begun
        yield lags
        said, _ = process.communicate("", timeout=PATIENCE)
        lags += json.loads(said)
    finally:
        process.kill()
        process.wait()


async def _idle() -> list[float]:
    lags: list[float] = []
    watch = LoopLag(lambda lag, _: lags.append(lag), interval=INTERVAL)
    watch.start()
    sys.stdout.write("\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    watch.close()
    return lags


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(_idle())))
