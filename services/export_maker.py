"""Makes exports that were asked for, one after the other: each by one node, again by another when that one died."""

from uuid import UUID, uuid4

from repositories.conversations import Membership
from repositories.exports import ExportName, ExportTask
from services.archive_tries import ArchiveTries
from services.doubts import until_known
from services.errors import NotFound
from services.events import ExportProgressed
from services.export_builder import ExportBuilder, Now
from services.export_files import ExportFiles
from services.export_ports import ArchiveSealer, PdfPrinter, Signer
from services.export_source import ExportSource
from services.exports import KEY_PREFIX, ArchiveSecret, store_key
from services.file_ports import FileStore
from services.message_view import MessageOpener
from services.notification_ports import Notice, Notices
from services.ports import Publisher, UnitOfWork
from services.security_ports import ContentCipher
from services.slow_streams import Counted, TakenOver, beating, gently

LEASE_SECONDS = 30.0
BEAT_SECONDS = 2.0
ATTEMPTS = 3
STALE_AT_ONCE = 100


class ExportMaker:
    """`owner` is this node; `life_seconds` is how long an export can be fetched."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        cipher: ContentCipher,
        opener: MessageOpener,
        files: ExportFiles,
        store: FileStore,
        tries: ArchiveTries,
        sealer: ArchiveSealer,
        signer: Signer,
        printer: PdfPrinter,
        notices: Notices,
        owner: UUID,
        life_seconds: float,
        now: Now,
        lease_seconds: float = LEASE_SECONDS,
        beat_seconds: float = BEAT_SECONDS,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._cipher = cipher
        self._opener = opener
        self._files = files
        self._store = store
        self._tries = tries
        self._sealer = sealer
        self._signer = signer
        self._printer = printer
        self._notices = notices
        self._owner = owner
        self._life_seconds = life_seconds
        self._now = now
        self._lease_seconds = lease_seconds
        self._beat_seconds = beat_seconds

    async def make_next(self) -> bool:
        """False: there is nothing to do. Raises what making it raised; it is tried again later, up to ATTEMPTS times."""
        async with self._unit_of_work.transaction() as repositories:
            task = await repositories.exports.take(
                owner=self._owner, token=uuid4(), seconds=self._lease_seconds, attempts=ATTEMPTS
            )
        if task is None:
            return False
        try:
            await self._tries.collect()
            await self._make(task)
        except TakenOver:
            await self._store.delete(store_key(task.token))
        except NotFound:  # who asked has no part in it any more
            await self._give_back(task, final=True)
            self._tell(task, "failed", 0)
        except Exception:
            await self._give_back(task, final=False)
            raise
        return True

    async def tidy(self) -> None:
        """Gives up what failed too often, and removes what is over or was left behind. Raises Unavailable, OSError."""
        async with self._unit_of_work.transaction() as repositories:
            hopeless = await repositories.exports.fail_hopeless(attempts=ATTEMPTS)
            stale = await repositories.exports.stale(limit=STALE_AT_ONCE)
        for export in hopeless:
            await self._store.delete(store_key(export.token))
            self._tell(export, "failed", 0)
        for export in stale:
            await self._store.delete(store_key(export.token))
            async with self._unit_of_work.transaction() as repositories:
                await repositories.exports.expire(export_id=export.id)
        await self._tries.collect()

    async def _make(self, task: ExportTask) -> None:
        async with self._unit_of_work.reading() as repositories:
            membership = await repositories.conversations.membership(
                conversation_id=task.conversation_id, user_id=task.user_id
            )
        if membership is None or not membership.key_id:  # shredded meanwhile
            raise NotFound
        source = ExportSource(
            unit_of_work=self._unit_of_work,
            opener=self._opener,
            conversation_id=task.conversation_id,
            up_to_seq=task.up_to_seq,
            asked_by=task.user_id,
            with_files=task.format == "zip",
        )
        builder = ExportBuilder(
            source,
            self._files,
            format=task.format,
            signer=self._signer,
            printer=self._printer,
            now=self._now,
        )
        key, counted = self._sealer.new_key(), Counted()
        async with beating(lambda: self._beat(task, builder), seconds=self._beat_seconds) as beat:
            chunks = counted.through(gently(builder.chunks(), beat))
            await self._store.write(store_key(task.token), self._sealer.seal(key, task.token, chunks))
        assert builder.proof is not None, "all chunks went by"
        secret = ArchiveSecret(key, builder.proof)
        sealed = self._sealed(membership, task, secret.text())
        if not await until_known(lambda: self._finish(task, sealed, counted.size)):
            raise TakenOver
        self._tell(task, "ready", 100)
        self._notices.tell(
            Notice(
                user_id=task.user_id,
                kind="export_ready",
                conversation_id=task.conversation_id,
                subject_type="export",
                subject_id=str(task.id),
            )
        )

    async def _beat(self, task: ExportTask, builder: ExportBuilder) -> bool:
        """Says that somebody is at it, to the other nodes and to who waits. False: another node took it over."""
        percent = builder.percent
        async with self._unit_of_work.transaction() as repositories:
            ours = await repositories.exports.keep(
                export_id=task.id,
                owner=self._owner,
                seconds=self._lease_seconds,
                done=task.up_to_seq * percent // 100,
            )
        if ours:
            self._tell(task, "running", percent)
        return ours

    async def _finish(self, task: ExportTask, sealed: bytes, size: int) -> bool:
        async with self._unit_of_work.transaction() as repositories:
            await repositories.instance.keep(key=KEY_PREFIX + self._signer.key_id, value=self._signer.public_key)
            return await repositories.exports.finish(
                export_id=task.id, token=task.token, sealed=sealed, size=size, seconds=self._life_seconds
            )

    def _sealed(self, membership: Membership, task: ExportTask, text: str) -> bytes:
        return self._cipher.encrypt(
            self._cipher.unwrap(membership.key_id, membership.data_key),
            conversation_id=task.conversation_id,
            sender_id=task.user_id,
            message_key=task.token,
            version=0,
            text=text,
        )

    async def _give_back(self, task: ExportTask, *, final: bool) -> None:
        async with self._unit_of_work.transaction() as repositories:
            await repositories.exports.give_back(export_id=task.id, owner=self._owner, final=final)

    def _tell(self, export: ExportTask | ExportName, state: str, progress: int) -> None:
        self._publisher.publish(
            ExportProgressed(
                export_id=export.id,
                conversation_id=export.conversation_id,
                user_id=export.user_id,
                format=export.format,
                state=state,
                progress=progress,
            )
        )
