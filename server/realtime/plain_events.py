"""The events that nearly all are, read by less than `packets.decode` needs for what else a client may send."""

import re

import orjson

from controllers.socket.contract import Asked

# Type 4 of engine.io, 2 of Socket.IO, and an ack id that is in range by its length.
_EVENT_HEAD = re.compile(r"42([0-9]{0,15})(?=\[)", re.ASCII)
_SIMPLE = frozenset({str, bool, int, type(None)})


def plain_event(text: str, arrived: float) -> Asked | None:
    """An event as nearly all are: a name and one flat object. It is read by orjson, which is quick and means the same by
    what is left then. None for everything else, which `decode` reads or refuses.
    """
    head = _EVENT_HEAD.match(text)
    if head is None:
        return None
    try:
        name, data = orjson.loads(text[head.end() :])
    except ValueError:  # no JSON, or not two things
        return None
    if type(name) is not str or type(data) is not dict:
        return None
    for value in data.values():
        # Numbers over 64 bits become floats in orjson, and so those are none of its business.
        if type(value) not in _SIMPLE:
            return None
    number = head[1]
    return Asked(name, [data], int(number) if number else None, len(text), arrived)
