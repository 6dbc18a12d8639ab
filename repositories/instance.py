"""Facts about this installation, such as the fingerprints of its keys: written once, never changed."""

from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class _Entry:
    key: str
    value: str


class InstanceRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def entries(self) -> dict[str, str]:
        """By key. In a transaction nobody else reads them before it ends: of two nodes that start one is the first."""
        await self._statements.run("lock_instance")
        entries = await self._statements.many("list_instance", _Entry)
        return {entry.key: entry.value for entry in entries}

    async def keep(self, *, key: str, value: str) -> None:
        """The first value ever kept under this key counts."""
        await self._statements.run("keep_instance_value", key=key, value=value)

    async def schema_version(self) -> int:
        """The last migration that was applied."""
        return int(await self._statements.value("schema_version"))
