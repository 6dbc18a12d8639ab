"""One answer for each error, in both languages."""

import ast
import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from controllers import errors, i18n, validation_keys
from controllers.errors import STATUS, ErrorReply, code_of, error_reply
from services import errors as domain

ROOT = Path(__file__).parents[3]
PLACE = re.compile(r"\{\d\}")
DOMAIN_ERRORS = {name for name, kind in vars(domain).items() if isinstance(kind, type) and issubclass(kind, Exception)}


def reply(error: BaseException, language: str = "en") -> ErrorReply:
    return error_reply(error, language=language, request_id="r-1")


def test_the_catalogues_say_the_same_things() -> None:
    french, english = i18n.CATALOGUES["fr"], i18n.CATALOGUES["en"]
    assert french.keys() == english.keys()
    for key, sentence in english.items():
        assert PLACE.findall(sentence) == PLACE.findall(french[key]), key
        assert french[key] != sentence, key


def test_every_code_and_every_key_of_a_validator_has_a_sentence() -> None:
    own = set(validation_keys._SENTENCES.values()) | {key for _, key in validation_keys._PATTERNS}
    assert set(STATUS) | own <= i18n.CATALOGUES["en"].keys()


def _constant(node: ast.expr | None) -> str | None:
    """The text before the first colon of "key" or f"key:{parameter}"."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value.partition(":")[0]
    return None


def _keys_raised(tree: ast.AST) -> Iterator[str | None]:
    for call in ast.walk(tree):
        name = call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else None
        if name in DOMAIN_ERRORS:
            assert isinstance(call, ast.Call)
            for keyword in call.keywords:
                values = keyword.value.values if isinstance(keyword.value, ast.Dict) else [keyword.value]
                yield from (_constant(value) for value in values if keyword.arg in ("reason", "fields"))
        elif name in ("ValidationError", "_failed"):
            assert isinstance(call, ast.Call)
            yield _constant(call.args[0])


def test_every_key_that_the_code_raises_has_a_sentence() -> None:
    found: set[str] = set()
    for folder in ("services", "controllers"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= {key for key in _keys_raised(ast.parse(path.read_text("utf-8"))) if key}
    assert {"client_id_reused", "too_long", "not_time", "encoded_body", "own_id"} <= found
    assert found <= i18n.CATALOGUES["en"].keys()


def test_no_sentence_waits_for_a_key_that_nobody_says() -> None:
    """Keys of obstacles to writing come from the database."""
    sources = [
        path.read_text("utf-8")
        for folder in ("server", "services", "controllers", "sql")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in (".py", ".sql") and not path.name.startswith("messages_")
    ]
    said = {key for text in sources for key in re.findall(r"[\"']([A-Za-z_]+)(?=[\"':])", text)}
    assert i18n.CATALOGUES["en"].keys() - said == set()


@pytest.mark.parametrize("kind", [vars(domain)[name] for name in sorted(DOMAIN_ERRORS)])
def test_every_domain_error_has_a_status_and_a_sentence_in_both_languages(kind: type[domain.DomainError]) -> None:
    assert kind.code in STATUS
    said = {reply(kind(), language).body["message"] for language in ("fr", "en")}
    assert len(said) == 2


def test_reason_fields_and_times_are_said() -> None:
    error = domain.RateLimitExceeded(reason="forum_off", fields={"a": "too_long:5"}, retry_after=2.34567)
    assert reply(error, "fr") == ErrorReply(
        429,
        {
            "code": "RATE_LIMIT_EXCEEDED",
            "message": "Le forum est désactivé.",
            "fields": {"a": "Il en faut au plus 5."},
            "retryAfter": 2.346,
            "requestId": "r-1",
        },
    )
    assert reply(error).retry_after_header == "3"
    assert reply(domain.NotFound()).retry_after_header is None


def test_a_code_nobody_knows_is_internal() -> None:
    class Odd(domain.DomainError):
        code = "ODD"

    assert reply(Odd()).status == 500


def test_a_cancelled_error_outside_of_a_task_is_not_a_timeout() -> None:
    assert code_of(asyncio.CancelledError()) == "INTERNAL"


async def test_a_cancelled_error_is_a_timeout_only_when_nobody_cancelled() -> None:
    assert code_of(asyncio.CancelledError()) == "UNAVAILABLE"
    seen: list[bool] = []

    async def victim() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError as error:
            seen.append(errors.is_statement_timeout(error))
            raise

    task = asyncio.create_task(victim())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert seen == [False]
    assert errors.is_statement_timeout(ValueError()) is False


class Everything(Schema):
    number = fields.Integer(strict=True, validate=validate.Range(min=1))
    small = fields.Integer(validate=validate.Range(max=5))
    between = fields.Integer(validate=validate.Range(min=1, max=5))
    real = fields.Float()
    choice = fields.String(validate=validate.OneOf(("a", "b")))
    short = fields.String(validate=validate.Length(min=2))
    long = fields.String(validate=validate.Length(max=2))
    ranged = fields.String(validate=validate.Length(min=2, max=3))
    exact = fields.String(validate=validate.Length(equal=2))
    pattern = fields.String(validate=validate.Regexp("a"))
    flag = fields.Boolean()
    uuid = fields.UUID()
    when = fields.DateTime()
    mail = fields.Email()
    url = fields.Url()
    listed = fields.List(fields.Integer())
    mapping = fields.Dict()
    nested = fields.Nested("Everything")
    null = fields.String()
    odd = fields.String(validate=validate.Equal("x"))
    needed = fields.String(required=True)


def test_the_sentences_of_marshmallow_become_keys() -> None:
    wrong = {
        "number": 0,
        "small": 6,
        "between": 9,
        "real": "x",
        "choice": "c",
        "short": "a",
        "long": "aaa",
        "ranged": "a",
        "exact": "a",
        "pattern": "b",
        "flag": "perhaps",
        "uuid": "u",
        "when": "w",
        "mail": "m",
        "url": "u",
        "listed": 5,
        "mapping": 5,
        "nested": {"number": "1", "needed": "", "listed": [1, "x"]},
        "null": None,
        "odd": "y",
        "more": 1,
    }
    with pytest.raises(ValidationError) as caught:
        Everything().load(wrong)
    assert validation_keys.fields_of(caught.value) == {
        "number": "too_small:1",
        "small": "too_big:5",
        "between": "out_of_range",
        "real": "wrong_type_number",
        "choice": "one_of:a, b",
        "short": "too_short:2",
        "long": "too_long:2",
        "ranged": "wrong_length:2–3",
        "exact": "wrong_length:2",
        "pattern": "not_pattern",
        "flag": "wrong_type_boolean",
        "uuid": "not_uuid",
        "when": "not_time",
        "mail": "not_email",
        "url": "not_url",
        "listed": "wrong_type_list",
        "mapping": "wrong_type_object",
        "nested.number": "wrong_type_integer",
        "nested.listed.1": "wrong_type_integer",
        "null": "null",
        "odd": "invalid",
        "more": "unknown_field",
        "needed": "required",
    }
    french = error_reply(caught.value, language="fr", request_id="r").body["fields"]
    assert french["needed"] == "Ce champ est obligatoire."
    assert french["ranged"] == "La longueur doit être de 2–3."


def test_a_flood_of_unknown_fields_is_cut() -> None:
    with pytest.raises(ValidationError) as caught:
        Everything().load({"x" * 300 + str(number): 1 for number in range(1000)})
    found = validation_keys.fields_of(caught.value)
    assert len(found) <= validation_keys.MOST_FIELDS
    assert max(map(len, found)) <= validation_keys.LONGEST_PATH


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("FR", "fr"),
        ("de", "en"),
        ("en, fr", "en"),
        ("fr, en", "fr"),
        ("en;q=0.5, fr;q=0.8", "fr"),
        ("en ; q=0.8, fr ; q=0.5", "en"),
        ("fr;q=0, en", "en"),
        ("fr;q=0", "en"),
        ("*", "en"),
        ("fr;q=0.4, *;q=0.5", "en"),
        ("fr;q=x", "en"),
        ("fr;q=2", "en"),
        ("fr;level=1", "fr"),
        ("french", "en"),
        ("x" * 100_000 + ",fr", "en"),
        (",,;;q=,fr", "fr"),
    ],
)
def test_the_language_is_chosen_by_weight(header: str | None, language: str) -> None:
    assert i18n.choose_language(header) == language


def test_what_is_not_in_the_catalogue_is_said_in_general() -> None:
    assert i18n.say("no_such_key:5", "en") == "This is not valid."
    assert i18n.say("required", "xx") == "This is required."
    assert i18n.say("not_with:{0}:b", "en") == "This cannot be given together with {0}:b."
