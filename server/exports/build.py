"""The services of exports, bound to what they need."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

from server.exports.printer import ProcessPdfPrinter
from server.exports.sealing import ChunkedArchiveSealer
from server.files.sealing import AesFileCipher
from server.security.signing import Ed25519Signer
from services.access import Access
from services.archive_tries import ArchiveTries
from services.attachment_reader import AttachmentReader
from services.attachment_view import AttachmentOpener
from services.export_files import ExportFiles
from services.export_maker import ExportMaker
from services.exports import Exports
from services.file_ports import FileStore
from services.message_view import MessageOpener
from services.notification_ports import Notices
from services.ports import Publisher, UnitOfWork
from services.rechecks import Rechecks
from services.security_ports import ContentCipher
from services.trail_ports import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportServices:
    exports: Exports
    maker: ExportMaker


def make_exports(
    *,
    unit_of_work: UnitOfWork,
    publisher: Publisher,
    access: Access,
    cipher: ContentCipher,
    opener: MessageOpener,
    store: FileStore,
    signing_seed: bytes,
    trail: Trail,
    rechecks: Rechecks,
    notices: Notices,
    wake: Callable[[], None],
    life_seconds: float,
) -> ExportServices:
    sealer, signer = ChunkedArchiveSealer(), Ed25519Signer(signing_seed)
    return ExportServices(
        exports=Exports(
            unit_of_work=unit_of_work,
            access=access,
            cipher=cipher,
            opener=opener,
            store=store,
            sealer=sealer,
            signer=signer,
            trail=trail,
            rechecks=rechecks,
            wake=wake,
            now=_now,
        ),
        maker=ExportMaker(
            unit_of_work=unit_of_work,
            publisher=publisher,
            cipher=cipher,
            opener=opener,
            files=ExportFiles(
                unit_of_work=unit_of_work,
                cipher=cipher,
                opener=AttachmentOpener(cipher=cipher),
                reader=AttachmentReader(content_cipher=cipher, file_cipher=AesFileCipher(), store=store),
            ),
            store=store,
            tries=ArchiveTries(unit_of_work, store),
            sealer=sealer,
            signer=signer,
            printer=ProcessPdfPrinter(),
            notices=notices,
            owner=uuid4(),
            life_seconds=life_seconds,
            now=_now,
        ),
    )


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
