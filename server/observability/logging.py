"""structlog for our own code and the standard library's loggers alike: JSON, or readable on a terminal."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from aiohttp.http_exceptions import HttpProcessingError
from structlog.typing import Processor

from server.observability.redaction import LONGEST_TRACE, redact_named, redact_text

Event = MutableMapping[str, Any]
# These say bodies, packets or addresses with queries at INFO.
QUIET = {
    "aiohttp.access": logging.ERROR,
    "aiohttp.server": logging.WARNING,
    "aiohttp.web": logging.WARNING,
    "socketio": logging.WARNING,
    "socketio.server": logging.WARNING,
    "engineio": logging.WARNING,
    "engineio.server": logging.WARNING,
    "asyncio": logging.WARNING,
}
HARMLESS = ("event", "level", "logger", "timestamp", "exception", "_record", "_from_structlog")


def configure_logging(log_format: str, level: str, stream: TextIO | None = None, *, worker: int | None = None) -> None:
    """`log_format`: json, text, or auto (text on a terminal). May be called again; the last call counts.

    `worker` stands in every line, where several processes write to one stream.
    """
    stream = stream or sys.stderr
    as_text = log_format == "text" or (log_format == "auto" and stream.isatty())
    structlog.configure(
        processors=[*_shared(worker), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        # A cached logger would keep the processors of an earlier call.
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(as_text, colors=stream.isatty(), worker=worker))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name, floor in QUIET.items():
        logging.getLogger(name).setLevel(max(floor, root.level))


def drop_secrets(_logger: Any, _method: str, event: Event) -> Event:
    """The last processor before rendering: nothing goes around it."""
    for name, value in list(event.items()):
        if name == "event":
            event[name] = redact_text(str(value))
        elif name not in HARMLESS:
            event[name] = redact_named(name, value)
    return event


def format_exception(_logger: Any, _method: str, event: Event) -> Event:
    """The traceback as text, without local variables, its messages redacted: psycopg2 quotes rows in them."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        # aiohttp quotes the bytes that it could not read: they may be the rest of somebody's message.
        quotes = isinstance(error, HttpProcessingError)
        lines = [type(error).__name__] if quotes else traceback.format_exception(error, limit=-30)
        event["exception"] = redact_text("".join(lines)[-LONGEST_TRACE:], LONGEST_TRACE)
    return event


def _shared(worker: int | None) -> list[Processor]:
    def number(_logger: Any, _method: str, event: Event) -> Event:
        return event if worker is None else {**event, "worker": worker}

    return [
        number,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(as_text: bool, *, colors: bool, worker: int | None) -> logging.Formatter:
    renderer: Processor
    if as_text:
        renderer = structlog.dev.ConsoleRenderer(colors=colors, exception_formatter=structlog.dev.plain_traceback)
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(worker),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            format_exception,
            drop_secrets,
            renderer,
        ],
    )
