"""Events read in the quick way are what the strict way reads, or they are left to it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.socket.contract import Asked
from server.realtime.packets import decode
from server.realtime.plain_events import plain_event

SIMPLE = st.none() | st.booleans() | st.integers() | st.text()
ANY = SIMPLE | st.floats() | st.lists(st.integers(), max_size=2) | st.dictionaries(st.text(max_size=2), st.integers())
DATA = st.dictionaries(st.text(max_size=5), ANY, max_size=4)
IDS = st.sampled_from(["", "0", "7", "007", "9" * 15, "9" * 16, "9" * 99, "-1", "1e3", "\u0661", " 1", "51-", "/x,"])
PIECES = st.sampled_from(
    [
        "4",
        "42",
        "420",
        "[",
        "]",
        "{",
        "}",
        '"a"',
        ":",
        ",",
        "1",
        "-0",
        "1.0",
        "1e2",
        "NaN",
        "null",
        " ",
        "\ud800",
        "\\ud800",
    ]
)


def agree(text: str) -> Asked | None:
    asked = plain_event(text, 1.5)
    if asked is not None:
        packet = decode(text)
        assert packet.namespace in (None, "/")
        assert [asked.event, *asked.args] == packet.data
        assert [type(value) for value in asked.args[0].values()] == [type(value) for value in packet.data[1].values()]
        assert (asked.ack_id, asked.size, asked.arrived) == (packet.id, len(text), 1.5)
    return asked


@given(IDS, SIMPLE, st.lists(DATA | ANY, max_size=2), st.booleans())
def test_both_ways_agree_on_events(number: str, name: Any, args: list[Any], ascii_only: bool) -> None:
    agree(f"42{number}{json.dumps([name, *args], ensure_ascii=ascii_only)}")


@given(st.lists(PIECES, max_size=12))
def test_both_ways_agree_on_rubbish(pieces: list[str]) -> None:
    agree("42" + "".join(pieces))
    agree('42["a",{' + "".join(pieces) + "}]")


@given(
    st.integers(0, 10**15 - 1),
    st.dictionaries(st.text(max_size=5), st.integers(-(2**63), 2**63) | st.text(), max_size=4),
)
def test_usual_events_are_read_quickly(number: int, data: dict[str, Any]) -> None:
    assert agree(f"42{number}{json.dumps(['send_message', data])}") is not None


@pytest.mark.parametrize(
    "text", ["", "4", "42", "42[", "42[]", '42["a"]', '42["a",1]', '42["a",{},{}]', '40{"a":1}', '42/a,["b",{}]']
)
def test_all_else_is_left_to_the_strict_way(text: str) -> None:
    assert plain_event(text, 0.0) is None
