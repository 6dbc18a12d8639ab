"""A push service on the loopback, and browsers, which decrypt as RFC 8291 and RFC 8188 say, from their side."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Pushed:
    headers: dict[str, str]
    body: bytes


class Browser:
    """Its keys never leave it."""

    def __init__(self, service: "PushService", name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self.point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.endpoint = f"{service.url}/send/{name}"

    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()`."""
        return {
            "endpoint": self.endpoint,
            "expirationTime": None,
            "keys": {"p256dh": _text(self.point), "auth": _text(self._auth)},
        }

    def read(self, pushed: Pushed) -> dict[str, Any]:
        decrypted: dict[str, Any] = json.loads(self.decrypt(pushed.body))
        return decrypted

    def decrypt(self, body: bytes) -> bytes:
        """Raises InvalidTag for what was meant for another browser."""
        salt, record_size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= record_size
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = _hmac(_hmac(self._auth, shared), b"WebPush: info\0" + self.point + sender + b"\1")
        pseudo_random = _hmac(salt, secret)
        key = _hmac(pseudo_random, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _hmac(pseudo_random, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, record, None)
        assert padded.endswith(b"\2"), "the delimiter of the last record"
        return padded[:-1]


class PushService:
    """`status` is what the next pushes are answered."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 201
        self.pushed: dict[str, list[Pushed]] = {}
        self._news = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        pushed = Pushed(dict(request.headers), await request.read())
        self.pushed.setdefault(request.match_info["name"], []).append(pushed)
        self._news.set()
        return web.Response(status=self.status)

    async def of(self, browser: Browser, count: int = 1) -> list[Pushed]:
        """When so many came. Raises TimeoutError."""
        name = browser.endpoint.rsplit("/", 1)[1]
        async with asyncio.timeout(PATIENCE):
            while len(self.pushed.get(name, [])) < count:
                self._news.clear()
                await self._news.wait()
        return self.pushed[name]

    def claims(self, pushed: Pushed, public_key: str) -> dict[str, Any]:
        """What the sender says of itself, checked as a push service does."""
        scheme, _, rest = pushed.headers["Authorization"].partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", public_key)
        point = base64.urlsafe_b64decode(public_key + "==")
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims: dict[str, Any] = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.url)
        return claims


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    app = web.Application()
    app.router.add_post("/send/{name}", service.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield service
    finally:
        await runner.cleanup()
