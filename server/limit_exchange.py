"""What nodes tell each other of the tokens they gave away, a few times a second, beside the way of any message (ADR 0029).

Keys are ids of people, addresses and names that somebody tried to sign in with: they cross the bus encrypted.
"""

import base64
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import orjson
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.fanout import Bus
from server.rate_limits import Spent, TokenBuckets
from services.node_news import TokensSpent

log = structlog.get_logger(__name__)

NONCE_BYTES = 12
# Encrypted, as text and signed, a packet must stay below what a NOTIFY carries (7999 bytes).
PIECE_BYTES = 5_000
Send = Callable[[TokensSpent], None]


class LimitExchange:
    """Call `tick` about every 100 ms. While the bus is away each node limits by itself, and nothing is kept for later."""

    def __init__(self, *, buckets: TokenBuckets, bus: Bus, secret: bytes) -> None:
        self._buckets = buckets
        self._bus = bus
        self._cipher = AESGCM(_key(secret))

    def tick(self) -> None:
        spent = self._buckets.drain()
        if not self._bus.healthy:
            for _ in spent:
                continue
            return
        for piece in _pieces(spent):
            self._bus.send(TokensSpent(node=self._bus.node, sealed=self._seal(piece)))

    def receive(self, news: TokensSpent) -> None:
        """From another node."""
        try:
            self._buckets.taken_elsewhere(self._open(news.sealed))
        except (InvalidTag, ValueError, TypeError) as error:
            log.warning("limits_not_understood", why=type(error).__name__)

    def _seal(self, text: bytes) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, text, None)).decode()

    def _open(self, sealed: str) -> list[Spent]:
        packet = base64.b64decode(sealed, validate=True)
        rows: list[list[Any]] = orjson.loads(self._cipher.decrypt(packet[:NONCE_BYTES], packet[NONCE_BYTES:], None))
        return [Spent(*row) for row in rows]


def _pieces(spent: Iterable[Spent]) -> Iterator[bytes]:
    """JSON lists, none longer than a packet bears. A key that is longer by itself is left to its own node."""
    rows: list[bytes] = []
    size = 0
    for row in (orjson.dumps(tuple(item)) for item in spent):
        if len(row) > PIECE_BYTES:
            continue
        if size + len(row) > PIECE_BYTES:
            yield b"[" + b",".join(rows) + b"]"
            rows, size = [], 0
        rows.append(row)
        size += len(row) + 1
    if rows:
        yield b"[" + b",".join(rows) + b"]"


def _key(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"colloque limits 1").derive(secret)
