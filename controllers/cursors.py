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
        at = datetime.datetime.fromisoformat(moment)
        position = ListPosition(int(rank), at, int(key))
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValidationFailed(fields={"before": "bad_cursor"}) from error
    if at.tzinfo is None or not (0 <= position.rank < 10 and 0 < position.id < 2**63):
        raise ValidationFailed(fields={"before": "bad_cursor"})
    return position
