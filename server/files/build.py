"""The file store, the scanner and the intake that the settings ask for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from server.files.clamav import ClamAv, NoScanner
from server.files.folder_store import UNFINISHED, FolderStore
from server.files.inspection import Inspection
from server.files.intake import SpooledIntake
from server.settings import Settings
from services.file_ports import FileStore


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKit:
    """`passing`: folders of what is under way. `closing`: lets go of the store's connections, if it has any."""

    store: FileStore
    intake: SpooledIntake
    passing: tuple[Path, ...]
    closing: Callable[[], Awaitable[None]] | None = None

    async def close(self) -> None:
        if self.closing is not None:
            await self.closing()


def make_file_kit(settings: Settings) -> FileKit:
    incoming = settings.data_dir / "incoming"
    intake = SpooledIntake(
        folder=incoming,
        scanner=ClamAv(settings.clamav_url) if settings.clamav_url else NoScanner(),
        inspection=Inspection(),
        max_bytes=settings.max_attachment_bytes,
        max_pixels=settings.max_image_pixels,
    )
    if urlsplit(settings.file_store).scheme == "s3":
        return _on_s3(settings, intake, incoming)
    folder = Path(settings.file_store) if settings.file_store else settings.data_dir / "files"
    return FileKit(store=FolderStore(folder), intake=intake, passing=(incoming, folder / UNFINISHED))


def _on_s3(settings: Settings, intake: SpooledIntake, incoming: Path) -> FileKit:
    from server.files.s3_store import S3Store  # boto takes as long to import as all else of a command

    parts = urlsplit(settings.file_store)
    prefix = parts.path.strip("/")
    store = S3Store(
        bucket=parts.netloc,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        prefix=f"{prefix}/" if prefix else "",
    )
    return FileKit(store=store, intake=intake, passing=(incoming,), closing=store.close)
