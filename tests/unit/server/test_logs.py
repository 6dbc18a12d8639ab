"""No content and no token reaches a log, whoever logs it and however."""

import io
import json
import logging
from collections.abc import Iterator

import psycopg2
import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMessage

from server.observability import configure_logging
from server.observability.redaction import redact, redact_text

CANARY = "canarybird"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3In0.c2lnbmF0dXJlY2FuYXJ5"
REFRESH = "q7Yb2vXo9Kd3Lm5Np8Rs1Tu4Vw6Xz0AbCdEfGhIjKlM"
ROW = (
    'null value in column "x" violates not-null constraint\n'
    f"DETAIL:  Failing row contains (1, {CANARY} (really), null).\n"
)
KEY = f'duplicate key value violates unique constraint "u"\nDETAIL:  Key (email, name)=({CANARY}, x) already exists.\n'
SYNTAX = f"invalid input syntax for type integer: \"{CANARY}\"\nLINE 1: SELECT '{CANARY}'::int\n               ^\n"


@pytest.fixture(params=["json", "text"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging(request.param, "DEBUG", stream)
    yield stream
    root.handlers[:], root.level = before
    structlog.reset_defaults()


def test_secret_keys_are_dropped(written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    for key in (
        "content",
        "accessToken",
        "password",
        "Authorization",
        "Cookie",
        "auth",
        "data",
        "jwt_secret",
        "email",
        "q",
    ):
        log.info("said", **{key: CANARY}, nested={"deep": [{key: CANARY}]})
    assert written.getvalue().count("said") == 10
    assert CANARY not in written.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        f"got {JWT} from somebody",
        f"Authorization: Bearer {CANARY}",
        f"refresh={REFRESH}; Path=/",
        f"the word {REFRESH} alone",
        f"GET /x?ticket={CANARY}&a=1",
        f"postgresql://colloque:{CANARY}@db/colloque",
        f'{{"content": "a \\" {CANARY}", "password": "{CANARY}"}}',
        f"{{'content': '{CANARY} and more', 'token': '{CANARY}'}}",
        ROW,
        KEY,
        SYNTAX,
    ],
)
def test_secrets_in_free_text_are_redacted_everywhere(written: io.StringIO, text: str) -> None:
    log = structlog.get_logger("test")
    log.info(text)
    log.info("said", note=text, list=[text], error=ValueError(text))
    logging.getLogger("socketio.server").warning("emitting %s", text)
    try:
        raise psycopg2.IntegrityError(text)
    except psycopg2.IntegrityError as error:
        log.exception("one")
        log.error("two", exc_info=error)
        logging.getLogger("asyncio").exception("three")
        logging.getLogger("asyncio").error("four", exc_info=error)
    output = written.getvalue()
    assert all(word in output for word in ("one", "two", "three", "four", "IntegrityError"))
    assert CANARY not in output
    assert REFRESH not in output
    assert "eyJ" not in output


def test_chatty_loggers_are_quiet(written: io.StringIO) -> None:
    for name in ("aiohttp.access", "socketio.server", "engineio.server", "asyncio"):
        logging.getLogger(name).info("received event %s", CANARY)
    assert written.getvalue() == ""


def test_bytes_that_aiohttp_could_not_read_are_not_quoted(written: io.StringIO) -> None:
    logging.getLogger("aiohttp.server").error("bad request", exc_info=BadHttpMessage(f"400, message:\n {CANARY}"))
    assert "BadHttpMessage" in written.getvalue()
    assert CANARY not in written.getvalue()


def test_local_variables_are_not_shown(written: io.StringIO) -> None:
    secret = CANARY
    try:
        raise ValueError(len(secret))
    except ValueError:
        structlog.get_logger("test").exception("failed")
    assert "ValueError: 10" in written.getvalue()
    assert f'"{CANARY}"' not in written.getvalue()


def test_json_lines_carry_level_logger_time_and_request_id() -> None:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("auto", "INFO", stream)
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("access").info("request", route="/api/things/{id}", ms=1.5, seq=12)
        structlog.get_logger("access").debug("not this")
        logging.getLogger("other").warning("foreign")
    root.handlers[:], root.level = before
    structlog.reset_defaults()
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first.pop("timestamp").endswith("Z")
    assert first == {
        "event": "request",
        "level": "info",
        "logger": "access",
        "request_id": "r-1",
        "route": "/api/things/{id}",
        "ms": 1.5,
        "seq": 12,
    }
    assert (second["event"], second["level"], second["request_id"]) == ("foreign", "warning", "r-1")


def test_what_is_harmless_stays() -> None:
    plain = (
        "join_room conversation_12 of user 7 in 1.5 ms, request 0f8b6c7a5d3e4f210f8b6c7a5d3e4f21 on /api/messaging/x"
    )
    assert redact_text(plain) == plain
    assert redact({"a": [1, None, True, 2.5], "b": b"xx", "c": (1,)}) == {
        "a": [1, None, True, 2.5],
        "b": "<2 bytes>",
        "c": [1],
    }
    nested: dict[str, object] = {}
    nested["a"] = nested
    assert "…" in str(redact(nested))


def test_long_hostile_texts_are_cut_and_take_no_time() -> None:
    for text in (
        "Key (" * 100_000,
        "content=" * 100_000,
        "eyJ" * 100_000,
        "a1B" * 100_000,
        '"\\' * 100_000,
        "(" * 100_000,
    ):
        assert len(redact_text(text)) <= 30_000
