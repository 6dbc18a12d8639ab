"""Where exports and archives are written to, try by try."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class LeftTry:
    """`kind`: of an "export" or of a "person"."""

    token: UUID
    kind: str


class ArchiveTryRepository:
    """They are written down with exports.take and person_archives.take."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def left(self, *, seconds: float, limit: int) -> list[LeftTry]:
        """Those whose file nobody is to have; again once they are `seconds` old."""
        return await self._statements.many("list_left_tries", LeftTry, seconds=seconds, limit=limit)

    async def sweep(self, tokens: Sequence[UUID], *, seconds: float) -> None:
        """Their files are gone. Forgets those that are `seconds` old."""
        await self._statements.run("sweep_tries", tokens=list(tokens), seconds=seconds)
