"""The services of one's data, for a node and for the command line."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import uuid4

from server.exports.sealing import ChunkedArchiveSealer
from server.files.sealing import AesFileCipher
from server.security.signing import Ed25519Signer
from services.archive_tries import ArchiveTries
from services.attachment_reader import AttachmentReader
from services.attachment_view import AttachmentOpener
from services.context_titles import ContextTitles, forget_title
from services.erasure import Erasure
from services.export_files import ExportFiles
from services.file_ports import FileStore
from services.message_view import MessageOpener
from services.person_archive_builder import PersonArchiveBuilder
from services.person_archive_maker import Builders, PersonArchiveMaker
from services.person_archives import ArchiveSecrets, PersonArchives
from services.person_files import PersonFiles
from services.person_records import PersonRecords
from services.person_versions import PersonVersions
from services.ports import Publisher, UnitOfWork
from services.rechecks import Rechecks
from services.retention import Forget
from services.search import forget_in_index
from services.security_ports import ContentCipher
from services.shredded_files import ShreddedFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonData:
    archives: PersonArchives
    maker: PersonArchiveMaker
    builders: Builders
    erasure: Erasure


def make_person_data(
    *,
    unit_of_work: UnitOfWork,
    publisher: Publisher,
    cipher: ContentCipher,
    opener: MessageOpener,
    store: FileStore,
    signing_seed: bytes,
    rechecks: Rechecks,
    wake: Callable[[], None],
    life_seconds: float,
    days: Mapping[str, int],
) -> PersonData:
    sealer, signer, secrets = ChunkedArchiveSealer(), Ed25519Signer(signing_seed), ArchiveSecrets(cipher)
    records = PersonRecords(unit_of_work=unit_of_work, titles=ContextTitles(cipher=cipher))
    files = ExportFiles(
        unit_of_work=unit_of_work,
        cipher=cipher,
        opener=AttachmentOpener(cipher=cipher),
        reader=AttachmentReader(content_cipher=cipher, file_cipher=AesFileCipher(), store=store),
    )

    def builder(user_id: int, asked_by: int) -> PersonArchiveBuilder:
        return PersonArchiveBuilder(
            unit_of_work=unit_of_work,
            opener=opener,
            records=records,
            versions=PersonVersions(unit_of_work, cipher),
            files=files,
            signer=signer,
            now=_now,
            user_id=user_id,
            asked_by=asked_by,
        )

    maker = PersonArchiveMaker(
        unit_of_work=unit_of_work,
        publisher=publisher,
        secrets=secrets,
        store=store,
        tries=ArchiveTries(unit_of_work, store),
        sealer=sealer,
        signer=signer,
        builders=builder,
        owner=uuid4(),
        life_seconds=life_seconds,
    )
    return PersonData(
        archives=PersonArchives(
            unit_of_work=unit_of_work, secrets=secrets, store=store, sealer=sealer, rechecks=rechecks, wake=wake
        ),
        maker=maker,
        builders=builder,
        erasure=Erasure(
            unit_of_work=unit_of_work,
            publisher=publisher,
            cipher=cipher,
            files=PersonFiles(unit_of_work=unit_of_work, store=store, forget_archives=maker.forget_person),
            days=days,
            now=_now,
        ),
    )


def forgetting(
    unit_of_work: UnitOfWork, publisher: Publisher, store: FileStore, maker: PersonArchiveMaker
) -> list[Forget]:
    """Everything that is kept of a conversation besides its rows, for the end of its retention."""
    return [
        forget_in_index(unit_of_work),
        forget_title(unit_of_work),
        ShreddedFiles(unit_of_work=unit_of_work, store=store, publisher=publisher).forget,
        maker.forget_conversation,
    ]


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
