"""Facts and node news ↔ plain JSON values. Ids only: what is marked `local` stays in its process."""

import datetime
import types
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from server.fanout import BusMessage
from services import events, node_news
from services.events import ConnectionStatsChanged, Fact, PresenceChanged
from services.node_news import NodeNews

# Each node computes these for itself.
STAYS_HERE: tuple[type[Fact], ...] = (PresenceChanged, ConnectionStatsChanged)

Reader = Callable[[Any], Any]
Kind = TypeVar("Kind", Fact, NodeNews)


class Malformed(ValueError):
    """Not what a node of this version says."""


def travels(message: BusMessage) -> bool:
    return type(message) in _KINDS


def dump(message: BusMessage) -> tuple[str, dict[str, Any]]:
    """(kind, values)"""
    kind = type(message)
    return kind.__name__, {name: _plain(getattr(message, name)) for name in _KINDS[kind]}


def load(name: object, values: object) -> BusMessage:
    """Raises Malformed for anything but exactly what `dump` makes."""
    kind = _BY_NAME.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(values, dict):
        raise Malformed(f"unknown kind {str(name)[:40]!r}")
    readers = _KINDS[kind]
    if values.keys() != readers.keys():
        raise Malformed(f"fields of {kind.__name__}")
    message: BusMessage = kind(**{field: read(values[field]) for field, read in readers.items()})
    return message


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _exactly(kind: type) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:  # a bool is no int here
            raise Malformed(f"no {kind.__name__}")
        return value

    return read


def _moment(value: Any) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Malformed("no time") from error


def _optional(reader: Reader) -> Reader:
    return lambda value: None if value is None else reader(value)


def _many(reader: Reader) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, list):
            raise Malformed("no list")
        return tuple(reader(item) for item in value)

    return read


def _fixed(readers: tuple[Reader, ...]) -> Reader:
    def read(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(readers):
            raise Malformed("no tuple")
        return tuple(reader(item) for reader, item in zip(readers, value, strict=True))

    return read


def _reader(hint: Any) -> Reader:
    """Raises TypeError, when this module is loaded, for a field that has no place on the bus."""
    if hint in (int, str, bool):
        return _exactly(hint)
    if hint is datetime.datetime:
        return _moment
    arguments = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType) and len(arguments) == 2 and type(None) in arguments:
        return _optional(_reader(next(argument for argument in arguments if argument is not type(None))))
    if get_origin(hint) is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            return _many(_reader(arguments[0]))
        return _fixed(tuple(_reader(argument) for argument in arguments))
    raise TypeError(f"{hint} cannot travel")


def _readers(kind: type[BusMessage]) -> dict[str, Reader]:
    hints = get_type_hints(kind)
    readers = {}
    for item in fields(kind):
        if item.metadata.get("local"):
            if item.default is MISSING and item.default_factory is MISSING:
                raise TypeError(f"{kind.__name__}.{item.name} is local and has no default")
            continue
        readers[item.name] = _reader(hints[item.name])
    return readers


def _kinds_of(module: types.ModuleType, base: type[Kind]) -> list[type[Kind]]:
    return [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, base) and kind is not base and kind not in STAYS_HERE
    ]


_TRAVELLERS: list[type[BusMessage]] = []
_TRAVELLERS += _kinds_of(events, Fact)
_TRAVELLERS += _kinds_of(node_news, NodeNews)
_KINDS = {kind: _readers(kind) for kind in _TRAVELLERS}
_BY_NAME = {kind.__name__: kind for kind in _KINDS}
