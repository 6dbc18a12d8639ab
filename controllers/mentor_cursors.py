"""The opaque `before` of the directory: where the last page ended, as text that only we read."""

import base64
import binascii
import json

from repositories.mentors import MentorPlace
from services.errors import ValidationFailed

SHAPE = (int, int, int, str, int, bool)


def text_of(place: MentorPlace | None) -> str | None:
    if place is None:
        return None
    plain = json.dumps([place.kind, place.rank, place.merit, place.name, place.id, place.meant])
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def place_of(text: str | None) -> MentorPlace | None:
    """Raises ValidationFailed for what is not one of ours."""
    if text is None:
        return None
    try:
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if tuple(map(type, parts)) != SHAPE:
            raise ValueError("another shape")
        place = MentorPlace(*parts)
    except (ValueError, TypeError, binascii.Error) as error:
        raise ValidationFailed(fields={"before": "bad_cursor"}) from error
    sane = 0 <= place.kind < 3 and 0 <= place.rank < 3 and -(2**31) < place.merit <= 0 and 0 < place.id < 2**63
    if not sane or "\0" in place.name or not place.name.isprintable():
        raise ValidationFailed(fields={"before": "bad_cursor"})
    return place
