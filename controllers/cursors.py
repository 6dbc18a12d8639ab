"""The opaque `before` of a list: where the last page ended, as text that only we read."""

import base64
import binascii
import datetime
import json

from repositories.conversations import ListPosition
from services.errors import ValidationFailed


def text_of(position: ListPosition | None) -> str | None:
    if position is None:
        return None
    plain = json.dumps([position.rank, position.activity_at.isoformat(), position.id])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def position_of(text: str | None) -> ListPosition | None:
    """Raises ValidationFailed for what is not one of ours."""
    if text is None:
        return None
    try:
        rank, moment, key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        position = ListPosition(rank, moment_of(moment), key)
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValidationFailed(fields={"before": "bad_cursor"}) from error
    if not (type(rank) is type(key) is int and 0 <= rank < 10 and 0 < key < 2**63):
        raise ValidationFailed(fields={"before": "bad_cursor"})
    return position


def moment_of(text: str) -> datetime.datetime:
    """Of a cursor. Raises ValueError, TypeError. In UTC, so that what PostgreSQL takes for another era is out of range here."""
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    try:
        return moment.astimezone(datetime.UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error
