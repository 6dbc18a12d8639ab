"""The secret of the blind index: made once for an installation, kept in the database under a master key."""

from repositories.repositories import Repositories
from services.ports import UnitOfWork
from services.search_ports import BlindIndexKeys, ReaderHashes
from services.security_ports import WrappedKey


class SearchSecret:
    def __init__(self, *, unit_of_work: UnitOfWork, keys: BlindIndexKeys) -> None:
        self._unit_of_work = unit_of_work
        self._keys = keys
        self._known: WrappedKey | None = None

    async def wrapped(self) -> WrappedKey:
        """Read once: a rotation seals the same secret anew, and what was read before stays true."""
        if self._known is None:
            async with self._unit_of_work.transaction() as repositories:
                self._known = await _kept(repositories) or await self._made(repositories)
        return self._known

    async def hashes(self, reader_id: int) -> ReaderHashes:
        """Raises MasterKeyMissing, ContentDamaged, Unavailable."""
        return self._keys.reader(await self.wrapped(), reader_id)

    async def _made(self, repositories: Repositories) -> WrappedKey:
        new = self._keys.new_secret()
        await repositories.search.keep_secret(key_id=new.key_id, blob=new.blob)
        kept = await _kept(repositories)
        assert kept is not None, "it was just kept, by us or by another node"
        return kept


async def _kept(repositories: Repositories) -> WrappedKey | None:
    row = await repositories.search.secret()
    return None if row is None else WrappedKey(row.key_id, row.blob)
