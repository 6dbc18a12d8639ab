"""By what those who call are counted."""

from functools import lru_cache
from ipaddress import IPv6Address

PREFIX_BITS = 64


@lru_cache(maxsize=8192)
def address_key(address: str) -> str:
    """Whoever has one IPv6 address has all of its /64, and could come from a new one with each call."""
    if ":" not in address:
        return address
    rest = 128 - PREFIX_BITS
    return str(IPv6Address(int(IPv6Address(address)) >> rest << rest))
