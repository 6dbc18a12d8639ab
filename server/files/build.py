"""The file store, the scanner and the intake that the settings ask for."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from server.files.clamav import ClamAv, NoScanner
from server.files.folder_store import UNFINISHED, FolderStore
from server.files.inspection import Inspection
from server.files.intake import SpooledIntake
from server.files.s3_store import S3Store
from server.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKit:
    """`passing`: folders of what is under way."""

    store: FolderStore | S3Store
    intake: SpooledIntake
    passing: tuple[Path, ...]

    async def close(self) -> None:
        if isinstance(self.store, S3Store):
            await self.store.close()


def make_file_kit(settings: Settings) -> FileKit:
    incoming = settings.data_dir / "incoming"
    intake = SpooledIntake(
        folder=incoming,
        scanner=ClamAv(settings.clamav_url) if settings.clamav_url else NoScanner(),
        inspection=Inspection(),
        max_bytes=settings.max_attachment_bytes,
        max_pixels=settings.max_image_pixels,
    )
    parts = urlsplit(settings.file_store)
    if parts.scheme == "s3":
        prefix = parts.path.strip("/")
        store = S3Store(
            bucket=parts.netloc,
            endpoint=settings.s3_endpoint,
            region=settings.s3_region,
            prefix=f"{prefix}/" if prefix else "",
        )
        return FileKit(store=store, intake=intake, passing=(incoming,))
    folder = Path(settings.file_store) if settings.file_store else settings.data_dir / "files"
    return FileKit(store=FolderStore(folder), intake=intake, passing=(incoming, folder / UNFINISHED))
