"""Brings what many sockets are told to their transports: one write for each, one piece of bytes for all that get the same.

Two turns of the loop later: the event that a message makes and its ack, the messages of one commit, or what one client
sent in a burst, are then together. A system call for each costs more than all else that is done for a delivery.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.realtime.outbox import Outbox


class Mailing:
    """Frames for the same readers, one after the other. It is `open` for more until one of them is told something else."""

    __slots__ = ("open", "readers", "whole", "wires")

    def __init__(self, readers: Sequence["Outbox"]) -> None:
        self.readers = readers
        self.wires: list[bytes] = []
        self.open = True
        self.whole = b""

    def close(self) -> None:
        """Nothing is added any more."""
        self.open = False
        self.whole = self.wires[0] if len(self.wires) == 1 else b"".join(self.wires)

    def drop(self) -> None:
        """It was brought. Rooms remember their last mailing; its content need not stay in memory for that."""
        self.wires = []
        self.whole = b""


class Postman:
    """Order: a mailing grows only while it is the last one of each of its readers, and mailings are brought in the order
    in which they began. So each client gets its frames in the order in which they were posted, those of its rooms and its own.
    """

    def __init__(self) -> None:
        self._round: list[Mailing] = []
        # How often an outbox was attached to a transport; who remembers who is attached looks here.
        self.attached = 0

    def post(self, wire: bytes, readers: Sequence["Outbox"], mailing: Mailing | None) -> Mailing:
        """`mailing`: the last one to the same readers, if any. Returns the one that the frame is in now."""
        if mailing is None or not mailing.open:
            mailing = self._begin(readers)
        mailing.wires.append(wire)
        return mailing

    def deliver(self) -> None:
        """Everything that was posted, now."""
        mailings, self._round = self._round, []
        for mailing in mailings:
            mailing.close()
            whole, packets = mailing.whole, len(mailing.wires)
            for reader in mailing.readers:
                if reader.mailing is not mailing:
                    reader.keep(mailing)
                    continue
                reader.mailing = None
                if reader.kept is None:
                    reader.write(whole, packets)
                else:
                    reader.write_all(mailing)
        for mailing in mailings:
            mailing.drop()

    def _begin(self, readers: Sequence["Outbox"]) -> Mailing:
        mailing = Mailing(readers)
        for reader in readers:
            if reader.mailing is not None:
                reader.mailing.open = False
            reader.mailing = mailing
        if not self._round:
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, self.deliver)
        self._round.append(mailing)
        return mailing
