"""Reading a request: token, path, query, body. Everything that is not as it should be is refused here."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from marshmallow import Schema

from controllers.strict_json import parse_object, require_few_keys
from services.errors import AuthRequired, PayloadTooLarge, ValidationFailed

# From the head of a request to the end of its JSON, or of the fields before a file: a client that sends a byte now and then
# shall not keep a connection for ever.
BODY_SECONDS = 30.0
_BEARER = re.compile(r"bearer ([A-Za-z0-9\-._~+/]+=*)", re.ASCII | re.IGNORECASE)


def bearer_token(request: web.BaseRequest) -> str:
    """Raises AuthRequired when there is no Authorization header, more than one, or another scheme."""
    given = request.headers.getall("Authorization", [])
    match = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    if match is None:
        raise AuthRequired
    return match[1]


def load(schema: Schema | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValidationFailed, marshmallow.ValidationError. Without a schema nothing is taken over."""
    if schema is None:
        return {}
    require_few_keys(given)
    loaded: dict[str, Any] = schema.load(given)
    return loaded


def query_of(request: web.BaseRequest) -> dict[str, str]:
    """Raises ValidationFailed for a name given twice: two readers could disagree on which one counts."""
    twice = {name: "given_twice" for name in request.query if len(request.query.getall(name)) > 1}
    if twice:
        raise ValidationFailed(fields=twice)
    return dict(request.query)


async def json_body(request: web.BaseRequest, max_bytes: int) -> dict[str, Any]:
    """An absent body counts as `{}`. `max_bytes` 0: no limit. Raises ValidationFailed, PayloadTooLarge."""
    if not request.can_read_body:
        return {}
    # To inflate it would be to take bombs; a chat has no need of it.
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ValidationFailed(fields={"_": "encoded_body"})
    raw = await _read(request, max_bytes)
    if not raw:
        return {}
    if request.content_type != "application/json":
        raise ValidationFailed(fields={"_": "not_json"})
    return parse_object(raw)


async def _read(request: web.BaseRequest, max_bytes: int) -> bytes:
    if max_bytes and (request.content_length or 0) > max_bytes:
        raise PayloadTooLarge
    chunks, size = [], 0
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.content.iter_any():
                size += len(chunk)
                if max_bytes and size > max_bytes:
                    raise PayloadTooLarge
                chunks.append(chunk)
    except (ConnectionError, TimeoutError, web.RequestPayloadError) as error:
        # The client's fault, or its network's: phones lose theirs in the middle of a request.
        raise ValidationFailed(fields={"_": "bad_json"}) from error
    return b"".join(chunks)
