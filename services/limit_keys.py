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


def name_key(username: str) -> str:
    """One for all spellings that the database takes for the same name: to PostgreSQL's lower() a dotted capital I is an i, to
    casefold() an i with another dot.
    """
    return username.casefold().replace("i\u0307", "i")


def password_key(user_id: int) -> str:
    """Of who says their password though signed in. No user name begins with a blank, so nobody else can use it up."""
    return f" {user_id}"
