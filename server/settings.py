"""Everything that can be set, in one frozen object made from the environment. README's table is made from it (`make docs`)."""

from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from environs import Env, EnvError, EnvValidationError

from server.forum.amounts import AS_TEXT
from server.setting_readers import KINDS, READERS


class SettingsError(ValueError):
    """A setting is missing or wrong; the text says which and what to do."""


def setting(default: Any, kind: str, about: str, *, secret: bool = False) -> Any:
    """One variable: `kind` names the reader of environs or of READERS."""
    return field(default=default, repr=not secret, metadata={"kind": kind, "about": about, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Names are those of the environment in lower case."""

    host: str = setting("127.0.0.1", "str", "Address to listen on")
    port: int = setting(5001, "port", "Port to listen on; 0 takes a free one")
    workers: int = setting(1, "workers", "Processes that serve together on the one port; also `serve --workers`")
    data_dir: Path = setting(Path("var"), "path", "Folder of the embedded PostgreSQL and of secrets made by the server")
    database_url: str = setting(
        "", "str", "PostgreSQL of the server's own role; unset: embedded in DATA_DIR", secret=True
    )
    migrate_database_url: str = setting(
        "", "str", "PostgreSQL of the role that owns the tables, for migrations", secret=True
    )
    auto_migrate: bool = setting(True, "bool", "Apply pending migrations when the server starts")
    database_pool: int = setting(10, "connections", "Connections to PostgreSQL a process; one more is for sends alone")
    database_patience: float = setting(
        2.5, "patience", "After so many seconds without an answer the client is told UNAVAILABLE"
    )
    fanout: str = setting(
        "auto",
        "fanout",
        "How nodes hear of each other: `memory` (a single one), `postgres`, `redis`; "
        "`auto`: redis with a REDIS_URL, else postgres with several workers, else memory",
    )
    redis_url: str = setting("", "redis", "Redis or Valkey through which several nodes are one", secret=True)
    redis_channel: str = setting("colloque", "str", "Prefix of the channels used in Redis")
    jwt_secret: str = setting(
        "", "secret", "Key of our own tokens, at least 32 bytes (or JWT_SECRET_FILE)", secret=True
    )
    encryption_keys: str = setting(
        "", "secret", "Master keys `id:base64,…`, the first one is current (or ENCRYPTION_KEYS_FILE)", secret=True
    )
    export_signing_key: str = setting(
        "",
        "secret",
        "Key that signs exports, 32 bytes in base64 (or EXPORT_SIGNING_KEY_FILE); unset: made, or derived from JWT_SECRET",
        secret=True,
    )
    audit_anchor_file: str = setting(
        "",
        "str",
        "File in which the heads of the trail are kept, only ever added to; unset: trail-anchor.jsonl in DATA_DIR",
    )
    host_jwt_issuer: str = setting("", "str", "Issuer of the host application's tokens")
    host_jwt_audience: str = setting("", "str", "Audience that the host application's tokens must name")
    host_jwt_public_key: str = setting("", "secret", "Its public key in PEM (or HOST_JWT_PUBLIC_KEY_FILE)")
    host_jwt_jwks_url: str = setting("", "str", "Or the address of its JWKS")
    password_cost: str = setting(
        "standard",
        "password_cost",
        "Work of hashing a password: `standard` (64 MiB), or `small` (19 MiB, a fifth of the time) where memory is short",
    )
    access_token_seconds: int = setting(900, "life", "Life of an access token")
    idle_minutes: int = setting(15, "count", "The web client signs out after so long without a hand on it; 0: never")
    reply_hours: int = setting(
        0, "count", "Within so many hours an answer can be expected, said where one writes; 0: only what was seen there"
    )
    session_days: int = setting(30, "some_days", "A session ends when it was not used for so long")
    cors_origins: tuple[str, ...] = setting(
        (), "origins", "Other origins whose pages may call this server, separated by commas"
    )
    trusted_proxies: tuple[str, ...] = setting(
        (), "networks", "Proxies whose X-Forwarded-For is believed (addresses or networks)"
    )
    conversation_kinds: frozenset[str] = setting(KINDS, "kinds", "Kinds of conversation switched on")
    context_types: str = setting(
        "", "str", "JSON file with the types of context, as server/contexts/types.json; unset: ordonnance and examen"
    )
    forum: bool = setting(True, "bool", "Whether the forum is switched on")
    forum_points: tuple[str, ...] = setting(AS_TEXT, "points", "What each thing in the forum is worth to its author")
    max_content_length: int = setting(
        5000, "content", "Code points a message, question or answer; 1000000 at most, which 0 means too"
    )
    max_reactions: int = setting(12, "count", "Different emojis of one person on one message; 0: no limit")
    max_attachments: int = setting(5, "count", "Files a message")
    max_attachment_bytes: int = setting(10_000_000, "count", "Bytes a file")
    max_image_pixels: int = setting(40_000_000, "count", "Pixels a picture")
    file_store: str = setting("", "file_store", "Folder of files, or `s3://bucket/prefix`; unset: `files` in DATA_DIR")
    s3_endpoint: str = setting("", "http", "Address of what speaks S3's protocol; unset: Amazon's")
    s3_region: str = setting("", "str", "Region of the bucket")
    clamav_url: str = setting(
        "", "clamav", "Virus scanner that must pass every file: `unix:///run/clamav/clamd.ctl` or `tcp://host:3310`"
    )
    max_frame_bytes: int = setting(65_536, "count", "Bytes a Socket.IO frame")
    max_body_bytes: int = setting(1_048_576, "count", "Bytes a REST body")
    message_rate: int = setting(30, "count", "Messages a minute and user; 0: no limit")
    message_burst: int = setting(60, "count", "Messages at once before MESSAGE_RATE counts")
    event_rate: int = setting(50, "count", "Events a second and socket; 0: no limit")
    login_rate: int = setting(10, "count", "Failed logins a minute and name, five times that an address; 0: no limit")
    request_rate: int = setting(600, "count", "Changes by REST a minute and user; 0: no limit")
    upload_rate: int = setting(30, "count", "Files a minute and user; 0: no limit")
    post_rate: int = setting(30, "count", "Questions and answers a minute and user; 0: no limit")
    search_rate: int = setting(120, "count", "Searches, and looks at retention, a minute and user; 0: no limit")
    export_rate: int = setting(10, "count", "Exports a minute and user; 0: no limit")
    address_factor: int = setting(
        20,
        "count",
        "All at one address (IPv6: /64) may do so many times what a user may, by sockets, REST, files, searches and exports;"
        " 0: no limit",
    )
    max_sockets_per_user: int = setting(
        20, "count", "Sockets a user, over all nodes; the oldest is closed; 0: no limit"
    )
    auth_timeout: float = setting(10.0, "seconds", "From connection to an accepted token")
    max_queue_packets: int = setting(256, "count", "Packets that may wait for a slow client")
    max_queue_bytes: int = setting(1_048_576, "count", "Bytes that may wait for a slow client")
    export_hours: int = setting(24, "some_hours", "How long an export can be fetched")
    edit_minutes: int = setting(15, "count", "How long one's own message can be edited or deleted; 0: always")
    typing_seconds: float = setting(6.0, "seconds", "A typing_start without stop ends after this")
    presence_grace_seconds: float = setting(10.0, "seconds", "Offline only after so long without a socket")
    notification_delay: float = setting(
        30.0, "seconds", "A message is unread for so long, on no connected device: its reader is notified"
    )
    notification_idle: float = setting(300.0, "seconds", "The same in spite of a connected device that has it")
    notification_days: int = setting(90, "days", "Notifications are forgotten after so many days; 0: never")
    email_delay: float = setting(300.0, "seconds", "An e-mail waits so long for more to tell; urgent ones do not")
    smtp_url: str = setting("", "secret", "smtp://name:password@host:587 or smtps://…; unset: no e-mail", secret=True)
    mail_from: str = setting("", "mailbox", "Address that e-mail comes from, and the contact for push services")
    public_url: str = setting("", "http", "Where people sign in, for e-mail")
    vapid_private_key: str = setting(
        "", "secret", "Key of Web Push (or VAPID_PRIVATE_KEY_FILE); unset beside a DATABASE_URL: no push", secret=True
    )
    push_loopback: bool = setting(False, "bool", "Push to this machine too, without TLS; for tests")
    archive_days: int = setting(30, "days", "A conversation is archived after so many days of silence; 0: never")
    retention_days_care: int = setting(
        2557, "days", "Care conversations are shredded after so many days of silence (7 years); 0: never"
    )
    retention_days_contextual: int = setting(2557, "days", "The same for contextual conversations")
    retention_days_mentoring: int = setting(2557, "days", "The same for mentoring")
    job_seconds: float = setting(5.0, "seconds", "How often a node looks for background work; 0: it does none")
    job_lease_seconds: float = setting(
        30.0, "patience", "A node that says nothing of its background work for so long has lost it to another"
    )
    log_format: str = setting("auto", "log_format", "json, text, or auto: text on a terminal")
    log_level: str = setting("INFO", "log_level", "DEBUG, INFO, WARNING or ERROR")

    @property
    def embedded(self) -> bool:
        """Whether PostgreSQL is ours to start."""
        return not self.database_url

    @property
    def fanout_kind(self) -> str:
        """memory, postgres or redis."""
        if self.fanout != "auto":
            return self.fanout
        return "redis" if self.redis_url else "postgres" if self.workers > 1 else "memory"

    @property
    def retention_days(self) -> dict[str, int]:
        """By kind."""
        return {kind: int(getattr(self, f"retention_days_{kind}")) for kind in sorted(KINDS)}

    def contradictions(self) -> list[str]:
        """Settings that are well by themselves and cannot hold together."""
        troubles = []
        if self.fanout == "redis" and not self.redis_url:
            troubles.append("FANOUT is redis, which needs a REDIS_URL")
        if self.fanout in ("memory", "postgres") and self.redis_url:
            troubles.append(f"FANOUT is {self.fanout}, but there is a REDIS_URL, which is for FANOUT=redis; unset one")
        if self.fanout == "memory" and self.workers > 1:
            troubles.append(f"FANOUT is memory, by which {self.workers} workers cannot hear of each other; unset it")
        return troubles


def read_settings(*, workers: int | None = None) -> Settings:
    """The settings of this process's environment; `workers` as the command line says it goes before.

    Raises SettingsError with every wrong variable at once.
    """
    env, values, troubles = Env(), {}, []
    for item in fields(Settings):
        name = item.name.upper()
        try:
            values[item.name] = READERS[item.metadata["kind"]](env, name, item.default)
        except (EnvError, EnvValidationError, ValueError) as error:
            troubles.append(f"{name}: {_short(error)}")
    if workers is not None:
        values["workers"] = workers
    if not troubles:
        settings = Settings(**values)
        troubles = settings.contradictions()
        if not troubles:
            return settings
    raise SettingsError("Some settings are wrong:\n  " + "\n  ".join(troubles))


def _short(error: Exception) -> str:
    return str(error).removeprefix("Environment variable ").split(" invalid: ")[-1]


def documented() -> list[tuple[str, str, str]]:
    """(name, default, about) of every setting, for the README."""
    return [(item.name.upper(), _shown(item), str(item.metadata["about"])) for item in fields(Settings)]


def _shown(item: "Field[Any]") -> str:
    if isinstance(item.default, bool):
        return "on" if item.default else "off"
    if isinstance(item.default, (tuple, frozenset)):
        return ",".join(sorted(item.default))
    return str(item.default)
