"""What a look gives, and how it refuses."""

from dataclasses import dataclass


class Refused(Exception):
    """`reason` is a message key of controllers/messages_*.py; `detail` is for the log and holds nothing of the file."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Limits:
    max_pixels: int


@dataclass(frozen=True, slots=True)
class Looked:
    """`data` is what is kept: the file itself, without what tells more than its sender meant."""

    data: bytes
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None
