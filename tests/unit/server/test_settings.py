"""Settings that would start a server which then fails somebody: refused with a sentence, at once."""

import pytest

from server.settings import SettingsError, read_settings

DAYS = "must be 0 to 1000000"
SOON = "must be more than 0 seconds"
URL = "must be redis://name:password@host:6379, rediss://… or unix:///path"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        # It listened on 4464.
        ("PORT", "70000", "must be 0 to 65535"),
        ("PORT", "-1", "must be 0 to 65535"),
        # It was never ready.
        ("DATABASE_POOL", "0", "must be 1 to 262143"),
        ("DATABASE_PATIENCE", "0", SOON),
        ("REDIS_URL", "localhost:6379", URL),
        ("REDIS_URL", "http://localhost:6379", URL),
        # The token that a login gave was refused.
        ("ACCESS_TOKEN_SECONDS", "0", "must be 1 to 3153600000"),
        ("ACCESS_TOKEN_SECONDS", "99999999999", "must be 1 to 3153600000"),
        ("SESSION_DAYS", "0", "must be 1 to 1000000"),
        # Nobody could log in.
        ("SESSION_DAYS", "99999999999", "must be 1 to 1000000"),
        ("EXPORT_HOURS", "0", "must be 1 to 24000000"),
        # Background work failed each time, or never got on and said nothing.
        ("ARCHIVE_DAYS", "4000000", DAYS),
        ("NOTIFICATION_DAYS", "4000000", DAYS),
        ("RETENTION_DAYS_CARE", "4000000", DAYS),
        ("RETENTION_DAYS_CONTEXTUAL", "4000000", DAYS),
        ("RETENTION_DAYS_MENTORING", "-1", DAYS),
        ("JOB_LEASE_SECONDS", "0", SOON),
    ],
)
def test_what_would_fail_later_is_refused_at_the_start(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value) == f"Some settings are wrong:\n  {name}: {said}" + (
        ": nothing is done at once" if said == SOON else ""
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65535"),
        ("DATABASE_POOL", "1"),
        ("DATABASE_POOL", "5000"),
        ("DATABASE_PATIENCE", "0.5"),
        ("REDIS_URL", "rediss://name:password@host:6379/0"),
        ("REDIS_URL", "unix:///run/valkey.sock"),
        ("ACCESS_TOKEN_SECONDS", "1000000000"),
        ("SESSION_DAYS", "365000"),
        ("ARCHIVE_DAYS", "0"),
        ("NOTIFICATION_DAYS", "0"),
        ("RETENTION_DAYS_CARE", "999999"),
        ("JOB_SECONDS", "0"),
    ],
)
def test_what_works_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    settings = read_settings()
    assert str(getattr(settings, name.lower())).removesuffix(".0") == value
