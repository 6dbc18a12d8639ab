"""A packet as a WebSocket frame, and what is left of it for who polls."""

import pytest

from server.realtime.frames import framed, text_of, text_size


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("byte", [b"\x00", b"~", b"\x7f", b"\xff"])
def test_the_text_of_a_frame_is_what_was_framed(size: int, byte: bytes) -> None:
    text = byte * size
    frame = framed(text)
    assert (text_of(frame), text_size(frame)) == (text, size)
    assert frame[0] == 0x81


@pytest.mark.parametrize(
    ("size", "header"), [(125, b"\x7d"), (126, b"\x7e\x00\x7e"), (65_536, b"\x7f" + bytes(5) + b"\x01\x00\x00")]
)
def test_the_header_is_the_shortest_that_says_the_size(size: int, header: bytes) -> None:
    assert framed(b"x" * size) == b"\x81" + header + b"x" * size
