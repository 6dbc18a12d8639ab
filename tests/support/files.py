"""The parts of attachments on folders of a test, with the scanner and the limits that it wants."""

from pathlib import Path

from repositories.unit_of_work import Database
from server.files.clamav import NoScanner, Scanner
from server.files.folder_store import FolderStore
from server.files.inspection import Inspection
from server.files.intake import SpooledIntake
from server.files.sealing import AesFileCipher
from server.security.cipher import AesContentCipher
from server.security.tickets import MacTickets
from services.access import Access
from services.attachment_view import AttachmentOpener
from services.attachments import Attachments
from services.file_ports import FileStore
from services.principal import Principal
from services.rechecks import Rechecks
from services.trail_ports import NullTrail, Trail


async def _recall(user_id: int, session_id: str | None, expires_at: float) -> Principal:
    return Principal(user_id, "", session_id, expires_at)


# No session ends while something flows.
ALWAYS = Rechecks(_recall)


def attachments_in(
    folder: Path,
    *,
    database: Database,
    cipher: AesContentCipher,
    store: FileStore | None = None,
    scanner: Scanner | None = None,
    trail: Trail | None = None,
    kinds: frozenset[str] = frozenset({"care", "mentoring", "contextual"}),
    max_bytes: int = 10_000_000,
    max_pixels: int = 40_000_000,
) -> Attachments:
    return Attachments(
        unit_of_work=database,
        access=Access(kinds=kinds),
        intake=SpooledIntake(
            folder=folder / "incoming",
            scanner=scanner or NoScanner(),
            inspection=Inspection(),
            max_bytes=max_bytes,
            max_pixels=max_pixels,
        ),
        store=store or FolderStore(folder / "files"),
        content_cipher=cipher,
        file_cipher=AesFileCipher(),
        opener=AttachmentOpener(cipher=cipher),
        tickets=MacTickets(b"s" * 48),
        trail=trail or NullTrail(),
        rechecks=ALWAYS,
    )
