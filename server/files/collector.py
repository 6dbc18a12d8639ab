"""Looks a few times an hour for files that no message has, and for what a crash left on its way in."""

import asyncio
import random
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from services.orphans import Orphans
from services.tasks import end

log = structlog.get_logger(__name__)
PERIOD = 900.0
LEFT_BEHIND_SECONDS = 24 * 3600.0


class Collector:
    """`folders` hold only what is under way; what is a day old in there belongs to nobody any more."""

    def __init__(self, *, orphans: Orphans, folders: Sequence[Path], period: float = PERIOD) -> None:
        self._orphans = orphans
        self._folders = folders
        self._period = period
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="file collector")

    async def close(self) -> None:
        await end([self._task])

    async def _work(self) -> None:
        while True:
            # Nodes that were started together need not look at the same moment.
            await asyncio.sleep(self._period * random.uniform(0.5, 1.0))  # noqa: S311  # no secret
            try:
                removed = await self._orphans.collect()
                await asyncio.to_thread(clear_left_behind, self._folders)
            except Exception:
                log.exception("collecting_files_failed")
            else:
                log.info("files_collected", removed=removed)


def clear_left_behind(folders: Sequence[Path], *, older_than: float = LEFT_BEHIND_SECONDS) -> None:
    limit = time.time() - older_than
    for folder in folders:
        for left in folder.glob("*"):
            if left.stat().st_mtime > limit:
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)
