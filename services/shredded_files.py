"""What lies in the file store of a conversation that was shredded: attachments, thumbnails, exports.

Nobody can open it any more; that it goes too is for the disk's sake, and for who finds the disk.
"""

from repositories.exports import ExportName
from services.attachment_ports import Part
from services.attachment_reader import store_key as file_key
from services.events import ExportProgressed
from services.exports import store_key as export_key
from services.file_ports import FileStore
from services.ports import Publisher, UnitOfWork

AT_ONCE = 100


class ShreddedFiles:
    def __init__(self, *, unit_of_work: UnitOfWork, store: FileStore, publisher: Publisher) -> None:
        self._unit_of_work = unit_of_work
        self._store = store
        self._publisher = publisher

    async def forget(self, conversation_id: int) -> None:
        """services.retention.Forget: the bytes first, so that one that broke off finds them again. Raises Unavailable."""
        await self._attachments(conversation_id)
        await self._exports(conversation_id)

    async def _attachments(self, conversation_id: int) -> None:
        after = 0
        while True:
            async with self._unit_of_work.reading() as repositories:
                page = await repositories.attachments.tokens_of(
                    conversation_id=conversation_id, after_id=after, limit=AT_ONCE
                )
            for file in page:
                for part in Part:
                    await self._store.delete(file_key(file.token, part))
            if len(page) < AT_ONCE:
                return
            after = page[-1].id

    async def _exports(self, conversation_id: int) -> None:
        """One that is being made just now finds out when it comes to its end, and removes what it wrote."""
        async with self._unit_of_work.reading() as repositories:
            exports = await repositories.exports.open_of(conversation_id=conversation_id)
        # Not within: a slow store would be taken for a database that does not answer.
        for export in exports:
            await self._store.delete(export_key(export.token))
        async with self._unit_of_work.transaction() as repositories:
            ended = await repositories.exports.end_all_of(conversation_id=conversation_id)
        for export in ended:
            self._tell(export)

    def _tell(self, export: ExportName) -> None:
        self._publisher.publish(
            ExportProgressed(
                export_id=export.id,
                conversation_id=export.conversation_id,
                user_id=export.user_id,
                format=export.format,
                state="failed",
                progress=0,
            )
        )
