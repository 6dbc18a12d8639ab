"""Compiled, a schema says what marshmallow says: for every reply, ack and event of the application."""

import datetime
import uuid
from collections import namedtuple
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields, missing, post_dump

from controllers.compiled_dump import compiled
from controllers.schemas.events import SERVER_EVENTS
from controllers.schemas.messages import MessageContent, MessageSchema, SentSchema
from server.app import create_app
from server.catalogue import CATALOGUE
from server.security.secrets_store import Secrets
from server.settings import Settings

MOMENT = datetime.datetime(2026, 11, 21, 8, 5, 1, 234567, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))


def value_of(field: fields.Field[Any]) -> Any:
    if isinstance(field, fields.Nested):
        return source_of(field.schema)
    if isinstance(field, fields.List):
        return [value_of(field.inner), value_of(field.inner)]
    if isinstance(field, fields.Dict):
        return {"7": 7 if field.value_field is None else value_of(field.value_field)}
    for kind, value in (
        (fields.DateTime, MOMENT),
        (fields.Date, MOMENT.date()),
        (fields.Float, 7.5),
        (fields.UUID, uuid.UUID(int=7)),
        (fields.Boolean, True),
        (fields.Integer, 7),
        (fields.String, "sé\0🙏"),
        (MessageContent, {"code": "context_version_changed", "params": {"version": 2}}),
    ):
        if isinstance(field, kind):
            return value
    raise AssertionError(f"no value for {field}")


def source_of(schema: Schema, *, without: frozenset[str] = frozenset()) -> Any:
    """Objects in objects, as the attributes of the schema's fields go."""
    top = SimpleNamespace()
    for name, field in schema.dump_fields.items():
        *path, last = (field.attribute or name).split(".")
        if name in without:
            continue
        place = top
        for part in path:
            if not hasattr(place, part):
                setattr(place, part, SimpleNamespace())
            place = getattr(place, part)
        setattr(place, last, value_of(field))
    return top


def made_of_parts(schema: Schema) -> Iterator[bool]:
    """Schemas that read a pair or a detail by themselves, and so are left to marshmallow."""
    yield type(schema).get_attribute is not Schema.get_attribute
    for field in schema.dump_fields.values():
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from made_of_parts(inner.schema)


def schemas(secrets: Secrets) -> Iterator[type[Schema]]:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none")
    catalogue = create_app(settings, secrets=secrets)[CATALOGUE]
    for endpoint in catalogue.endpoints:
        yield from filter(None, endpoint.replies.values())
    yield from (event.ack for event in catalogue.events)
    yield from (event.schema for event in SERVER_EVENTS.values())


def test_every_schema_says_the_same_in_both_ways(secrets: Secrets) -> None:
    seen = set(schemas(secrets))
    assert len(seen) > 30
    for schema in seen:
        if any(made_of_parts(schema())):
            continue
        source = source_of(schema())
        assert compiled(schema)(source) == schema().dump(source), schema


class Read(dict[str, Any]):
    """As a driver's row may be."""


@given(data=st.data())
def test_both_ways_agree_on_whatever_is_said(data: st.DataObject) -> None:
    """Objects, dictionaries and tuples with names; each field is there, or null, or missing."""
    known: list[type[Schema]] = [MessageSchema, SentSchema, *(event.schema for event in SERVER_EVENTS.values())]
    schema = data.draw(st.sampled_from([schema for schema in known if not any(made_of_parts(schema()))]))
    whole = vars(source_of(schema()))
    said = {name: data.draw(st.sampled_from([value, value, value, None, missing])) for name, value in whole.items()}
    there = {name: value for name, value in said.items() if value is not missing}
    kinds: list[Any] = [dict, Read, SimpleNamespace, named_tuple]
    source = data.draw(st.sampled_from(kinds))(**there)
    assert compiled(schema)(source) == schema().dump(source)


def named_tuple(**values: Any) -> tuple[Any, ...]:
    return namedtuple("Source", values)(**values)  # noqa: PYI024  # its fields are known when it is made


def test_what_is_missing_and_what_is_null_stay_so() -> None:
    schema = MessageSchema()
    for field in schema.dump_fields:
        source = source_of(schema, without=frozenset({field}))
        assert compiled(MessageSchema)(source) == schema.dump(source)
        setattr(source, field, None)
        assert compiled(MessageSchema)(source) == schema.dump(source)


def test_mappings_are_read_by_key() -> None:
    source = {"conversation_id": 7, "user_id": 8, "updated_count": 1, "read_seq": 2, "read_at": MOMENT}
    schema = SERVER_EVENTS["messages_read"].schema
    assert compiled(schema)(source) == schema().dump(source)


def test_text_that_is_no_text_becomes_one() -> None:
    class Named(Schema):
        name = fields.String()

    assert compiled(Named)({"name": uuid.UUID(int=7)}) == Named().dump({"name": uuid.UUID(int=7)})


@given(number=st.uuids() | st.integers(0, 2**64).map(lambda low: uuid.UUID(int=low)))
def test_client_ids_are_said_as_str_says_them(number: uuid.UUID) -> None:
    class Named(Schema):
        id = fields.UUID()

    assert compiled(Named)({"id": number}) == compiled(Named)({"id": str(number)}) == {"id": str(number)}


def test_names_that_dictionaries_have_themselves_are_no_methods_here() -> None:
    class Paged(Schema):
        items = fields.List(fields.Integer())
        copy = fields.Integer()

    for source in ({"items": [7], "copy": 1}, Read(items=[7], copy=1), SimpleNamespace(items=[7], copy=1)):
        assert compiled(Paged)(source) == {"items": [7], "copy": 1}


class Hooked(Schema):
    name = fields.String()

    @post_dump
    def shout(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"name": data["name"].upper()}


class Overridden(Schema):
    name = fields.String()

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return obj[0]


class Unusual(Schema):
    name = fields.Decimal(as_string=True)


@pytest.mark.parametrize(
    ("schema", "source", "said"),
    [(Hooked, {"name": "a"}, "A"), (Overridden, ("a",), "a"), (Unusual, {"name": "1.50"}, "1.50")],
)
def test_what_it_does_not_know_is_left_to_marshmallow(schema: type[Schema], source: Any, said: str) -> None:
    assert compiled(schema)(source) == {"name": said}
