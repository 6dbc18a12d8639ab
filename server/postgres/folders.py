"""Where the files of the embedded PostgreSQL are under DATA_DIR."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Folders:
    root: Path

    @classmethod
    def under(cls, data_dir: Path) -> "Folders":
        return cls(data_dir.resolve() / "pg")

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def socket_note(self) -> Path:
        return self.root / "socket"

    def lock(self, name: str) -> Path:
        return self.root / f"{name}.lock"

    def socket(self) -> str | None:
        """The folder of the running server's socket."""
        return self.socket_note.read_text("utf-8") if self.socket_note.exists() else None
