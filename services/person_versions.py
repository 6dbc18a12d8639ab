"""What a person's messages said before they edited or deleted them: theirs to have, whoever else may not see it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from repositories.person_data import PersonVersion
from services.errors import NotFound
from services.export_ports import Plain
from services.plain_rows import plain
from services.ports import UnitOfWork
from services.security_ports import ContentCipher, ContentDamaged

PAGE = 200
SEALED = frozenset({"content", "message_key", "key_id", "data_key"})


@dataclass(frozen=True, slots=True)
class PersonVersions:
    unit_of_work: UnitOfWork
    cipher: ContentCipher

    async def of(self, user_id: int, *, conversation_id: int) -> AsyncIterator[Plain]:
        """Ascending. `content` is None for one that does not open. Raises NotFound once it is shredded."""
        after = (0, 0)
        while True:
            async with self.unit_of_work.reading() as repositories:
                page = await repositories.person_data.versions(
                    user_id=user_id, conversation_id=conversation_id, after=after, limit=PAGE
                )
            for row in page:
                yield {**plain(row, without=SEALED), "content": self._opened(row, user_id, conversation_id)}
            if len(page) < PAGE:
                return
            after = page[-1].seq, page[-1].version

    def _opened(self, row: PersonVersion, user_id: int, conversation_id: int) -> str | None:
        if not row.key_id:
            raise NotFound
        try:
            return self.cipher.decrypt(
                self.cipher.unwrap(row.key_id, row.data_key),
                row.content,
                conversation_id=conversation_id,
                sender_id=user_id,
                message_key=row.message_key,
                version=row.version,
            )
        except ContentDamaged:
            return None
