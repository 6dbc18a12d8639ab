"""Where the secrets come from: the environment, or, beside an embedded database, files that the server makes once."""

import base64
import logging
import secrets
from dataclasses import dataclass, field

from server.notify.vapid import new_private_key
from server.security.master_keys import KEY_BYTES, MasterKeys, parse_master_keys
from server.security.own_tokens import MIN_SECRET_BYTES
from server.security.secret_files import SecretFiles
from server.security.signing import derived_signing_key, new_signing_key, parse_signing_key
from server.settings import Settings, SettingsError

_log = logging.getLogger(__name__)

FIRST_KEY_ID = "k1"


@dataclass(frozen=True, slots=True)
class Secrets:
    """`made` names those that were made just now. `vapid_private_key` "": no Web Push."""

    jwt_secret: bytes = field(repr=False)
    master_keys: MasterKeys
    made: tuple[str, ...] = ()
    export_signing_key: bytes = field(default=b"", repr=False)
    vapid_private_key: str = field(default="", repr=False)

    @property
    def signing_seed(self) -> bytes:
        """Of the key that signs exports."""
        return self.export_signing_key or derived_signing_key(self.jwt_secret)


def load_secrets(settings: Settings) -> Secrets:
    """Raises SettingsError: a secret is missing beside an external database, too short, or not of its form."""
    files = SecretFiles(settings.data_dir)
    made: list[str] = []
    jwt_text = settings.jwt_secret or _kept(settings, files, "JWT_SECRET", made)
    keys_text = settings.encryption_keys or _kept(settings, files, "ENCRYPTION_KEYS", made)
    signing_text = settings.export_signing_key
    vapid_text = settings.vapid_private_key
    if settings.embedded:
        signing_text = signing_text or _kept(settings, files, "EXPORT_SIGNING_KEY", made)
        vapid_text = vapid_text or _kept(settings, files, "VAPID_PRIVATE_KEY", made)
    return Secrets(
        _jwt_secret(jwt_text),
        parse_master_keys(keys_text),
        made=tuple(made),
        export_signing_key=parse_signing_key(signing_text) if signing_text else b"",
        vapid_private_key=vapid_text,
    )


def _kept(settings: Settings, files: SecretFiles, name: str, made: list[str]) -> str:
    if not settings.embedded:
        raise SettingsError(f"{name} is not set. With a DATABASE_URL of your own, {_HOW[name]}")
    text, new = files.read_or_make(name.lower(), _MAKERS[name])
    if new:
        made.append(name)
        _log.warning(
            "%s was not set, so one was made and is kept in %s. Back it up with the data: %s",
            name,
            files.folder,
            _LOSS[name],
        )
    return text


def _jwt_secret(text: str) -> bytes:
    secret = text.encode()
    if len(secret) < MIN_SECRET_BYTES:
        raise SettingsError(
            f"JWT_SECRET has {len(secret)} bytes, at least {MIN_SECRET_BYTES} are needed. "
            "Make one with: openssl rand -base64 48"
        )
    return secret


def _new_jwt_secret() -> str:
    return secrets.token_urlsafe(48)


def _new_master_key() -> str:
    return f"{FIRST_KEY_ID}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


_MAKERS = {
    "JWT_SECRET": _new_jwt_secret,
    "ENCRYPTION_KEYS": _new_master_key,
    "EXPORT_SIGNING_KEY": new_signing_key,
    "VAPID_PRIVATE_KEY": new_private_key,
}
_HOW = {
    "JWT_SECRET": "set it (or JWT_SECRET_FILE), the same on every node. Make one with: openssl rand -base64 48",
    "ENCRYPTION_KEYS": "set it (or ENCRYPTION_KEYS_FILE) to k1:<key>, the same on every node. "
    f"Make a key with: openssl rand -base64 {KEY_BYTES}",
}
_LOSS = {
    "JWT_SECRET": "without it everybody has to sign in again.",
    "ENCRYPTION_KEYS": "without it no message can be read.",
    "EXPORT_SIGNING_KEY": "without it later exports are signed by another one.",
    "VAPID_PRIVATE_KEY": "without it browsers have to subscribe to push again.",
}
