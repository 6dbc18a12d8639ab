import datetime

import pytest

from services.notification_preferences import quiet_until

TEN, SEVEN = datetime.time(22), datetime.time(7)
PARIS = "Europe/Paris"


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-21T20:59:00+00:00", None),  # 21:59 in Paris
        ("2026-11-21T21:00:00+00:00", "2026-11-22T06:00:00+00:00"),
        ("2026-11-22T05:59:00+00:00", "2026-11-22T06:00:00+00:00"),
        ("2026-11-22T06:00:00+00:00", None),
        ("2026-07-01T20:30:00+00:00", "2026-07-02T05:00:00+00:00"),  # summer: two hours ahead
        ("2026-03-28T23:00:00+00:00", "2026-03-29T05:00:00+00:00"),  # the night that loses an hour
    ],
)
def test_over_midnight(now: str, ends: str | None) -> None:
    found = quiet_until(TEN, SEVEN, PARIS, now=at(now))
    assert found == (ends and at(ends))


def test_within_a_day_and_none_at_all() -> None:
    noon = at("2026-11-21T12:00:00+00:00")
    assert quiet_until(datetime.time(11), datetime.time(13), "UTC", now=noon) == at("2026-11-21T13:00:00+00:00")
    assert quiet_until(datetime.time(13), datetime.time(14), "UTC", now=noon) is None
    assert quiet_until(None, None, None, now=noon) is None
    assert quiet_until(SEVEN, SEVEN, PARIS, now=noon) is None
    assert quiet_until(datetime.time(11), datetime.time(13), "Europe/Atlantis", now=noon) is not None


def test_quiet_hours_end_later_than_now_in_nights_of_other_clocks() -> None:
    """What is put off to a moment that is over would be due at once, again and again, before everybody else's."""
    for night in ("2026-03-28T22:00:00+00:00", "2026-10-24T22:00:00+00:00"):
        for minutes in range(0, 6 * 60, 5):
            now = at(night) + datetime.timedelta(minutes=minutes)
            for ends in (datetime.time(2), datetime.time(2, 30), datetime.time(3)):
                until = quiet_until(TEN, ends, PARIS, now=now)
                assert until is None or until > now, (now, ends)
