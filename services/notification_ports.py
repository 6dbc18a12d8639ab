"""What notifications need of the outside, and what others need of them."""

import enum
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """For one person. `kind` is one of services.notifications.KINDS; never any text that somebody wrote.

    `subject_type` and `subject_id` name what it is about, such as ("export", "12") or ("ordonnance", "RX-7").
    """

    user_id: int
    kind: str
    conversation_id: int | None = None
    subject_type: str | None = None
    subject_id: str | None = None
    actor_id: int | None = None


class Notices(Protocol):
    def tell(self, notice: Notice) -> None:
        """After COMMIT, once, on the node where it happened. Never raises and never waits."""


class Sending(enum.Enum):
    """GONE: that browser will never be there again. REFUSED: trying again would not help. LATER: it may."""

    SENT = "sent"
    GONE = "gone"
    REFUSED = "refused"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail that says that something waits, and no more. `language` None: both."""

    address: str
    language: str | None
    urgent: bool


class Mailer(Protocol):
    async def send(self, letter: Letter) -> Sending:
        """Never raises."""


@dataclass(frozen=True, slots=True)
class PushTarget:
    """What a browser gave: the address of its push service, its public key and shared secret, both base64url."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Signal:
    """What is pushed: that there is a notification, and of which kind."""

    notification_id: int
    kind: str
    urgent: bool


class Pusher(Protocol):
    @property
    def public_key(self) -> str:
        """For `applicationServerKey` in the browser."""

    def seal(self, target: PushTarget) -> tuple[bytes, bytes]:
        """(what names the endpoint, all of it encrypted). Raises ValidationFailed for what may not be pushed to."""

    async def send(self, sealed: bytes, signal: Signal) -> Sending:
        """Never raises."""
