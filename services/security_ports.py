"""What services need of cryptography, as Protocols and plain data. server/security binds the real ones."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Claims:
    """What an accepted token says: either `subject` (own user id) or `external_id` (of a host application) is set."""

    subject: int | None
    external_id: str | None
    session_id: str | None
    expires_at: float
    issuer: str


class AccessTokens(Protocol):
    def issue(self, user_id: int, role: str, session_id: str, ttl: float | None = None) -> tuple[str, int]:
        """Returns the token and its life in seconds; `ttl` replaces the life that is set."""

    async def verify(self, token: str) -> Claims:
        """Raises AuthRequired for all that is not acceptable, always the same; SessionExpired when nothing but `exp`
        is against it; Unavailable when the host's keys cannot be had for the moment."""


class PasswordHasher(Protocol):
    """All that takes long runs off the event loop, a few at a time; a line too long raises Unavailable."""

    async def hash(self, password: str) -> str: ...

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """The hash of an unknown user is None: the answer is False and takes as long."""

    def needs_rehash(self, password_hash: str) -> bool: ...

    def check_policy(self, password: str, username: str, *, field: str = "password") -> None:
        """Raises ValidationFailed that names `field`."""


class RefreshToken(NamedTuple):
    """What a refresh token stands for: a session and how often it was rotated."""

    session_id: str
    generation: int


class RefreshTokens(Protocol):
    """Deterministic: the same session and generation give the same token, so that a lost reply can be repeated."""

    def issue(self, session_id: str, generation: int) -> str: ...

    def parse(self, token: str) -> RefreshToken:
        """Raises AuthRequired unless the token is exactly what `issue` made. Says nothing about the session's state."""


class DataKey:
    """The opened key of a conversation. Only the cipher that made it can look inside."""

    __slots__ = ()


class WrappedKey(NamedTuple):
    """A data key as it is stored: sealed under the master key `key_id`."""

    key_id: str
    blob: bytes


# What stands in the place of a data key that was destroyed at the end of retention.
NO_KEY = WrappedKey("", b"")


class ContentDamaged(Exception):
    """Stored bytes do not open: they were changed, moved to another row, or sealed under another key."""


class MasterKeyMissing(Exception):
    """ENCRYPTION_KEYS holds no key of that id; the text names the id, never a key."""


class MasterKeyService(Protocol):
    """Wraps and unwraps data keys under master keys: those of the environment or a file, or a KMS that lets none of them out.

    Asked on the event loop: once for each conversation that is opened, then the answer is kept. So it must not wait for a
    network: who keeps master keys elsewhere opens them at the start (one call a key), or asks an agent on this machine.
    """

    @property
    def current_id(self) -> str:
        """The id of the key that wraps what is new."""

    @property
    def ids(self) -> Collection[str]:
        """Of all keys that can unwrap."""

    def wrap(self, data_key: bytes) -> WrappedKey:
        """Under the current key."""

    def unwrap(self, key_id: str, blob: bytes) -> bytes:
        """Raises MasterKeyMissing, ContentDamaged."""


class ContentCipher(Protocol):
    """Seals what people write, bound to the conversation, sender, message and version that it was written as."""

    def new_message_key(self) -> UUID:
        """A random name, by which a message is known before it has a number."""

    def new_data_key(self) -> WrappedKey: ...

    def unwrap(self, key_id: str, blob: bytes) -> DataKey:
        """NO_KEY gives a key that was destroyed: what it sealed reads as empty, and nothing is sealed under it.

        Raises MasterKeyMissing, ContentDamaged.
        """

    def rewrap(self, key_id: str, blob: bytes) -> WrappedKey:
        """The same data key under the current master key. Raises as `unwrap`."""

    def encrypt(
        self,
        data_key: DataKey,
        *,
        conversation_id: int,
        sender_id: int | None,
        message_key: UUID,
        version: int,
        text: str,
    ) -> bytes:
        """`sender_id` is None for a message of the system. `text` must be free of lone surrogates."""

    def seal_new(self, data_key: DataKey, conversation_id: int, sender_id: int, text: str) -> tuple[bytes, bytes]:
        """`new_message_key`, as the bytes of that UUID, and what `encrypt` makes of the text as version 1 under it: each
        message passes here, so it is one call.
        """

    def decrypt(
        self,
        data_key: DataKey,
        content: bytes,
        *,
        conversation_id: int,
        sender_id: int | None,
        message_key: UUID,
        version: int,
    ) -> str:
        """Raises ContentDamaged unless everything is as it was given to `encrypt`."""
