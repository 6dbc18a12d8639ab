"""What a request schema takes, without marshmallow's cost for each field of each event: the schema stays the one source.

A schema is read once and becomes a plain function for input that is in order. All else is left to marshmallow, which then
says what is wrong, or takes it after all.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID, SafeUUID

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validate

from controllers.schemas.base import CANONICAL_UUID, ClientMessageId, Flag, Id, Seq
from controllers.schemas.text import BLANK, Content

Take = Callable[[Any], Any]
Load = Callable[[Any], dict[str, Any] | None]

_is_canonical = CANONICAL_UUID.fullmatch
# For `_client_id`, which every message passes: to look these up there takes as long as to use them.
_new, _set, _UNKNOWN = UUID.__new__, object.__setattr__, SafeUUID.unknown


class _Declined(Exception):
    """For marshmallow to judge."""


def compiled_load(schema: type[Schema]) -> Load:
    """The same as `schema().load`, or None when that has to be asked."""
    instance = schema()
    wanted = {field.data_key or name: (name, field) for name, field in instance.load_fields.items()}
    if instance.unknown != RAISE or any(instance._hooks.values()) or any(f.attribute for _, f in wanted.values()):
        return lambda data: None
    takers = {key: (name, field.allow_none, _taker(field)) for key, (name, field) in wanted.items()}
    required = tuple(name for name, field in wanted.values() if field.required)
    defaults = {name: field.load_default for name, field in wanted.values() if field.load_default is not missing}

    def load(data: Any) -> dict[str, Any] | None:
        if type(data) is not dict:
            return None
        loaded = {**defaults}
        try:
            for key, value in data.items():
                name, may_be_none, take = takers[key]
                loaded[name] = None if value is None and may_be_none else take(value)
        except (KeyError, _Declined, ValidationError):
            return None
        for name in required:
            if name not in loaded:
                return None
        return loaded

    return load


def _taker(field: fields.Field[Any]) -> Take:
    """For the fields of the hot events; each gives up where its class would look twice. None is asked before."""
    kind = type(field)
    limits = field.validators[0] if len(field.validators) == 1 else None
    if kind in (Id, Seq) and isinstance(limits, validate.Range):
        return _whole(limits.min, limits.max)
    if isinstance(field, Content) and kind is Content and isinstance(limits, validate.Length) and limits.max:
        return _content(field, limits.max)
    if not field.validators and (take := {Flag: _flag, ClientMessageId: _client_id}.get(kind)):
        return take
    return field.deserialize


def _whole(least: int, most: int) -> Take:
    def take(value: Any) -> int:
        if type(value) is int and least <= value <= most:
            return value
        raise _Declined

    return take


def _flag(value: Any) -> bool:
    if value is True or value is False:
        return bool(value)
    raise _Declined


def _client_id(value: Any) -> UUID:
    """UUID(value), which would look for all other forms first: that takes twice the time. Library seam: the slots of UUID in
    Python 3.11 and 3.12.
    """
    if type(value) is not str or not _is_canonical(value):
        raise _Declined
    made = _new(UUID)
    _set(made, "int", int(value.replace("-", ""), 16))
    _set(made, "is_safe", _UNKNOWN)
    return made


def _content(field: Content, most: int) -> Take:
    def take(value: Any) -> str:
        # What is ASCII has nothing in it that the class would look for.
        plain = type(value) is str and value.isascii()
        text = value.strip(BLANK) if plain else field._deserialize(value, None, None)
        if len(text) <= most:
            return text
        raise _Declined

    return take
