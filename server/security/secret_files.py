"""Secrets that the server made itself, one a file, for its user alone."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from server.settings import SettingsError

_MODE_FOLDER = 0o700
_MODE_FILE = 0o600


class SecretFiles:
    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "secrets"

    def read_or_make(self, name: str, make: Callable[[], str]) -> tuple[str, bool]:
        """The secret and whether it was made now. Of several processes that start at once, all get the same one.

        Raises SettingsError when the folder cannot be used.
        """
        path = self.folder / name
        try:
            if path.exists():
                return self._read(path), False
            made = self._create(path, make())
            return self._read(path), made
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{path} cannot be read or made: {error}. Let this user write to DATA_DIR, or set the secret yourself."
            ) from None

    def _read(self, path: Path) -> str:
        if path.stat().st_mode & 0o077:
            path.chmod(_MODE_FILE)
        text = path.read_text("utf-8").strip()
        if not text:
            raise SettingsError(f"{path} is empty: put the secret back from a backup.")
        return text

    def _create(self, path: Path, text: str) -> bool:
        """Whether ours is the one that stays. Written whole under another name first: nobody reads half of it."""
        self.folder.mkdir(mode=_MODE_FOLDER, parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            _write_durably(draft, text)
            os.link(draft, path)
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        _sync_folder(self.folder)
        return True


def _write_durably(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), _MODE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
