"""Who is at the other end when proxies are between. Headers are believed only from a proxy of ours."""

import ipaddress
from collections.abc import Callable, Sequence
from functools import lru_cache

from aiohttp import web

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LONGEST_CHAIN = 20


class Proxies:
    """`trusted` are addresses or networks."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self._networks = [ipaddress.ip_network(item) for item in trusted]

    def address(self, request: web.BaseRequest) -> str:
        """The rightmost address of X-Forwarded-For that is none of our proxies; the peer when that is no proxy."""
        nearest = _address(request.remote or "")
        if nearest is None:
            return "unknown"
        if self._trusts(nearest):
            nearest = self._behind(nearest, request.headers.getall("X-Forwarded-For", ()))
        return str(nearest)

    def _behind(self, proxy: Address, headers: Sequence[str]) -> Address:
        nearest = proxy
        for entry in reversed(",".join(headers).split(",")[-LONGEST_CHAIN:]):
            further = _address(entry.strip())
            if further is None or not self._trusts(nearest):
                break
            nearest = further
        return nearest

    def https(self, request: web.BaseRequest) -> bool:
        """Whether the browser came by HTTPS, as far as is known."""
        if request.secure:
            return True
        peer = _address(request.remote or "")
        return peer is not None and self._trusts(peer) and request.headers.get("X-Forwarded-Proto") == "https"

    def _trusts(self, address: Address) -> bool:
        return bool(self._networks) and any(address in network for network in self._networks)


def client_address(trusted_proxies: Sequence[str]) -> Callable[[web.BaseRequest], str]:
    """Request → address of the client."""
    return Proxies(trusted_proxies).address


# The same people come again and again, and the same few proxies with each of them.
@lru_cache(maxsize=1024)
def _address(text: str) -> Address | None:
    """With or without a port ("192.0.2.1:80", "[2001:db8::1]:80"); an IPv4 address in IPv6 clothes is unwrapped."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
