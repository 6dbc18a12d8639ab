"""Compiled, a schema takes what marshmallow takes: for every event of the application, or it leaves it to marshmallow."""

import copy
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import INCLUDE, Schema, ValidationError, fields, post_load

from controllers.compiled_load import compiled_load
from controllers.schemas.messages import SendMessageSchema
from server.app import create_app
from server.catalogue import CATALOGUE
from server.security.secrets_store import Secrets
from server.settings import Settings

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters())
    | st.just(str(uuid.UUID(int=7)))
    | st.sampled_from(["text", "voice", "\ud800", "", " \u2003", "a\0b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)
GOOD = {
    "conversationId": 7,
    "content": "  Réunion \n",
    "clientMessageId": str(uuid.uuid4()),
    "isUrgent": True,
    "type": "voice",
    "attachmentIds": [1, 2],
    "replyToId": None,
}


def judged(schema: type[Schema], data: dict[str, Any]) -> dict[str, Any] | None:
    try:
        loaded: dict[str, Any] = schema().load(data)
    except ValidationError:
        return None
    return loaded


def agree(schema: type[Schema], data: dict[str, Any]) -> None:
    quick = compiled_load(schema)(data)
    if quick is not None:
        assert quick == judged(schema, data)
        assert {key: type(value) for key, value in quick.items()} == {
            key: type(value) for key, value in (judged(schema, data) or {}).items()
        }


@given(st.dictionaries(st.sampled_from([*GOOD, "requiresResponse", "action", "odd"]), JSON, max_size=5))
def test_both_ways_agree_on_whatever_is_sent(changes: dict[str, Any]) -> None:
    agree(SendMessageSchema, {**GOOD, **changes})


@given(st.sets(st.sampled_from(list(GOOD))))
def test_both_ways_agree_on_what_is_missing(missing: set[str]) -> None:
    agree(SendMessageSchema, {key: value for key, value in GOOD.items() if key not in missing})


@given(st.uuids(), st.booleans())
def test_a_client_id_is_a_uuid_like_any_other(known: uuid.UUID, shouted: bool) -> None:
    text = str(known).upper() if shouted else str(known)
    made = (compiled_load(SendMessageSchema)({**GOOD, "clientMessageId": text}) or {})["client_message_id"]
    assert (made, hash(made), str(made), made.is_safe) == (known, hash(known), str(known), known.is_safe)
    assert (copy.copy(made), made.bytes, made.version) == (known, known.bytes, known.version)


@given(st.text("0123456789abcdefxX-_ {}\u0661\n", min_size=30, max_size=38))
def test_what_merely_looks_like_a_client_id_is_left_to_marshmallow(text: str) -> None:
    agree(SendMessageSchema, {**GOOD, "clientMessageId": text})


@given(st.text(st.characters(), max_size=12))
def test_both_ways_agree_on_every_content(text: str) -> None:
    quick = compiled_load(SendMessageSchema)({**GOOD, "content": text})
    assert quick == judged(SendMessageSchema, {**GOOD, "content": text})


def test_what_is_no_object_is_left_to_marshmallow() -> None:
    for data in (None, [], "text", 7, [GOOD]):
        assert compiled_load(SendMessageSchema)(data) is None


def test_what_is_in_order_needs_no_marshmallow() -> None:
    quick = compiled_load(SendMessageSchema)(GOOD)
    assert quick is not None
    assert quick == judged(SendMessageSchema, GOOD)
    assert compiled_load(SendMessageSchema)({**GOOD, "odd": 1}) is None
    assert compiled_load(SendMessageSchema)({"content": "a"}) is None


def test_every_event_agrees_on_odd_input(secrets: Secrets) -> None:
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"), secrets=secrets)
    events = app[CATALOGUE].events
    assert len(events) > 5
    for event in events:
        keys = [field.data_key or name for name, field in event.schema().load_fields.items()]
        values: tuple[Any, ...] = (1, 0, -1, 2**63, True, 1.0, "7", "", None, [], [1], {}, str(uuid.uuid4()))
        for value in values:
            agree(event.schema, dict.fromkeys(keys, value))


class Hooked(Schema):
    name = fields.String()

    @post_load
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"name": data["name"].upper()}


class Open(Schema):
    class Meta:
        unknown = INCLUDE


class Default(Schema):
    pages = fields.Integer(load_default=50)


@pytest.mark.parametrize("schema", [Hooked, Open])
def test_what_it_cannot_know_is_left_to_marshmallow(schema: type[Schema]) -> None:
    assert compiled_load(schema)({"name": "a"}) is None


def test_defaults_are_filled_in() -> None:
    assert compiled_load(Default)({}) == {"pages": 50}
