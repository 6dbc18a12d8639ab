"""What lies in the file store for a person alone: exports and archives they asked for."""

from collections.abc import Awaitable, Callable

from services.exports import store_key
from services.file_ports import FileStore
from services.ports import UnitOfWork


class PersonFiles:
    """`forget_archives`: of services.person_archive_maker."""

    def __init__(
        self, *, unit_of_work: UnitOfWork, store: FileStore, forget_archives: Callable[[int], Awaitable[None]]
    ) -> None:
        self._unit_of_work = unit_of_work
        self._store = store
        self._forget_archives = forget_archives

    async def forget(self, user_id: int) -> None:
        """The bytes first, so that what broke off is found again. Raises Unavailable."""
        async with self._unit_of_work.reading() as repositories:
            exports = await repositories.person_data.open_exports(user_id=user_id)
        for export in exports:
            await self._store.delete(store_key(export.token))
        if exports:
            async with self._unit_of_work.transaction() as repositories:
                await repositories.person_data.end_exports(user_id=user_id)
        await self._forget_archives(user_id)
