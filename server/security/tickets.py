"""Tickets for one file: what an address may hold for a minute. Nothing is stored; any node can check them."""

import hashlib
import hmac
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.attachment_ports import Ticket
from services.errors import AuthRequired

_BODY = struct.Struct(">q?q?16sQ")
MAC_BYTES: Final = 32
NO_SESSION: Final = bytes(16)


class MacTickets:
    """services.attachment_ports.Tickets. The key is derived: no token passes for a ticket, and no ticket for a token."""

    def __init__(self, jwt_secret: bytes) -> None:
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"colloque file ticket 1")
        self._key = derive.derive(jwt_secret)

    def issue(self, ticket: Ticket) -> str:
        session = NO_SESSION if ticket.session_id is None else UUID(ticket.session_id).bytes
        body = _BODY.pack(
            ticket.attachment_id,
            ticket.thumbnail,
            ticket.user_id,
            ticket.session_id is not None,
            session,
            ticket.expires_at,
        )
        return urlsafe_b64encode(body + self._mac(body)).decode().rstrip("=")

    def parse(self, text: str) -> Ticket:
        try:
            raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            raise AuthRequired from None
        body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        if len(body) != _BODY.size or not hmac.compare_digest(mac, self._mac(body)):
            raise AuthRequired
        attachment_id, thumbnail, user_id, has_session, session, expires_at = _BODY.unpack(body)
        ticket = Ticket(
            attachment_id, thumbnail, user_id, str(UUID(bytes=session)) if has_session else None, expires_at
        )
        if self.issue(ticket) != text:  # other spellings of the same bytes are refused
            raise AuthRequired
        return ticket

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()
