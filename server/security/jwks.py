"""A host application's key set: renewed when it grows old or a new key id turns up, kept while out of reach."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from server.security.jwks_http import JwksUnreachable
from server.security.verification_key import UnfitKey, VerificationKey, key_from_jwk
from services.errors import Unavailable
from services.ports import Clock

_log = logging.getLogger(__name__)

Fetch = Callable[[], Awaitable[bytes]]

RENEW_AFTER: Final = 600.0
RENEW_PAUSE: Final = 30.0
# Without any key nobody of the host can come in, so the next try is sooner.
FIRST_PAUSE: Final = 5.0
USABLE_FOR: Final = 24 * 3600.0
_MOST_KEYS: Final = 100


class JwksKeys:
    """server.security.host_tokens.KeySource. `fetch` raises JwksUnreachable and ends by itself in good time."""

    def __init__(self, fetch: Fetch, *, monotonic: Clock = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = monotonic
        self._keys: list[VerificationKey] = []
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._renewal: asyncio.Task[None] | None = None

    async def find(self, key_id: str | None) -> Iterable[VerificationKey]:
        """Raises Unavailable while there are no keys to go by."""
        if self._age() > RENEW_AFTER:
            await self._renew()
        if self._age() > USABLE_FOR:
            raise Unavailable(retry_after=FIRST_PAUSE)
        if key_id is not None and not any(key.key_id == key_id for key in self._keys):
            await self._renew()
        return [key for key in self._keys if key_id in (None, key.key_id)]

    async def close(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _age(self) -> float:
        return self._clock() - self._fetched

    async def _renew(self) -> None:
        """All who ask meanwhile share one fetch, and one of them going away does not end it for the others."""
        if self._renewal is None:
            pause = RENEW_PAUSE if self._age() <= USABLE_FOR else FIRST_PAUSE
            if self._clock() - self._tried < pause:
                return
            self._tried = self._clock()
            self._renewal = asyncio.create_task(self._fetch_keys(), name="jwks")
        await asyncio.shield(self._renewal)

    async def _fetch_keys(self) -> None:
        try:
            self._keys = read_jwks(await self._fetch())
            self._fetched = self._clock()
        except JwksUnreachable as error:
            _log.warning("the host's keys could not be fetched: %s", error)
        finally:
            self._renewal = None


def read_jwks(body: bytes) -> list[VerificationKey]:
    """The keys fit for use. Raises JwksUnreachable when the body is no key set, or holds none."""
    try:
        entries = json.loads(body)["keys"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise JwksUnreachable("the content is no JWKS") from None
    if not isinstance(entries, list) or len(entries) > _MOST_KEYS:
        raise JwksUnreachable("the content is no JWKS of a sensible size")
    keys = []
    for place, entry in enumerate(entries, start=1):
        try:
            keys.append(key_from_jwk(entry))
        except UnfitKey as error:
            _log.info("key %d of the host's JWKS is left out: %s", place, error)
    if not keys:
        raise JwksUnreachable("none of its keys is fit for use")
    return keys
