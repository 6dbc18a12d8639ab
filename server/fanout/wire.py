"""What goes over the bus: signed, numbered and dated, so that a hostile carrier can hold hints back but make none up.

`<64 hex digits of HMAC-SHA256>.<JSON>`; the JSON is
`{"n": node, "s": number, "t": milliseconds, "k": kind, "d": values}`.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.fanout import BusMessage
from server.fanout.codec import Malformed, dump, load
from services.events import SessionsEnded
from services.node_news import NodeNews

# What a NOTIFY of PostgreSQL carries at most.
MAX_BYTES = 7999
MAX_AGE_SECONDS = 60
MAX_NODES = 1024
PROBE = "probe"
_MAC = 64


class Refused(Exception):
    """Not from one of us, or not for now. `reason` says why, without anything of the content."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    """`message` is None for a probe. `missed`: how many of that node's before this one never came."""

    node: str
    own: bool
    missed: int
    message: BusMessage | None


def bus_key(secret: bytes, channel: str) -> bytes:
    """The signing key of one channel, made from the installation's secret."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"colloque bus 1 " + channel.encode()).derive(secret)


class Wire:
    """One node's end of the bus. `now` is wall-clock time: the clocks of nodes must agree to within a minute."""

    def __init__(self, *, key: bytes, now: Callable[[], float] = time.time) -> None:
        self.node = secrets.token_hex(8)
        self._key = key
        self._now = now
        self._number = 0
        self._heard: dict[str, tuple[int, float]] = {}

    def seal(self, message: BusMessage) -> list[bytes]:
        """One packet, or several for many ended sessions. Raises Refused for what is too big to travel."""
        packet = self._seal(*dump(message))
        if len(packet) <= MAX_BYTES:
            return [packet]
        if isinstance(message, SessionsEnded) and message.session_ids is not None and len(message.session_ids) > 1:
            half = len(message.session_ids) // 2
            parts = (message.session_ids[:half], message.session_ids[half:])
            # The number of the packet that was too big stays unused: others look again, which is harmless.
            return [packet for part in parts for packet in self.seal(replace(message, session_ids=part))]
        raise Refused("oversize")

    def probe(self) -> bytes:
        """A packet that only its own node cares for."""
        return self._seal(PROBE, {})

    def lost(self) -> None:
        """A message will never be sent: leave a gap by which the others notice."""
        self._number += 1

    def _seal(self, kind: str, values: dict[str, Any]) -> bytes:
        self._number += 1
        body = orjson.dumps({"n": self.node, "s": self._number, "t": int(self._now() * 1000), "k": kind, "d": values})
        return self._mac(body) + b"." + body

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).hexdigest().encode()

    def open(self, packet: bytes) -> Opened:
        """Raises Refused. Nothing is parsed before the signature holds."""
        if len(packet) > MAX_BYTES:
            raise Refused("oversize")
        body = packet[_MAC + 1 :]
        if packet[_MAC : _MAC + 1] != b"." or not hmac.compare_digest(packet[:_MAC], self._mac(body)):
            raise Refused("signature")
        try:
            content = orjson.loads(body)
            node, number, sent = content["n"], content["s"], content["t"] / 1000
            kind, values = content["k"], content["d"]
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise Refused("malformed") from error
        if not isinstance(node, str) or type(number) is not int:
            raise Refused("malformed")
        if abs(self._now() - sent) > MAX_AGE_SECONDS:
            raise Refused("age")
        missed = self._count(node, number, sent)
        return Opened(node, node == self.node, missed, self._message(node, kind, values))

    def _message(self, node: str, kind: Any, values: Any) -> BusMessage | None:
        if kind == PROBE:
            return None
        try:
            message = load(kind, values)
        except Malformed as error:
            raise Refused("malformed") from error
        if isinstance(message, NodeNews) and message.node != node:
            raise Refused("malformed")
        return message

    def _count(self, node: str, number: int, sent: float) -> int:
        last, _ = self._heard.get(node, (number - 1, 0.0))
        if number <= last:
            raise Refused("replay")
        self._heard[node] = (number, sent)
        if len(self._heard) > MAX_NODES:
            # Whoever is older than MAX_AGE_SECONDS cannot be replayed: its packets are too old by now.
            expired = self._now() - MAX_AGE_SECONDS
            self._heard = {known: heard for known, heard in self._heard.items() if heard[1] > expired}
        return number - last - 1
