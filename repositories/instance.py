"""Facts about this installation, such as the fingerprint of its keys: written once, never changed."""

from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class InstanceValue:
    key: str
    value: str


class InstanceRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def keep(self, *, key: str, value: str) -> str:
        """The value that counts: the first one ever kept under this key, whichever node kept it."""
        await self._statements.run("keep_instance_value", key=key, value=value)
        return str(await self._statements.value("find_instance_value", key=key))

    async def find(self, *, key: str) -> str | None:
        found: str | None = await self._statements.value("find_instance_value", key=key)
        return found

    async def entries(self) -> dict[str, str]:
        return {row.key: row.value for row in await self._statements.many("list_instance_values", InstanceValue)}
