"""Settings that would start a server which then fails somebody: refused with a sentence, at once."""

import pytest

from controllers.schemas.text import ABSURD
from server.fanout.redis import RedisCarrier
from server.notify.mail import SmtpMailer
from server.security.jwks_http import check_jwks_url
from server.settings import SettingsError, read_settings

DAYS = "must be 0 to 1000000"
SOON = "must be more than 0 seconds"
URL = "must be redis://name:password@host:6379, rediss://… or unix:///path"
SCANNER = "must be unix:///path or tcp://host:port"
STORE = "must be a folder or s3://bucket/prefix"
ADDRESS = "must be an address such as https://colloque.example.org"
MAILBOX = "must be an e-mail address, such as colloque@example.org or Clinic <colloque@example.org>"


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
        # It was taken, and longer messages were refused all the same.
        ("MAX_CONTENT_LENGTH", str(ABSURD + 1), f"must be 0 to {ABSURD}"),
        # Background work failed each time, or never got on and said nothing.
        ("ARCHIVE_DAYS", "4000000", DAYS),
        ("NOTIFICATION_DAYS", "4000000", DAYS),
        ("RETENTION_DAYS_CARE", "4000000", DAYS),
        ("RETENTION_DAYS_CONTEXTUAL", "4000000", DAYS),
        ("RETENTION_DAYS_MENTORING", "-1", DAYS),
        ("JOB_LEASE_SECONDS", "0", SOON),
        # A traceback, with a piece of the password in it.
        ("REDIS_URL", "redis://:bad:port", URL),
        ("REDIS_URL", "redis://host:notaport", URL),
        ("REDIS_URL", "redis://[::1", URL),
        ("REDIS_URL", "redis://host:99999", URL),
        ("CLAMAV_URL", "tcp://host:notaport", SCANNER),
        ("CLAMAV_URL", "tcp://host:99999", SCANNER),
        ("CLAMAV_URL", "tcp://[::1", SCANNER),
        # It never found it.
        ("REDIS_URL", "redis://ho st", URL),
        ("REDIS_URL", "unix://", URL),
        ("CLAMAV_URL", "tcp://host", SCANNER),
        ("CLAMAV_URL", "unix://relative/path", SCANNER),
        # Uploads failed.
        ("S3_ENDPOINT", "minio:9000", ADDRESS),
        ("S3_ENDPOINT", "http://[::1", ADDRESS),
        ("S3_ENDPOINT", "http://minio:notaport", ADDRESS),
        ("S3_ENDPOINT", "http://", ADDRESS),
        ("FILE_STORE", "s3://[::1", STORE),
        ("FILE_STORE", "s3://bucket:port/x", STORE),
        ("FILE_STORE", "s3://no bucket!/x", STORE),
        # No browser ever says it like that.
        (
            "CORS_ORIGINS",
            "https://host:notaport",
            "'https://host:notaport' is no origin such as https://app.example.org",
        ),
        ("CORS_ORIGINS", "https://[::1", "'https://[::1' is no origin such as https://app.example.org"),
        ("CORS_ORIGINS", "https://a b", "'https://a b' is no origin such as https://app.example.org"),
        ("CORS_ORIGINS", "https://", "'https://' is no origin such as https://app.example.org"),
        ("CORS_ORIGINS", "https://h?x", "'https://h?x' is more than an origin such as https://app.example.org"),
        ("CORS_ORIGINS", "https://h/x", "'https://h/x' is more than an origin such as https://app.example.org"),
        ("CORS_ORIGINS", "https://u:p@h", "'https://u:p@h' is more than an origin such as https://app.example.org"),
        # No letter went out.
        ("MAIL_FROM", "nonsense", MAILBOX),
        ("MAIL_FROM", "x@", MAILBOX),
        ("MAIL_FROM", "@x.org", MAILBOX),
        ("MAIL_FROM", "a@b.org\nBcc: x@y.org", MAILBOX),
        ("PUBLIC_URL", "colloque.example.org", ADDRESS),
        ("PUBLIC_URL", "javascript:alert(1)", ADDRESS),
        ("PUBLIC_URL", "https://host:notaport", ADDRESS),
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
        ("MAX_CONTENT_LENGTH", "0"),
        ("MAX_CONTENT_LENGTH", str(ABSURD)),
    ],
)
def test_what_works_is_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    settings = read_settings()
    assert str(getattr(settings, name.lower())).removesuffix(".0") == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://:s%23cret@[::1]:6379/2?health_check_interval=5"),
        ("CLAMAV_URL", "tcp://[fe80::1%25eth0]:3310"),
        ("CLAMAV_URL", "unix:///run/clamav/clamd.ctl"),
        ("S3_ENDPOINT", "http://127.0.0.1:9000"),
        ("FILE_STORE", "s3://my.bucket-1/prefix/of it"),
        ("FILE_STORE", "/srv/files"),
        ("MAIL_FROM", "colloque@localhost"),
        ("MAIL_FROM", "Clinique de l'Été <colloque@clinic.example>"),
        ("PUBLIC_URL", "https://clinic.example/colloque/"),
    ],
)
def test_addresses_that_work_are_taken(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(read_settings(), name.lower()) == value


def test_origins_are_kept_as_browsers_say_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else pages of an origin that is named would be refused."""
    monkeypatch.setenv(
        "CORS_ORIGINS", "https://App.Example.org:443/, http://a.example:80,http://[::1]:3000, https://b:8443"
    )
    assert read_settings().cors_origins == (
        "https://app.example.org",
        "http://a.example",
        "http://[::1]:3000",
        "https://b:8443",
    )


@pytest.mark.parametrize("options", ["nonsense=1", "socket_timeout=abc", "ssl_cert_reqs=perhaps"])
def test_options_that_the_library_of_redis_does_not_take_are_refused_at_the_start(options: str) -> None:
    """It would say so at each try to connect, and the bus would never be there."""
    with pytest.raises(SettingsError, match=r"^REDIS_URL: something is wrong with the options after its `\?`$"):
        RedisCarrier(url=f"rediss://:secret@host:6379/0?{options}", channel="c")


@pytest.mark.parametrize(
    "url", ["smtp://[::1", "smtp://host:notaport", "smtp://host:99999", "smtp://ho st", "http://host"]
)
def test_a_malformed_address_of_the_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SettingsError, match=r"^SMTP_URL must be like smtp://"):
        SmtpMailer(url, sender="colloque@clinic.example", address="")


@pytest.mark.parametrize("url", ["https://[::1", "https://host:notaport", "https:///jwks.json"])
def test_a_malformed_address_of_keys_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"^it must be an address such as https://login"):
        check_jwks_url(url)
