"""Fetches a host application's JWKS: the only outgoing request of the server, so it is kept on a short lead."""

import ipaddress
from typing import Final

import aiohttp

from server.setting_readers import split_address

PATIENCE: Final = 5.0
MAX_BYTES: Final = 256 * 1024
_TYPES: Final = frozenset({"application/json", "application/jwk-set+json", "text/plain"})


class JwksUnreachable(Exception):
    """No key set was had; the text says why."""


def check_jwks_url(url: str) -> None:
    """Raises ValueError unless it is https, or http on this very machine."""
    parts = split_address(url)
    if parts is None or not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("it must be an address such as https://login.example.org/jwks.json")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("it must begin with https:// (http:// is for this machine alone)")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class JwksOverHttp:
    """No redirects, proxies, cookies or compression; a connection for each fetch, as they are rare."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        """Raises ValueError as `check_jwks_url`."""
        check_jwks_url(url)
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=patience)

    async def __call__(self) -> bytes:
        """Raises JwksUnreachable."""
        try:
            async with self._session() as session, session.get(self._url, allow_redirects=False) as response:
                return await _body(response)
        except TimeoutError:
            raise JwksUnreachable(f"no answer within {self._timeout.total} s") from None
        except aiohttp.ClientError as error:
            raise JwksUnreachable(f"{type(error).__name__}: {error}") from None

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            timeout=self._timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        )


async def _body(response: aiohttp.ClientResponse) -> bytes:
    if response.status != 200:
        raise JwksUnreachable(f"status {response.status}")
    if response.content_type not in _TYPES:
        raise JwksUnreachable(f"content of type {response.content_type}")
    body = bytearray()
    async for chunk in response.content.iter_chunked(16_384):
        body += chunk
        if len(body) > MAX_BYTES:
            raise JwksUnreachable(f"more than {MAX_BYTES} bytes")
    return bytes(body)
