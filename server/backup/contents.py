"""What a backup is: a folder with `database.dump`, `files/` and `backup.json`, which says what must be in them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

VERSION = "colloque-backup/1"
DUMP, FILES, ABOUT = "database.dump", "files", "backup.json"
PIECE = 1_048_576


class BackupError(Exception):
    """A sentence for the person at the keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """`fingerprints` as in the table instance. `files`: path below FILES → SHA-256."""

    version: str
    made_at: str
    fingerprints: Mapping[str, str]
    dump: str
    files: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Last of all: a folder without it is no backup."""
        (folder / ABOUT).write_text(json.dumps(asdict(self), indent=1), "utf-8")


def read_about(folder: Path) -> About:
    """Raises BackupError."""
    try:
        about = About(**json.loads((folder / ABOUT).read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{folder} is no backup, or not a whole one: {error}") from error
    if about.version != VERSION:
        raise BackupError(f"{folder} is a backup of the unknown version {about.version}.")
    return about


def digest(path: Path) -> str:
    """SHA-256."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def damage(folder: Path, about: About) -> list[str]:
    """What of the backup is not as it was written."""
    wanted = {DUMP: about.dump, **{f"{FILES}/{name}": value for name, value in about.files.items()}}
    troubles = []
    for name, value in wanted.items():
        path = folder / name
        if not path.is_file():
            troubles.append(f"{name}: missing")
        elif digest(path) != value:
            troubles.append(f"{name}: changed")
    return troubles
