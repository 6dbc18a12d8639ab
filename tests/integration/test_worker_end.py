"""A worker that hangs at its end is gone in time and says what hung, though nobody is there any more to kill it."""

import asyncio
import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from server.workers.channel import Channel, Kind, Message
from tests.support.postgres import ScratchDatabase

ROOT = Path(__file__).parents[2]
SCRIPT = """
import asyncio, sys
from server import process
from server.workers import worker

process.STOP_SECONDS = 1.0


async def hangs(self):
    await asyncio.create_task(asyncio.Event().wait(), name="the last task")


worker.DoorRunner.cleanup = hangs
worker.main(int(sys.argv[1]))
"""


async def test_it_ends_itself_and_names_what_hangs(clean_database: ScratchDatabase, tmp_path: Path) -> None:
    channel, theirs = Channel.pair()
    with theirs:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SCRIPT, str(theirs.fileno())),
            cwd=ROOT,
            env=os.environ | _settings(clean_database, tmp_path),
            pass_fds=(theirs.fileno(),),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    try:
        channel.send(Kind.ORDERS, json.dumps(_orders(clean_database, tmp_path)).encode())
        assert (await _first_message(channel)).kind is Kind.READY
    finally:
        channel.close()
    _, said = await asyncio.wait_for(worker.communicate(), 30)
    assert worker.returncode == 1
    assert b"stop_hangs" in said
    assert b"the last task" in said


async def _first_message(channel: Channel) -> Message:
    come = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(channel.fileno(), come.set)
    try:
        await asyncio.wait_for(come.wait(), 60)
    finally:
        loop.remove_reader(channel.fileno())
    message = channel.receive()
    assert message is not None, "it ended before it was ready"
    return message


def _settings(database: ScratchDatabase, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database.server_url,
        "DATA_DIR": str(folder / "var"),
        "JWT_SECRET": "a secret for tests that is long enough",
        "ENCRYPTION_KEYS": f"test:{base64.b64encode(bytes(32)).decode()}",
        "WORKERS": "2",
    }


def _orders(database: ScratchDatabase, folder: Path) -> dict[str, Any]:
    return {
        "slot": 0,
        "workers": 2,
        "folder": str(folder),
        "parent": os.getpid(),
        "ends": {},
        "database_url": database.server_url,
        "demo_users": [],
    }
