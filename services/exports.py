"""Exports as their askers see them: asked for, followed, fetched. Who makes them is services.export_maker."""

import datetime
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from uuid import UUID, uuid4

from repositories.contexts import ContextName
from repositories.conversations import Membership
from repositories.exports import ExportRow
from services.access import Access
from services.errors import Conflict, ContextAccessDenied, NotFound, ValidationFailed
from services.export_builder import MEDIA_TYPES, PDF_MOST, Now, file_name
from services.export_documents import html_document, json_document
from services.export_ports import ArchiveSealer, Signer
from services.export_proof import Proof
from services.export_source import ExportSource
from services.file_ports import FileStore
from services.message_view import MessageOpener
from services.ports import UnitOfWork
from services.principal import Origin, Principal
from services.rechecks import Rechecks
from services.security_ports import ContentCipher
from services.trail_ports import Result, Trail, TrailEntry

KEY_PREFIX = "export_key."


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """`url` and `proof` while it is ready."""

    id: int
    conversation_id: int
    format: str
    state: str
    progress: int
    size: int | None
    url: str | None
    proof: Proof | None
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    expires_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A file to be given out; `size` None: nobody knows before its end."""

    name: str
    media_type: str
    size: int | None
    chunks: AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class PublicKey:
    id: str
    public_key: str
    current: bool


@dataclass(frozen=True, slots=True)
class ArchiveSecret:
    """What an export's row keeps sealed: the key of the archive and its proof."""

    key: str
    proof: Proof

    def text(self) -> str:
        proof = self.proof
        return json.dumps([self.key, proof.manifest, proof.signature, proof.public_key])

    @classmethod
    def of(cls, text: str) -> "ArchiveSecret":
        key, *proof = json.loads(text)
        return cls(key, Proof(*proof))


def store_key(token: UUID) -> str:
    return f"{token.hex}e0"


