"""Error → status and envelope, for both transports. Whatever is not ours is INTERNAL with a constant text."""

import asyncio
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from marshmallow import ValidationError

from controllers.i18n import say
from controllers.validation_keys import fields_of
from repositories.errors import StorageUnavailable
from services.errors import DomainError

STATUS = MappingProxyType(
    {
        "VALIDATION_FAILED": 400,
        "AUTH_REQUIRED": 401,
        "SESSION_EXPIRED": 401,
        "FORBIDDEN": 403,
        "CONTEXT_ACCESS_DENIED": 403,
        "NOT_FOUND": 404,
        "CONFLICT": 409,
        "PAYLOAD_TOO_LARGE": 413,
        "UNSUPPORTED_FILE": 415,
        "RATE_LIMIT_EXCEEDED": 429,
        "UNKNOWN_EVENT": 400,
        "INTERNAL": 500,
        "UNAVAILABLE": 503,
    }
)
RETRY_AFTER = 1.0


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """`body` is what stands under "error"."""

    status: int
    body: dict[str, Any]

    @property
    def retry_after_header(self) -> str | None:
        """Whole seconds, rounded up, as HTTP wants them."""
        seconds = self.body.get("retryAfter")
        return None if seconds is None else str(max(1, math.ceil(seconds)))


def error_reply(error: BaseException, *, language: str, request_id: str) -> ErrorReply:
    """Never raises. A cancellation that was meant for this task is the caller's to raise again, not to answer."""
    code = code_of(error)
    reason = error.reason if isinstance(error, DomainError) else None
    body: dict[str, Any] = {"code": code, "message": say(reason or code, language)}
    if fields := _fields(error):
        body["fields"] = {name: say(key, language) for name, key in fields.items()}
    retry_after = _retry_after(error, code)
    if retry_after is not None:
        body["retryAfter"] = round(retry_after, 3)
    body["requestId"] = request_id
    return ErrorReply(STATUS[code], body)


def code_of(error: BaseException) -> str:
    """The code of the contract for anything that can be raised."""
    if isinstance(error, DomainError):
        return error.code if error.code in STATUS else "INTERNAL"
    if isinstance(error, ValidationError):
        return "VALIDATION_FAILED"
    if isinstance(error, StorageUnavailable) or is_statement_timeout(error):
        return "UNAVAILABLE"
    return "INTERNAL"


def is_statement_timeout(error: BaseException) -> bool:
    """aiopg says CancelledError when a statement took too long; nobody asked this task to stop then."""
    if not isinstance(error, asyncio.CancelledError):
        return False
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and task.cancelling() == 0


def _fields(error: BaseException) -> dict[str, str] | None:
    if isinstance(error, ValidationError):
        return fields_of(error)
    return error.fields if isinstance(error, DomainError) else None


def _retry_after(error: BaseException, code: str) -> float | None:
    if isinstance(error, DomainError) and error.retry_after is not None:
        return error.retry_after
    return RETRY_AFTER if code in ("UNAVAILABLE", "RATE_LIMIT_EXCEEDED") else None
