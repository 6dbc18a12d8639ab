"""An example for any schema, so that the documents show what a call looks like."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, fields, validate

from controllers.schemas import base

ITSELF: dict[str, Any] = {
    "username": "ldupont",
    "firstName": "Léa",
    "lastName": "Dupont",
    "senderName": "Léa Dupont",
    "role": "patient",
    "userRole": "patient",
    "senderRole": "patient",
    "content": "Bonjour docteur",
    "password": "a long pass phrase",
    "email": "lea.dupont@example.org",
    "requestId": "0f8b6c7a5d3e4f21",
}
_BY_TYPE: tuple[tuple[type[fields.Field[Any]], Callable[[Any], Any]], ...] = (
    (fields.Nested, lambda field: example_of(field.schema)),
    (fields.List, lambda field: [_value("", field.inner)]),
    (base.Timestamp, lambda field: "2026-11-03T14:05:00.000Z"),
    (fields.UUID, lambda field: "5a1d6f0e-3c58-4b8e-9d35-0c1f7f2b9a44"),
    (fields.Constant, lambda field: field.constant),
    (fields.Boolean, lambda field: False),
    (fields.Number, lambda field: 42),
    (fields.String, lambda field: "text"),
    (fields.Dict, lambda field: {}),
)


def example_of(schema: Schema) -> Any:
    """Every field of the schema once, with a value of its type."""
    example = {field.data_key or name: _value(field.data_key or name, field) for name, field in schema.fields.items()}
    return [example] if schema.many else example


def _value(name: str, field: fields.Field[Any]) -> Any:
    for validator in field.validators:
        if isinstance(validator, validate.OneOf):
            return next(iter(validator.choices))
    if name in ITSELF:
        return ITSELF[name]
    for kind, make in _BY_TYPE:
        if isinstance(field, kind):
            return make(field)
    return None
