"""Brings what many sockets are told to their transports: one write for each, one piece of bytes for all that get the same.

Two turns of the loop later: the event that a message makes and its ack, the messages of one commit, or what one client
sent in a burst, are then together. A system call for each costs more than all else that is done for a delivery.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from server.realtime.frames import Frame

if TYPE_CHECKING:
    from server.realtime.outbox import Outbox

# For fewer, one piece for all costs more than a piece for each.
MANY = 4
# Seconds that something may wait for an ack to go out with. Nobody sees it; under load it saves every second write.
HOLD = 0.02


class Mailing:
    """Frames for the same readers, one after the other. It is `open` for more until one of them is told something else."""

    __slots__ = ("frames", "open", "readers", "whole")

    def __init__(self, readers: Sequence["Outbox"]) -> None:
        self.readers = readers
        self.frames: list[Frame] = []
        self.open = True
        self.whole = b""

    def close(self) -> None:
        """Nothing is added any more."""
        self.open = False
        self.whole = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)

    def drop(self) -> None:
        """It was brought. Rooms remember their last mailing; its content need not stay in memory for that."""
        self.frames = []
        self.whole = b""


class Postman:
    """Each client gets its frames in the order in which they were posted, those of its rooms and its own alike: a mailing
    grows only while it is the last thing that each of its readers gets. Who gets something beside one mailing has a pile.
    """

    def __init__(self) -> None:
        self._mailings: list[Mailing] = []
        self._piles: list[Outbox] = []
        # Piles that wait for an ack, until the timer looks.
        self._held: list[Outbox] = []
        # How often an outbox was attached to a transport; who remembers who is attached looks here.
        self.attached = 0

    def post(self, frame: Frame, readers: Sequence["Outbox"], last: Mailing | None) -> Mailing | None:
        """`last`: what this gave back for the same readers before."""
        if len(readers) < MANY:
            for reader in readers:
                if reader.awaits:
                    reader.hold_back(frame)
                else:
                    reader.pile_up(frame)
            return None
        mailing = last if last is not None and last.open else self._begin(readers)
        mailing.frames.append(frame)
        return mailing

    def deliver(self) -> None:
        """Everything that was posted, now."""
        mailings, self._mailings = self._mailings, []
        piles, self._piles = self._piles, []
        for mailing in mailings:
            mailing.close()
            whole, size, packets = mailing.whole, len(mailing.whole), len(mailing.frames)
            for reader in mailing.readers:
                if reader.pile is None:
                    reader.mailing = None
                    reader.write(whole, size, packets)
        for reader in piles:
            reader.write_pile()
        for mailing in mailings:
            mailing.drop()

    def call(self, outbox: "Outbox") -> None:
        """Its pile goes with the next delivery."""
        if not self._piles and not self._mailings:
            self._come()
        outbox.held = False
        self._piles.append(outbox)

    def hold(self, outbox: "Outbox") -> None:
        """Its pile has time until its client gets an ack, but not for ever."""
        if not self._held:
            asyncio.get_running_loop().call_later(HOLD, self._release)
        outbox.held = True
        self._held.append(outbox)

    def _release(self) -> None:
        held, self._held = self._held, []
        for outbox in held:
            if outbox.held:
                self.call(outbox)

    def _begin(self, readers: Sequence["Outbox"]) -> Mailing:
        if not self._piles and not self._mailings:
            self._come()
        mailing = Mailing(readers)
        self._mailings.append(mailing)
        for reader in readers:
            if reader.mailing is not None:
                reader.follow(reader.mailing)
            if reader.held:
                self.call(reader)
            reader.mailing = mailing
        return mailing

    def _come(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(loop.call_soon, self.deliver)
