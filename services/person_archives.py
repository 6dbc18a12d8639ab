"""Archives of everything about a person, as that person sees them: asked for, followed, fetched."""

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from repositories.person_archives import ArchiveRow
from services.errors import Conflict, NotFound
from services.export_ports import ArchiveSealer
from services.export_proof import Proof
from services.exports import ArchiveSecret, Stream
from services.file_ports import FileStore
from services.ports import UnitOfWork
from services.principal import Principal
from services.rechecks import Rechecks
from services.security_ports import ContentCipher, WrappedKey

# No conversation has this number.
NO_CONVERSATION = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonArchive:
    """`url` and `proof` while it is ready."""

    id: int
    state: str
    progress: int
    size: int | None
    url: str | None
    proof: Proof | None
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    expires_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class PersonArchivePage:
    items: Sequence[PersonArchive]
    next: int | None


def store_key(token: UUID) -> str:
    return f"{token.hex}d0"


class ArchiveSecrets:
    """Keys and proofs of archives, each sealed under a data key of its own."""

    def __init__(self, cipher: ContentCipher) -> None:
        self._cipher = cipher

    def seal(self, secret: ArchiveSecret, *, user_id: int, token: UUID) -> tuple[WrappedKey, bytes]:
        wrapped = self._cipher.new_data_key()
        sealed = self._cipher.encrypt(
            self._cipher.unwrap(wrapped.key_id, wrapped.blob),
            conversation_id=NO_CONVERSATION,
            sender_id=user_id,
            message_key=token,
            version=0,
            text=secret.text(),
        )
        return wrapped, sealed

    def open(self, row: ArchiveRow) -> ArchiveSecret:
        assert row.sealed is not None, "person_archives_sealed_while_ready"
        return ArchiveSecret.of(
            self._cipher.decrypt(
                self._cipher.unwrap(row.key_id, row.data_key),
                row.sealed,
                conversation_id=NO_CONVERSATION,
                sender_id=row.user_id,
                message_key=row.token,
                version=0,
            )
        )


class PersonArchives:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        secrets: ArchiveSecrets,
        store: FileStore,
        sealer: ArchiveSealer,
        rechecks: Rechecks,
        wake: Callable[[], None],
    ) -> None:
        self._unit_of_work = unit_of_work
        self._secrets = secrets
        self._store = store
        self._sealer = sealer
        self._rechecks = rechecks
        self._wake = wake

    async def ask(self, principal: Principal, *, about: int) -> int:
        """By the person, or by an administrator for them: whoever asks, only the person can fetch it.

        The same again while it is being made. Raises NotFound.
        """
        async with self._unit_of_work.transaction() as repositories:
            archive_id = await repositories.person_archives.ask(
                user_id=about, asked_by=principal.user_id, token=uuid4()
            )
        if archive_id is None:
            raise NotFound
        self._wake()
        return archive_id

    async def find(self, principal: Principal, *, archive_id: int) -> PersonArchive:
        """One's own. Raises NotFound."""
        return self._view(await self._row(principal, archive_id))

    async def page(self, principal: Principal, *, before: int | None, limit: int) -> PersonArchivePage:
        """One's own, the newest first: only that one can be under way."""
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.person_archives.page(user_id=principal.user_id, before=before, limit=limit + 1)
        items = [self._view(row) for row in rows[:limit]]
        return PersonArchivePage(items, items[-1].id if len(rows) > limit else None)

    async def download(self, principal: Principal, *, archive_id: int) -> Stream:
        """Raises NotFound, Conflict (not ready, or not any more)."""
        row = await self._row(principal, archive_id)
        if row.state != "ready":
            raise Conflict(reason="export_not_ready")
        sealed = self._store.read(store_key(row.token))
        return Stream(
            name=f"person-{row.user_id}.zip",
            media_type="application/zip",
            size=row.size,
            chunks=self._rechecks.through(
                principal,
                self._sealer.open(self._secrets.open(row).key, row.token, sealed),
                lambda: self._row(principal, archive_id),
            ),
        )

    def _view(self, row: ArchiveRow) -> PersonArchive:
        ready = row.state == "ready"
        return PersonArchive(
            id=row.id,
            state=row.state,
            progress=row.progress,
            size=row.size if ready else None,
            url=f"/api/messaging/archives/{row.id}/file" if ready else None,
            proof=self._secrets.open(row).proof if ready else None,
            created_at=row.created_at,
            finished_at=row.finished_at,
            expires_at=row.expires_at,
        )

    async def _row(self, principal: Principal, archive_id: int) -> ArchiveRow:
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.person_archives.find(archive_id=archive_id, user_id=principal.user_id)
        if row is None:
            raise NotFound
        return row
