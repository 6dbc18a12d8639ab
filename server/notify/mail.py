"""E-mail by SMTP. Over TLS, always; only to a server on this very machine may it go in the open."""

import ipaddress
from functools import partial
from urllib.parse import unquote

import aiosmtplib
import structlog

from server.notify.letters import written
from server.setting_readers import split_address
from server.settings import SettingsError
from services.notification_ports import Letter, Sending

log = structlog.get_logger(__name__)

PATIENCE = 15.0
PERMANENT = 500
# Wrong credentials, or mail that the server does not relay: the operator's to mend, after which the letter should go.
OURS_TO_MEND = (530, 534, 535, 538)


class SmtpMailer:
    """services.notification_ports.Mailer. `url`: smtp://name:password@host:587 (STARTTLS) or smtps:// (TLS at once)."""

    def __init__(self, url: str, *, sender: str, address: str) -> None:
        """Raises SettingsError."""
        parts = split_address(url)
        if parts is None or parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingsError("SMTP_URL must be like smtp://name:password@mail.example.org:587 or smtps://…:465")
        if "@" not in sender:
            raise SettingsError("MAIL_FROM is needed with SMTP_URL: the address that e-mail comes from")
        tls = parts.scheme == "smtps"
        self._connection = partial(
            aiosmtplib.SMTP,
            hostname=parts.hostname,
            port=parts.port or (465 if tls else 587),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=tls,
            start_tls=not tls and not _on_this_machine(parts.hostname),
            timeout=PATIENCE,
        )
        self._sender = sender
        self._address = address

    async def send(self, letter: Letter) -> Sending:
        try:
            message = written(letter, sender=self._sender, address=self._address)
        except ValueError:
            log.warning("mail_refused", why="no e-mail address")
            return Sending.REFUSED
        try:
            async with self._connection() as connection:
                await connection.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused([refusal.code for refusal in error.recipients])
        except aiosmtplib.SMTPResponseException as error:
            return _refused([error.code])
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            log.warning("mail_failed", why=type(error).__name__)
            return Sending.LATER
        return Sending.SENT


def _refused(codes: list[int]) -> Sending:
    """The answer's text stays out of the log: it repeats addresses."""
    log.warning("mail_refused", codes=codes)
    final = all(code >= PERMANENT and code not in OURS_TO_MEND for code in codes)
    return Sending.REFUSED if final else Sending.LATER


def _on_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
