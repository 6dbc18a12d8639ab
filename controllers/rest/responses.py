"""JSON answers, good and bad."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from controllers.errors import error_reply
from services.principal import Origin

NO_STORE = {"Cache-Control": "no-store"}


def json_response(body: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(body),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers={**NO_STORE, **(headers or {})},
    )


def empty_response(status: int) -> web.Response:
    return web.Response(status=status, headers=NO_STORE)


def error_response(error: BaseException, origin: Origin) -> web.Response:
    """The envelope of the contract for anything raised."""
    reply = error_reply(error, language=origin.language, request_id=origin.request_id)
    headers = {} if reply.retry_after_header is None else {"Retry-After": reply.retry_after_header}
    if reply.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    response = json_response({"error": reply.body}, status=reply.status, headers=headers)
    if reply.status == 413:
        response.force_close()
    return response
