"""Notices before any harm that a node runs with other keys than its database was written with.

The table `instance` holds a fingerprint of each key. They cannot be turned back into keys.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from typing import Final

from server.security.secrets_store import Secrets

_PREFIX: Final = "fingerprint."
JWT_ENTRY: Final = f"{_PREFIX}jwt_secret"
_KEY_PREFIX: Final = f"{_PREFIX}master_key."


class KeysDiffer(Exception):
    """The database was written with other keys; the text says which and what to do."""


def fingerprint(secret: bytes) -> str:
    return hmac.new(secret, b"colloque fingerprint 1", hashlib.sha256).hexdigest()[:32]


def fingerprints(secrets: Secrets) -> dict[str, str]:
    """By the key under which table `instance` keeps them."""
    found = {JWT_ENTRY: fingerprint(secrets.jwt_secret)}
    for key_id, key in secrets.master_keys.by_id.items():
        found[_KEY_PREFIX + key_id] = fingerprint(key)
    return found


def check_fingerprints(
    stored: Mapping[str, str], current: Mapping[str, str], *, wrapping: Collection[str] = ()
) -> dict[str, str]:
    """`stored`: the table `instance`; `wrapping`: master keys under which something is wrapped. Returns the entries to add.

    Raises KeysDiffer.

    A master key that differs or is missing would leave messages unreadable, or seal new ones under a key that other
    nodes do not have, so the server must not start. New ids are how keys are rotated: they are added. A key under which
    nothing is wrapped any more may go; its fingerprint stays, so that its id is never given to another key.

    A JWT secret that differs is more often a mistake (a node configured apart, a lost DATA_DIR) than meant: tokens of
    one node would be refused by the next. It is refused as well; changing it on purpose takes one statement by the
    owner of the tables, as the message says, and signs everybody out.
    """
    for entry, value in stored.items():
        if entry == JWT_ENTRY and not _same(value, current[entry]):
            raise KeysDiffer(
                "JWT_SECRET is not the one this database was used with. Give every node the same one. To change it on "
                f"purpose (everybody signs in again), delete the row {JWT_ENTRY!r} of the table instance first."
            )
        if entry.startswith(_KEY_PREFIX):
            key_id = entry.removeprefix(_KEY_PREFIX)
            _check_master_key(value, current.get(entry), key_id=key_id, in_use=key_id in wrapping)
    return {entry: value for entry, value in current.items() if entry not in stored}


def missing_keys(stored: Mapping[str, str], current: Mapping[str, str]) -> list[str]:
    """Ids of master keys that this database was used with and that are not at hand."""
    return [
        entry.removeprefix(_KEY_PREFIX) for entry in stored if entry.startswith(_KEY_PREFIX) and entry not in current
    ]


def _check_master_key(stored: str, current: str | None, *, key_id: str, in_use: bool) -> None:
    if current is None:
        if not in_use:
            return
        raise KeysDiffer(
            f"ENCRYPTION_KEYS lacks the key {key_id!r}, under which something in this database is still sealed. "
            "Put it back behind the current one. To do without it, run `python -m server keys rotate` first."
        )
    if not _same(stored, current):
        raise KeysDiffer(
            f"The key {key_id!r} of ENCRYPTION_KEYS is not the one this database was used with: its messages could "
            "not be read. Put the old one back; a new key needs an id of its own."
        )


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
