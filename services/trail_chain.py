"""How a block of the trail is sealed. Anybody can compute it again: there is no secret in it.

What keeps an insider from computing a whole chain anew are the anchors, which lie outside of the database.
"""

import datetime
import hashlib

from repositories.trail import Block, Digests, Head

FORMAT = 1
DIGEST_BYTES = 32


def sealed(head: Head, found: Digests, *, up_to_id: int, at: datetime.datetime) -> Block:
    """The next block of the chain."""
    return Block(
        number=head.number + 1,
        format=FORMAT,
        after_id=head.up_to_id,
        up_to_id=up_to_id,
        keys=found.keys,
        digests=found.digests,
        sealed_at=at,
        previous=head.hash,
        hash=_hash(head.chain, head.number + 1, FORMAT, head.up_to_id, up_to_id, found, at, head.hash),
    )


def hash_of(chain: str, block: Block) -> bytes:
    """What the block's hash must be."""
    found = Digests(block.keys, block.digests)
    return _hash(
        chain, block.number, block.format, block.after_id, block.up_to_id, found, block.sealed_at, block.previous
    )


def _hash(
    chain: str,
    number: int,
    form: int,
    after_id: int,
    up_to_id: int,
    found: Digests,
    at: datetime.datetime,
    previous: bytes,
) -> bytes:
    moment = at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    keys = ",".join(map(str, found.keys))
    head = f"{chain}|{number}|{form}|{after_id}|{up_to_id}|{moment}|{keys}|{previous.hex()}\n"
    return hashlib.sha256(head.encode("ascii") + found.digests).digest()


def digest_at(digests: bytes, place: int) -> bytes:
    return digests[place * DIGEST_BYTES : (place + 1) * DIGEST_BYTES]
