"""What an operator asks of the whole: /metrics and /health/ready, whichever worker is asked."""

import asyncio
import re
from collections.abc import Mapping

import aiohttp
import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from server.workers.siblings import Siblings

PATIENCE = 2.5
METRICS, READY = "/metrics", "/health/ready"
_SAMPLE = re.compile(rb"^([A-Za-z_:][A-Za-z0-9_:]*)(\{)?", re.MULTILINE)
_FAMILY = re.compile(rb"^# HELP ([A-Za-z0-9_:]+) ", re.MULTILINE)


class Gathering:
    """The answer of the worker that was asked, with that of its siblings. Who does not answer is said to be missing."""

    def __init__(self, siblings: Siblings, *, ends: Mapping[str, int]) -> None:
        self._siblings = siblings
        self.ends = ends
        """How many workers the parent had to replace, by reason: it tells all of them."""

    async def metrics(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every sample has the label `worker`; colloque_worker_up says who answered."""
        own, others = await asyncio.gather(handler(request), self._ask(METRICS))
        if not isinstance(own, web.Response) or own.status != 200:
            return own
        texts = {self._siblings.slot: _bytes(own)}
        texts |= {slot: text for slot, (status, text) in others.items() if status == 200}
        own.body = merged(texts, workers=len(others) + 1, ends=self.ends)
        return own

    async def ready(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Ready when the one that was asked is; `degraded` while a sibling is not."""
        own, others = await asyncio.gather(handler(request), self._ask(READY))
        if not isinstance(own, web.Response):
            return own
        report = orjson.loads(_bytes(own))
        report["workers"] = {str(slot): _word(status) for slot, (status, _) in others.items()}
        report["workers"][str(self._siblings.slot)] = _word(own.status)
        if report["status"] == "ok" and any(status != 200 for status, _ in others.values()):
            report["status"] = "degraded"
        own.body = orjson.dumps(report, option=orjson.OPT_SORT_KEYS)
        return own

    async def _ask(self, path: str) -> dict[int, tuple[int, bytes]]:
        slots = self._siblings.slots
        answers = await asyncio.gather(*(self._answer(slot, path) for slot in slots))
        return dict(zip(slots, answers, strict=True))

    async def _answer(self, slot: int, path: str) -> tuple[int, bytes]:
        """(0, nothing) when there is none."""
        try:
            async with asyncio.timeout(PATIENCE), self._siblings.session(slot).get(f"http://worker{path}") as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError):
            return 0, b""


def merged(texts: dict[int, bytes], *, workers: int, ends: Mapping[str, int]) -> bytes:
    """One exposition of several: each family once, its samples labelled by worker."""
    families: dict[bytes, list[bytes]] = {}
    heads: dict[bytes, bytes] = {}
    for slot, text in sorted(texts.items()):
        for name, head, samples in _families(text):
            heads.setdefault(name, head)
            families.setdefault(name, []).append(_labelled(samples, slot))
    up = b"# HELP colloque_worker_up 1: this worker answered\n# TYPE colloque_worker_up gauge\n"
    up += b"".join(b'colloque_worker_up{worker="%d"} %d\n' % (slot, slot in texts) for slot in range(workers))
    replaced = b"# HELP colloque_worker_ends_total Workers that ended unasked, or hung and were killed\n"
    replaced += b"# TYPE colloque_worker_ends_total counter\n"
    replaced += b"".join(
        b'colloque_worker_ends_total{why="%s"} %d\n' % (why.encode(), ends[why]) for why in sorted(ends)
    )
    return up + replaced + b"".join(heads[name] + b"".join(samples) for name, samples in families.items())


def _families(text: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """(name, the lines HELP and TYPE, samples)"""
    starts = [match.start() for match in _FAMILY.finditer(text)]
    found = []
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        help_line, type_line, samples = text[start:stop].split(b"\n", 2)
        found.append((help_line.split(b" ", 3)[2], help_line + b"\n" + type_line + b"\n", samples))
    return found


def _labelled(samples: bytes, slot: int) -> bytes:
    def label(match: re.Match[bytes]) -> bytes:
        return match[1] + b'{worker="%d"' % slot + (b"," if match[2] else b"}")

    return _SAMPLE.sub(label, samples)


def _bytes(response: web.Response) -> bytes:
    return response.body if isinstance(response.body, bytes) else b""


def _word(status: int) -> str:
    return "ok" if status == 200 else "unready" if status else "no answer"
