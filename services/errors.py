"""What can go wrong, said in the words of the contract. Nothing here knows a transport.

`reason` and the values of `fields` are message keys, not sentences: controllers say them in the reader's language.
A key may carry a parameter behind a colon ("too_long:5000").
"""

from collections.abc import Mapping
from typing import ClassVar, Self


class DomainError(Exception):
    """A refusal with a stable code that clients rely on."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(
        self,
        *,
        reason: str | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        about: int | None = None,
    ) -> None:
        """`about`: the user whom it concerns, for the trail only; the caller is never told."""
        super().__init__(self.code, reason)
        self.about = about
        self.on_trail = False
        self.reason = reason
        self.fields = dict(fields) if fields else None
        self.retry_after = retry_after

    def noted(self) -> Self:
        """It is on the trail already, with more than the boundary knows of it."""
        self.on_trail = True
        return self


class ValidationFailed(DomainError):
    code = "VALIDATION_FAILED"


class AuthRequired(DomainError):
    code = "AUTH_REQUIRED"


class SessionExpired(DomainError):
    code = "SESSION_EXPIRED"


class Forbidden(DomainError):
    code = "FORBIDDEN"


class ContextAccessDenied(DomainError):
    """No right on that prescription or exam, or there is none of that name: one answer for both."""

    code = "CONTEXT_ACCESS_DENIED"


class NotFound(DomainError):
    """Absent, or none of the caller's business: one answer for both, so that nobody learns who is a patient."""

    code = "NOT_FOUND"


class Conflict(DomainError):
    code = "CONFLICT"


class PayloadTooLarge(DomainError):
    code = "PAYLOAD_TOO_LARGE"


class UnsupportedFile(DomainError):
    """Not of a type that is taken, not what its name says, or not safe to hand on; `reason` says which."""

    code = "UNSUPPORTED_FILE"


class RateLimitExceeded(DomainError):
    code = "RATE_LIMIT_EXCEEDED"


class UnknownEvent(DomainError):
    code = "UNKNOWN_EVENT"


class Unavailable(DomainError):
    """The database is out of reach or busy; the caller may try again after `retry_after` seconds."""

    code = "UNAVAILABLE"
