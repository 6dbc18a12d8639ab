"""Makes archives of people's data: each by one node, again by another when that one died."""

from collections.abc import Callable, Iterable
from uuid import UUID, uuid4

from repositories.person_archives import ArchiveTask
from services.archive_tries import ArchiveTries
from services.doubts import until_known
from services.errors import NotFound
from services.events import ArchiveProgressed
from services.export_maker import ATTEMPTS, BEAT_SECONDS, LEASE_SECONDS, STALE_AT_ONCE
from services.export_ports import ArchiveSealer, Signer
from services.exports import KEY_PREFIX, ArchiveSecret
from services.file_ports import FileStore
from services.person_archive_builder import PersonArchiveBuilder
from services.person_archives import ArchiveSecrets, store_key
from services.ports import Publisher, UnitOfWork
from services.security_ports import WrappedKey
from services.slow_streams import Counted, TakenOver, beating, gently

# (user, asked by) → what makes it.
Builders = Callable[[int, int], PersonArchiveBuilder]


class PersonArchiveMaker:
    """`owner` is this node; `life_seconds` is how long an archive can be fetched."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        publisher: Publisher,
        secrets: ArchiveSecrets,
        store: FileStore,
        tries: ArchiveTries,
        sealer: ArchiveSealer,
        signer: Signer,
        builders: Builders,
        owner: UUID,
        life_seconds: float,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._publisher = publisher
        self._secrets = secrets
        self._store = store
        self._tries = tries
        self._sealer = sealer
        self._signer = signer
        self._builders = builders
        self._owner = owner
        self._life_seconds = life_seconds

    async def make_next(self) -> bool:
        """False: there is nothing to do. Raises what making it raised; it is tried again later, up to ATTEMPTS times."""
        async with self._unit_of_work.transaction() as repositories:
            task = await repositories.person_archives.take(
                owner=self._owner, token=uuid4(), seconds=LEASE_SECONDS, attempts=ATTEMPTS
            )
        if task is None:
            return False
        try:
            await self._tries.collect()
            await self._make(task)
        except TakenOver:
            await self._store.delete(store_key(task.token))
        except NotFound:  # a conversation was shredded on the way: the next try goes without it
            await self._give_back(task)
        except Exception:
            await self._give_back(task)
            raise
        return True

    async def tidy(self) -> None:
        """Gives up what failed too often, and removes what is over. Raises Unavailable, OSError."""
        async with self._unit_of_work.transaction() as repositories:
            hopeless = await repositories.person_archives.fail_hopeless(attempts=ATTEMPTS)
            stale = await repositories.person_archives.stale(limit=STALE_AT_ONCE)
        for task in hopeless:
            await self._store.delete(store_key(task.token))
            self._tell(task, "failed", 0)
        await self.end(stale)

    async def end(self, tasks: Iterable[ArchiveTask]) -> None:
        """Removes what there is of these: the bytes first, then the keys."""
        ids = []
        for task in tasks:
            await self._store.delete(store_key(task.token))
            ids.append(task.id)
        if not ids:
            return
        async with self._unit_of_work.transaction() as repositories:
            ended = await repositories.person_archives.end(ids)
        for task in ended:
            self._tell(task, "failed", 0)

    async def forget_conversation(self, conversation_id: int) -> None:
        """services.retention.Forget: an archive made before would keep what was shredded for as long as it can be fetched."""
        async with self._unit_of_work.reading() as repositories:
            tasks = await repositories.person_archives.open_of(conversation_id=conversation_id)
        await self.end(tasks)

    async def forget_person(self, user_id: int) -> None:
        async with self._unit_of_work.reading() as repositories:
            tasks = await repositories.person_archives.open_of(user_id=user_id)
        await self.end(tasks)

    async def _make(self, task: ArchiveTask) -> None:
        builder = self._builders(task.user_id, task.asked_by)
        key, counted = self._sealer.new_key(), Counted()
        async with beating(lambda: self._beat(task, builder), seconds=BEAT_SECONDS) as beat:
            chunks = counted.through(gently(builder.chunks(), beat))
            await self._store.write(store_key(task.token), self._sealer.seal(key, task.token, chunks))
        assert builder.proof is not None, "all chunks went by"
        wrapped, sealed = self._secrets.seal(ArchiveSecret(key, builder.proof), user_id=task.user_id, token=task.token)
        if not await until_known(lambda: self._finish(task, sealed, wrapped, counted.size)):
            raise TakenOver
        self._tell(task, "ready", 100)

    async def _finish(self, task: ArchiveTask, sealed: bytes, wrapped: WrappedKey, size: int) -> bool:
        async with self._unit_of_work.transaction() as repositories:
            await repositories.instance.keep(key=KEY_PREFIX + self._signer.key_id, value=self._signer.public_key)
            return await repositories.person_archives.finish(
                archive_id=task.id,
                token=task.token,
                sealed=sealed,
                key_id=wrapped.key_id,
                data_key=wrapped.blob,
                size=size,
                seconds=self._life_seconds,
            )

    async def _beat(self, task: ArchiveTask, builder: PersonArchiveBuilder) -> bool:
        progress = builder.percent
        async with self._unit_of_work.transaction() as repositories:
            ours = await repositories.person_archives.keep(
                archive_id=task.id, owner=self._owner, seconds=LEASE_SECONDS, progress=progress
            )
        if ours:
            self._tell(task, "running", progress)
        return ours

    async def _give_back(self, task: ArchiveTask) -> None:
        async with self._unit_of_work.transaction() as repositories:
            await repositories.person_archives.give_back(archive_id=task.id, owner=self._owner, final=False)

    def _tell(self, task: ArchiveTask, state: str, progress: int) -> None:
        self._publisher.publish(
            ArchiveProgressed(archive_id=task.id, user_id=task.user_id, state=state, progress=progress)
        )
