"""Is it alive, is it ready, and how is it? For the operator's proxy, supervisor and Prometheus; not for the internet.

None of it holds personal data, but nginx should not pass /metrics on (README, "running it for real").
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from controllers.errors import is_statement_timeout
from controllers.rest.responses import json_response

log = structlog.get_logger(__name__)
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Check:
    """`run` says how it is in a few words, or raises. What is not `vital` makes the server degraded, not unready."""

    run: Callable[[], Awaitable[str]]
    vital: bool = True


class Health:
    """`metrics` gives the text for Prometheus."""

    def __init__(
        self, *, checks: Mapping[str, Check], metrics: Callable[[], bytes], patience: float = PATIENCE
    ) -> None:
        self._checks = dict(checks)
        self._metrics = metrics
        self._patience = patience
        self._stopping = False

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/health/live", self.live),
            web.get("/health/ready", self.ready),
            web.get("/metrics", self.metrics),
        ]

    def stop(self) -> None:
        """From now on not ready, so that a proxy sends no new clients."""
        self._stopping = True

    async def live(self, _request: web.Request) -> web.Response:
        return json_response({"status": "ok"})

    async def ready(self, _request: web.Request) -> web.Response:
        results = dict(zip(self._checks, await asyncio.gather(*map(self._result, self._checks)), strict=True))
        failed = {name for name, result in results.items() if not result["ok"]}
        unready = self._stopping or any(self._checks[name].vital for name in failed)
        status = "stopping" if self._stopping else "unready" if unready else "degraded" if failed else "ok"
        return json_response({"status": status, "checks": results}, status=503 if unready else 200)

    async def metrics(self, _request: web.Request) -> web.Response:
        return web.Response(
            body=self._metrics(),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store"},
        )

    async def _result(self, name: str) -> dict[str, Any]:
        """What went wrong stands in the log: it may name hosts and people."""
        try:
            async with asyncio.timeout(self._patience):
                return {"ok": True, "detail": await self._checks[name].run()}
        except TimeoutError:
            return {"ok": False, "detail": f"no answer within {self._patience:g} s"}
        except asyncio.CancelledError as error:
            if not is_statement_timeout(error):
                raise
            return {"ok": False, "detail": "no answer in time"}
        except Exception as error:  # noqa: BLE001  # whatever it is, it is what the operator wants to know
            log.warning("health_check_failed", check=name, why=str(error))
            return {"ok": False, "detail": type(error).__name__}
