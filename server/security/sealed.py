"""The form of everything that is sealed here: 0x01 · nonce (12) · ciphertext and tag.

The first byte is there so that another form can be told from this one later.
"""

from typing import Final

from services.security_ports import ContentDamaged

FORMAT: Final = b"\x01"
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
HEAD_BYTES: Final = len(FORMAT) + NONCE_BYTES


def split(stored: bytes) -> tuple[bytes, bytes]:
    """Nonce and ciphertext. Raises ContentDamaged."""
    stored = bytes(stored)
    if not stored.startswith(FORMAT):
        raise ContentDamaged(f"stored bytes are of the unknown format 0x{stored[:1].hex() or '--'}")
    if len(stored) < HEAD_BYTES + TAG_BYTES:
        raise ContentDamaged("stored bytes are cut off")
    return stored[len(FORMAT) : HEAD_BYTES], stored[HEAD_BYTES:]
