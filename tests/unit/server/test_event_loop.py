"""A socket in error is told of until its owner has read it to the end."""

import asyncio
import socket

from server import event_loop

SAID = b"last words"


def test_what_is_left_in_a_socket_that_was_reset_is_read_piece_by_piece() -> None:
    assert event_loop.run(_read(pieces_of=4)) == (SAID, ConnectionResetError)


async def _read(*, pieces_of: int) -> tuple[bytes, type[OSError]]:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    pieces: list[bytes] = []
    ended: asyncio.Future[type[OSError]] = loop.create_future()

    def ready() -> None:
        try:
            pieces.append(ours.recv(pieces_of))
        except OSError as error:
            loop.remove_reader(ours)
            ended.set_result(type(error))

    with ours:
        with theirs:
            loop.add_reader(ours, ready)
            await asyncio.sleep(0)
            ours.send(b"nobody reads this")  # which makes the end a reset
            theirs.send(SAID)
        kind = await asyncio.wait_for(ended, 5)
    return b"".join(pieces), kind


def test_a_number_that_became_another_socket_is_left_alone() -> None:
    """Its reader is told of what comes in there, and not of the one before."""
    assert event_loop.run(_reuse()) == ["second"]


async def _reuse() -> list[str]:
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    told: list[str] = []
    heard = asyncio.Event()

    def first() -> None:
        told.append("first")

    def second() -> None:
        told.append("second")
        loop.remove_reader(ours)
        heard.set()

    with ours, theirs:
        loop.add_reader(ours, first)
        loop.add_reader(ours, second)
        theirs.send(b"x")
        await asyncio.wait_for(heard.wait(), 5)
        assert not loop.remove_reader(ours)
    return told
