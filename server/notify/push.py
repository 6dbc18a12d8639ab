"""Web Push: sealing what browsers give, and sending."""

import asyncio
import hashlib
import hmac
import os

import aiohttp
import orjson
import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from server.notify.addresses import PublicResolver, checked_origin
from server.notify.aes128gcm import AUTH_BYTES, decoded, encrypt, receiver_key
from server.notify.vapid import Vapid
from services.errors import ValidationFailed
from services.notification_ports import PushTarget, Sending, Signal

log = structlog.get_logger(__name__)

PATIENCE = 10.0
# After so long at the push service it is of no use any more.
TTL_SECONDS = 24 * 3600
NONCE_BYTES = 12
ABOUT = b"colloque push subscription 1"
GONE = (404, 410)
LATER = (408, 425, 429)


class WebPush:
    """services.notification_ports.Pusher. No redirects, proxies from the environment or cookies."""

    def __init__(self, vapid: Vapid, *, allow_loopback: bool) -> None:
        self._vapid = vapid
        self._allow_loopback = allow_loopback
        keys = HKDF(hashes.SHA256(), 64, None, ABOUT).derive(vapid.secret)
        self._cipher, self._hash_key = AESGCM(keys[:32]), keys[32:]
        self._session: aiohttp.ClientSession | None = None

    @property
    def public_key(self) -> str:
        return self._vapid.public_key

    def seal(self, target: PushTarget) -> tuple[bytes, bytes]:
        """Raises ValidationFailed."""
        self._check(target)
        plain = orjson.dumps([target.endpoint, target.p256dh, target.auth])
        nonce = os.urandom(NONCE_BYTES)
        name = hmac.new(self._hash_key, target.endpoint.encode(), hashlib.sha256).digest()
        return name, nonce + self._cipher.encrypt(nonce, plain, ABOUT)

    def _check(self, target: PushTarget) -> None:
        try:
            checked_origin(target.endpoint, allow_loopback=self._allow_loopback)
        except ValueError as error:
            raise ValidationFailed(fields={"endpoint": "bad_endpoint"}) from error
        try:
            receiver_key(decoded(target.p256dh))
            if len(decoded(target.auth)) != AUTH_BYTES:
                raise ValueError("wrong length")
        except ValueError as error:
            raise ValidationFailed(fields={"keys": "bad_push_keys"}) from error

    def _open(self, sealed: bytes) -> PushTarget:
        """Raises InvalidTag when it was sealed under another key."""
        plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], ABOUT)
        return PushTarget(*orjson.loads(plain))

    async def send(self, sealed: bytes, signal: Signal) -> Sending:
        try:
            target = self._open(sealed)
            origin = checked_origin(target.endpoint, allow_loopback=self._allow_loopback)
        except (InvalidTag, ValueError):
            # Made under an earlier VAPID key: no push service would take it from us.
            return Sending.GONE
        try:
            status = await self._post(target, origin, signal)
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            log.warning("push_failed", why=type(error).__name__)
            return Sending.LATER
        return _outcome(status)

    async def _post(self, target: PushTarget, origin: str, signal: Signal) -> int:
        plain = orjson.dumps({"notificationId": signal.notification_id, "kind": signal.kind, "urgent": signal.urgent})
        headers = {
            "Authorization": self._vapid.authorization(origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_SECONDS),
            "Urgency": "high" if signal.urgent else "normal",
        }
        body = encrypt(plain, p256dh=decoded(target.p256dh), auth=decoded(target.auth))
        async with self._client().post(target.endpoint, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status

    def _client(self) -> aiohttp.ClientSession:
        """Made when first needed, since it belongs to the running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=PublicResolver(allow_loopback=self._allow_loopback), use_dns_cache=False, limit=20
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            await asyncio.sleep(0)  # lets the transports close


def _outcome(status: int) -> Sending:
    if 200 <= status < 300:
        return Sending.SENT
    if status in GONE:
        return Sending.GONE
    log.warning("push_refused", status=status)
    return Sending.LATER if status in LATER or status >= 500 else Sending.REFUSED
