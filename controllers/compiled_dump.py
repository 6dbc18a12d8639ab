"""What a reply schema dumps, without marshmallow's cost for each field and each value: the schema stays the one source.

A schema is read once and becomes a plain function. Whatever it does not know how to say itself (a field of another kind,
a hook, an override) is left to marshmallow.
"""

from collections.abc import Callable, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from marshmallow import Schema, fields, missing

Dump = Callable[[Any], Any]
# Fewer fields are read one by one just as quickly.
WORTH_A_GETTER = 3
# What these do to a value that is what it should be: nothing.
AS_IT_IS = frozenset(
    {fields.Boolean._serialize, fields.Integer._serialize, fields.Dict._serialize, fields.Field._serialize}
)


@cache
def compiled(schema: type[Schema]) -> Dump:
    """The same as `schema().dump`, for one object."""
    instance = schema()
    if _has_its_own_way(instance):
        return instance.dump
    parts = tuple(
        (field.data_key or name, field.attribute or name, _converter(field))
        for name, field in instance.dump_fields.items()
    )
    step_by_step = _of_any(parts)
    if len(parts) < WORTH_A_GETTER:
        return step_by_step
    keys = tuple(key for key, _, _ in parts)
    read = attrgetter(*(attribute for _, attribute, _ in parts))
    converters = tuple((key, convert) for key, _, convert in parts if convert is not None)

    def dump(source: Any) -> dict[str, Any]:
        try:
            said: dict[str, Any] = dict(zip(keys, read(source), strict=True))
        except AttributeError:
            return step_by_step(source)
        for key, convert in converters:
            if (value := said[key]) is not None:
                said[key] = convert(value)
        return said

    return dump


def _of_any(parts: Sequence[tuple[str, str, Dump | None]]) -> Callable[[Any], dict[str, Any]]:
    """Of objects, dictionaries and what is in them; what one lacks is not said."""
    steps = tuple((key, *_path(attribute), convert) for key, attribute, convert in parts)

    def dump(source: Any) -> dict[str, Any]:
        said = {}
        is_dict = isinstance(source, dict)
        for key, name, further, convert in steps:
            value = source.get(name, missing) if is_dict else getattr(source, name, missing)
            for part in further:
                value = value.get(part, missing) if isinstance(value, dict) else getattr(value, part, missing)
            if value is not missing:
                said[key] = value if value is None or convert is None else convert(value)
        return said

    return dump


@cache
def _nested(schema: type[Schema]) -> Dump:
    """A message is told to its room and then, in the ack, to its sender: what cannot change is said once."""
    dump = compiled(schema)
    if not getattr(schema, "source_is_immutable", False):
        return dump
    last: tuple[Any, Any] = (None, None)

    def dump_or_recall(source: Any) -> Any:
        nonlocal last
        if last[0] is not source:
            last = (source, dump(source))
        return last[1]

    return dump_or_recall


def _path(attribute: str) -> tuple[str, tuple[str, ...]]:
    first, *further = attribute.split(".")
    return first, tuple(further)


def _has_its_own_way(schema: Schema) -> bool:
    kind = type(schema)
    overridden = kind.dump is not Schema.dump or kind.get_attribute is not Schema.get_attribute
    return overridden or any(schema._hooks.values())


def _converter(field: fields.Field[Any]) -> Dump | None:
    """None: the value is said as it is."""
    if isinstance(field, fields.Nested) and not (field.many or field.only or field.exclude):
        return _nested(type(field.schema))
    if isinstance(field, fields.List):
        return _of_list(_converter(field.inner))
    if isinstance(field, fields.Dict) and field.value_field is not None:
        return _of_dict(_converter(field.value_field))
    return _of_scalar(field)


def _of_list(inner: Dump | None) -> Dump:
    return list if inner is None else lambda values: [inner(value) for value in values]


def _of_dict(inner: Dump | None) -> Dump:
    return dict if inner is None else lambda values: {key: inner(value) for key, value in values.items()}


def _of_scalar(field: fields.Field[Any]) -> Dump | None:
    if isinstance(field, fields.UUID):
        return str
    if type(field)._serialize is fields.String._serialize:
        return _text
    if type(field)._serialize in AS_IT_IS:
        return None
    return lambda value: field._serialize(value, None, None)


def _text(value: Any) -> str:
    return value if type(value) is str else str(value)