class Exports:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        access: Access,
        cipher: ContentCipher,
        opener: MessageOpener,
        store: FileStore,
        sealer: ArchiveSealer,
        signer: Signer,
        trail: Trail,
        rechecks: Rechecks,
        wake: Callable[[], None],
        now: Now,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._access = access
        self._cipher = cipher
        self._opener = opener
        self._store = store
        self._sealer = sealer
        self._signer = signer
        self._trail = trail
        self._rechecks = rechecks
        self._wake = wake
        self._now = now

    async def ask(self, principal: Principal, origin: Origin, *, conversation_id: int, format: str) -> int:
        """The export's id; the same again while it is being made.

        Raises NotFound, Forbidden, Conflict (shredded), ValidationFailed.
        """
        async with self._unit_of_work.transaction() as repositories:
            membership = _readable(await self._access.membership(repositories, principal, conversation_id))
            if format == "pdf" and membership.last_seq > PDF_MOST:
                raise ValidationFailed(fields={"format": f"too_long:{PDF_MOST}"})
            export_id = await repositories.exports.ask(
                conversation_id=conversation_id,
                user_id=principal.user_id,
                format=format,
                up_to_seq=membership.last_seq,
                token=uuid4(),
            )
        self._note("export.make", principal, origin, conversation_id, export_id)
        self._wake()
        return export_id

    async def find(self, principal: Principal, *, export_id: int) -> Export:
        """Raises NotFound, Forbidden."""
        row = await self._row(principal, export_id)
        ready = row.state == "ready"
        return Export(
            id=row.id,
            conversation_id=row.conversation_id,
            format=row.format,
            state=row.state,
            progress=100 if ready else min(99, 100 * row.done // max(1, row.up_to_seq)),
            size=row.size if ready else None,
            url=f"/api/messaging/exports/{row.id}/file" if ready else None,
            proof=self._secret(row).proof if ready else None,
            created_at=row.created_at,
            finished_at=row.finished_at,
            expires_at=row.expires_at,
        )

    async def download(self, principal: Principal, origin: Origin, *, export_id: int) -> Stream:
        """Raises NotFound, Forbidden, Conflict (not ready, or not any more)."""
        row = await self._row(principal, export_id)
        if row.state != "ready":
            self._note("export.download", principal, origin, row.conversation_id, row.id, "denied", row.state)
            raise Conflict(reason="export_not_ready").noted()
        self._note("export.download", principal, origin, row.conversation_id, row.id)
        sealed = self._store.read(store_key(row.token))
        return Stream(
            name=file_name(row.conversation_id, row.format),
            media_type=MEDIA_TYPES[row.format],
            size=row.size,
            chunks=self._rechecks.through(
                principal,
                self._sealer.open(self._secret(row).key, row.token, sealed),
                lambda: self._row(principal, export_id),
            ),
        )

    async def of_context(
        self, principal: Principal, origin: Origin, *, context_type: str, context_id: str, format: str
    ) -> Stream:
        """The conversation about this context, at once.

        Raises ContextAccessDenied, NotFound (no conversation yet, removed from it), Forbidden, Conflict (shredded).
        """
        async with self._unit_of_work.reading() as repositories:
            conversation_id = await repositories.exports.of_context(
                context_type=context_type, context_id=context_id, user_id=principal.user_id
            )
            if conversation_id is None:
                name = ContextName(context_type, context_id)
                standing = await repositories.contexts.standing(name, user_id=principal.user_id)
                raise ContextAccessDenied if standing is None else NotFound
            membership = _readable(await self._access.membership(repositories, principal, conversation_id))
        self._note("export.make", principal, origin, conversation_id, None)
        return Stream(
            name=file_name(conversation_id, format),
            media_type=MEDIA_TYPES[format],
            size=None,
            chunks=self._rechecks.through(
                principal,
                self._at_once(principal, membership, format),
                lambda: self._still(principal, conversation_id),
            ),
        )

    async def public_keys(self) -> list[PublicKey]:
        """All that ever signed here, so that old exports can be verified."""
        async with self._unit_of_work.reading() as repositories:
            kept = await repositories.instance.entries()
        found = {name.removeprefix(KEY_PREFIX): value for name, value in kept.items() if name.startswith(KEY_PREFIX)}
        found[self._signer.key_id] = self._signer.public_key
        return [PublicKey(key, value, key == self._signer.key_id) for key, value in sorted(found.items())]

    async def _at_once(self, principal: Principal, membership: Membership, format: str) -> AsyncIterator[bytes]:
        source = ExportSource(
            unit_of_work=self._unit_of_work,
            opener=self._opener,
            conversation_id=membership.conversation_id,
            up_to_seq=membership.last_seq,
            asked_by=principal.user_id,
        )
        head = await source.head(now=self._now())
        document = json_document if format == "json" else html_document
        async for chunk in document(head, source.messages()):
            yield chunk

    async def _still(self, principal: Principal, conversation_id: int) -> None:
        """Raises NotFound, Forbidden."""
        async with self._unit_of_work.reading() as repositories:
            await self._access.membership(repositories, principal, conversation_id)

    async def _row(self, principal: Principal, export_id: int) -> ExportRow:
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.exports.find(export_id=export_id, user_id=principal.user_id)
            if row is None:
                raise NotFound
            await self._access.membership(repositories, principal, row.conversation_id)
        return row

    def _secret(self, row: ExportRow) -> ArchiveSecret:
        assert row.sealed is not None, "exports_sealed_while_ready"
        return ArchiveSecret.of(
            self._cipher.decrypt(
                self._cipher.unwrap(row.key_id, row.data_key),
                row.sealed,
                conversation_id=row.conversation_id,
                sender_id=row.user_id,
                message_key=row.token,
                version=0,
            )
        )

    def _note(
        self,
        action: str,
        principal: Principal,
        origin: Origin,
        conversation_id: int,
        export_id: int | None,
        result: Result = "ok",
        reason: str | None = None,
    ) -> None:
        self._trail.note(
            TrailEntry(
                action=action,
                principal=principal,
                origin=origin,
                object_type="export",
                object_id=None if export_id is None else str(export_id),
                conversation_id=conversation_id,
                result=result,
                reason=reason,
            )
        )


def _readable(membership: Membership) -> Membership:
    """Raises Conflict when there is no key to it any more."""
    if not membership.key_id:
        raise Conflict(reason="conversation_shredded")
    return membership
