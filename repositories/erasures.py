"""People who were erased, as rows."""

import datetime
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class ErasureRow:
    """`identity` is sealed, and empty once it is finished."""

    id: int
    user_id: int
    pseudonym: str
    reason: str
    asked_by: str
    asked_at: datetime.datetime
    name_kept: str | None
    identity: bytes
    identity_key: UUID
    key_id: str
    data_key: bytes
    finished_at: datetime.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewErasure:
    user_id: int
    pseudonym: str
    reason: str
    asked_by: str
    name_kept: str | None
    identity: bytes
    identity_key: UUID
    key_id: str
    data_key: bytes


class ErasureRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def insert(self, new: NewErasure) -> None:
        """Raises ConstraintViolated("erasures_user_key") when they were erased before."""
        await self._statements.run("insert_erasure", **{name: getattr(new, name) for name in NewErasure.__slots__})

    async def find(self, *, user_id: int) -> ErasureRow | None:
        return await self._statements.one("find_erasure", ErasureRow, user_id=user_id)

    async def page(self, *, after_id: int, unfinished: bool, limit: int) -> list[ErasureRow]:
        return await self._statements.many(
            "list_erasures", ErasureRow, after_id=after_id, unfinished=unfinished, limit=limit
        )

    async def settle(self, *, erasure_id: int, name_kept: str | None, finished: bool) -> None:
        """`finished` destroys what was kept of the identity."""
        await self._statements.run("settle_erasure", erasure_id=erasure_id, name_kept=name_kept, finished=finished)

    async def erase_user(self, *, user_id: int, username: str) -> None:
        await self._statements.run("erase_user", user_id=user_id, username=username)

    async def rename_user(self, *, user_id: int, first_name: str, last_name: str) -> None:
        await self._statements.run("rename_user", user_id=user_id, first_name=first_name, last_name=last_name)
