import asyncio
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from controllers.rest.health import Check, Health


async def good() -> str:
    return "4 migrations"


async def bad() -> str:
    raise OSError("canary: host db.internal does not answer")


async def frozen() -> str:
    await asyncio.Event().wait()
    return "never"


async def timed_out() -> str:
    raise asyncio.CancelledError


async def asked(aiohttp_client: Any, path: str, health: Health) -> tuple[int, Any]:
    app = web.Application()
    app.router.add_routes(health.routes())
    client = await aiohttp_client(app)
    response = await client.get(path)
    assert response.headers["Cache-Control"] == "no-store"
    return response.status, await (response.json() if path != "/metrics" else response.text())


def health(**checks: Check) -> Health:
    return Health(checks=checks, metrics=lambda: b"colloque_rooms 3.0\n", patience=0.05)


async def test_alive_whatever_happens_to_the_database(aiohttp_client: Any) -> None:
    assert await asked(aiohttp_client, "/health/live", health(database=Check(bad))) == (200, {"status": "ok"})


async def test_ready(aiohttp_client: Any) -> None:
    assert await asked(aiohttp_client, "/health/ready", health(database=Check(good))) == (
        200,
        {"status": "ok", "checks": {"database": {"ok": True, "detail": "4 migrations"}}},
    )


@pytest.mark.parametrize(
    ("run", "detail"), [(bad, "OSError"), (frozen, "no answer within 0.05 s"), (timed_out, "no answer in time")]
)
async def test_not_ready_without_something_vital(aiohttp_client: Any, run: Any, detail: str) -> None:
    with capture_logs():
        status, body = await asked(aiohttp_client, "/health/ready", health(database=Check(run), other=Check(good)))
    assert (status, body["status"]) == (503, "unready")
    assert body["checks"] == {
        "database": {"ok": False, "detail": detail},
        "other": {"ok": True, "detail": "4 migrations"},
    }


async def test_degraded_without_redis(aiohttp_client: Any) -> None:
    with capture_logs():
        status, body = await asked(aiohttp_client, "/health/ready", health(redis=Check(bad, vital=False)))
    assert (status, body["status"], body["checks"]["redis"]["ok"]) == (200, "degraded", False)


async def test_not_ready_once_it_is_stopping(aiohttp_client: Any) -> None:
    stopping = health(database=Check(good))
    stopping.stop()
    status, body = await asked(aiohttp_client, "/health/ready", stopping)
    assert (status, body["status"]) == (503, "stopping")


async def test_metrics(aiohttp_client: Any) -> None:
    assert await asked(aiohttp_client, "/metrics", health()) == (200, "colloque_rooms 3.0\n")


async def test_a_check_that_is_stopped_with_the_server_stays_stopped() -> None:
    waiting = asyncio.create_task(health(database=Check(frozen))._result("database"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
