"""Where a browser may have us send something: to a push service in the internet, never into our own network.

The address of a push service comes from the client. Without this, whoever can subscribe could let the server knock at
machines that only it can reach. Names are looked at when they are resolved for the very connection that is then made, so
that a name cannot mean something else a moment later.
"""

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

LONGEST = 2000
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# All that is routed in the internet. Site-local addresses and those that wrap one of IPv4 are none of the private
# networks that Python knows.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
LONGEST_NAME = 253
# More than one label, each as long as the resolver takes it: of another one it makes a UnicodeError. The last one is no
# number, in any base: that would be an address, as "127.1" is to some readers.
_NAME = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+(?![0-9]+\.?$|0x[0-9a-f]*\.?$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.?",
    re.ASCII,
)


class NotPublic(OSError):
    """No public address: aiohttp takes it as a name that cannot be resolved."""


def is_public(address: str) -> bool:
    """Also of addresses of IPv6 that stand for one of IPv4."""
    host = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(host, ipaddress.IPv6Address):
        inner = host.ipv4_mapped or host.sixtofour
        if host in NAT64:
            inner = ipaddress.IPv4Address(int(host) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if host.teredo is not None:
            return False
        if host not in GLOBAL_UNICAST:
            return False
    return host.is_global and not host.is_multicast


def is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def checked_origin(endpoint: str, *, allow_loopback: bool) -> str:
    """The origin of an address that may be pushed to. Raises ValueError.

    `allow_loopback` is for tests: there http is allowed too.
    """
    if len(endpoint) > LONGEST or not endpoint.isascii() or not endpoint.isprintable() or " " in endpoint:
        raise ValueError("no address")
    parts = urlsplit(endpoint)
    host, port = parts.hostname, parts.port  # raises ValueError for a port that is none
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("no address of a push service")
    if not (is_public(literal) if (literal := _literal(host)) else _is_name(host)):
        local = host == "localhost" or (literal is not None and is_loopback(literal))
        if not (allow_loopback and local):
            raise ValueError("not public")
    elif parts.scheme != "https":
        raise ValueError("not https")
    if parts.scheme not in ("https", "http"):
        raise ValueError("not https")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port is not None else "")


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    return len(host) <= LONGEST_NAME and _NAME.fullmatch(host) is not None


class PublicResolver(AbstractResolver):
    """Names that lead to a public address, and to those alone."""

    def __init__(self, *, allow_loopback: bool) -> None:
        self._inner = ThreadedResolver()
        self._allow_loopback = allow_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises NotPublic, OSError."""
        try:
            found = [entry for entry in await self._inner.resolve(host, port, family) if self._may(entry["host"])]
        except UnicodeError as error:  # a name that DNS cannot hold: aiohttp expects no ValueError here
            raise NotPublic("no name") from error
        if not found:
            raise NotPublic(f"{host} has no public address")
        return found

    def _may(self, address: str) -> bool:
        return is_public(address) or (self._allow_loopback and is_loopback(address))

    async def close(self) -> None:
        await self._inner.close()
