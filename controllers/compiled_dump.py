"""What a reply schema dumps, without marshmallow's cost for each field and each value: the schema stays the one source.

A schema is read once and becomes a plain function, from source text as one would write it by hand. Whatever it does not know
how to say itself (a field of another kind, a hook, an override) is left to marshmallow.
"""

from collections.abc import Callable, Sequence
from functools import cache
from keyword import iskeyword
from typing import Any, NamedTuple

from marshmallow import Schema, fields, missing

from controllers.said_values import instant_text, uuid_text
from controllers.schemas.base import Timestamp

Dump = Callable[[Any], Any]
# What these do to a value that is what it should be: nothing.
AS_IT_IS = frozenset(
    {fields.Boolean._serialize, fields.Integer._serialize, fields.Dict._serialize, fields.Field._serialize}
)
DUMP = """
def dump(source):
    try:
        if type(source) is dict:
            return {{{by_key}}}
        return {{{by_attribute}}}
    except (AttributeError, KeyError):
        return step_by_step(source)
"""


class _Way(NamedTuple):
    """How a `value` that is not None is said: an expression, in which {helper} stands for the helper."""

    expression: str
    helper: Any = None

    def function(self) -> Dump:
        source = f"lambda value: {self.expression.format(helper='helper')}"
        function: Dump = eval(source, {"helper": self.helper})  # noqa: S307  # one of the expressions below
        return function


class _Part(NamedTuple):
    """One field: the key under which which attribute is said, and how. No way: as it is."""

    key: str
    attribute: str
    way: _Way | None

    @property
    def path(self) -> list[str]:
        return self.attribute.split(".")

    def said(self, read: str, helper: str) -> str:
        """The item of a dictionary's display. `read` is an expression too."""
        if self.way is None:
            return f"{self.key!r}: {read}"
        return f"{self.key!r}: None if (value := {read}) is None else {self.way.expression.format(helper=helper)}"


@cache
def compiled(schema: type[Schema]) -> Dump:
    """The same as `schema().dump`, for one object."""
    instance = schema()
    if _has_its_own_way(instance):
        return instance.dump
    parts = [
        _Part(field.data_key or name, field.attribute or name, _way(field))
        for name, field in instance.dump_fields.items()
    ]
    step_by_step = _of_any(parts)
    if all(_is_plain(name) for part in parts for name in part.path):
        return _of_whole(schema.__name__, parts, step_by_step)
    return step_by_step


def _is_plain(name: str) -> bool:
    """Whether it can stand in source text, and is no method of dictionaries (`items`)."""
    return name.isidentifier() and not iskeyword(name) and not hasattr(dict, name)


def _of_whole(name: str, parts: Sequence[_Part], step_by_step: Dump) -> Dump:
    """Of a dictionary or an object that has all that is to be said, as nearly each has."""
    helpers = {f"helper_{number}": part.way and part.way.helper for number, part in enumerate(parts)}
    by_attribute = [part.said(f"source.{part.attribute}", helper) for part, helper in zip(parts, helpers, strict=True)]
    by_key = [
        part.said("".join(["source", *(f"[{step!r}]" for step in part.path)]), helper)
        for part, helper in zip(parts, helpers, strict=True)
    ]
    namespace: dict[str, Any] = {**helpers, "step_by_step": step_by_step}
    text = DUMP.format(by_key=", ".join(by_key), by_attribute=", ".join(by_attribute))
    # A name of its own for each, for who reads a traceback or a profile.
    code = compile(text, f"{__file__.removesuffix('.py')}/{name}", "exec")
    exec(code, namespace)  # noqa: S102  # only names of our schemas
    dump: Dump = namespace["dump"]
    return dump


def _of_any(parts: Sequence[_Part]) -> Dump:
    """Of objects, dictionaries and what is in them; what one lacks is not said."""
    steps = [(part.key, part.path, part.way.function() if part.way else None) for part in parts]

    def dump(source: Any) -> dict[str, Any]:
        said = {}
        for key, path, convert in steps:
            value = source
            for name in path:
                value = value.get(name, missing) if isinstance(value, dict) else getattr(value, name, missing)
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


def _has_its_own_way(schema: Schema) -> bool:
    kind = type(schema)
    overridden = kind.dump is not Schema.dump or kind.get_attribute is not Schema.get_attribute
    return overridden or any(schema._hooks.values())


def _way(field: fields.Field[Any]) -> _Way | None:
    """None: the value is said as it is."""
    if isinstance(field, fields.Nested) and not (field.many or field.only or field.exclude):
        return _Way("{helper}(value)", _nested(type(field.schema)))
    if isinstance(field, fields.List):
        inner = _way(field.inner)
        return _Way("[*value]") if inner is None else _Way("[*map({helper}, value)]", inner.function())
    if isinstance(field, fields.Dict) and field.value_field is not None:
        inner = _way(field.value_field)
        if inner is None:
            return _Way("dict(value)")
        return _Way("{{key: {helper}(item) for key, item in value.items()}}", inner.function())
    return _of_scalar(field)


def _of_scalar(field: fields.Field[Any]) -> _Way | None:
    if isinstance(field, fields.UUID):
        return _Way("{helper}(value)", uuid_text)
    if type(field)._serialize is Timestamp._serialize:
        return _Way("{helper}(value)", instant_text)
    if type(field)._serialize is fields.String._serialize:
        return _Way("value if type(value) is str else str(value)")
    if type(field)._serialize in AS_IT_IS:
        return None
    return _Way("{helper}(value, None, None)", field._serialize)
