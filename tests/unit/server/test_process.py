"""A process that was told to stop is gone in time, whatever hangs."""

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, time
from server import process

process.STOP_SECONDS = 0.5


async def what_hangs():
    {body}


async def main():
    process.end_in_time()
    await asyncio.create_task(what_hangs(), name="the last task")


asyncio.run(main())
process.ended_in_time()
time.sleep(1)  # longer than the time that is over now
"""


def stopped(body: str) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(body=body)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("await asyncio.Event().wait()", "the last task"),
        ("time.sleep(60)", "in what_hangs"),  # blocks the loop on purpose, for longer than anybody waits
        # The loop's end waits for its threads.
        ("asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)", "in _worker"),
    ],
    ids=["a task", "the loop", "a thread"],
)
def test_what_hangs_is_ended_and_named(body: str, told: str) -> None:
    done = stopped(body)
    assert done.returncode == 1
    assert told in done.stdout + done.stderr


def test_what_ends_in_time_is_left_alone() -> None:
    done = stopped("pass")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
