"""What /health/ready looks at."""

from collections.abc import Mapping

from controllers.rest.health import Check
from repositories.unit_of_work import Database
from server.fanout import Bus
from server.postgres.migrations import load
from server.settings import Settings


def health_checks(settings: Settings, database: Database, bus: Bus) -> Mapping[str, Check]:
    """Without its bus the node serves its own people, so that is no reason to take it out."""
    expected = load()[-1].version

    async def reach_database() -> str:
        async with database.reading() as repositories:
            await repositories.instance.entries()
        size, idle = database.pool_size
        return f"{size} connections, {idle} idle"

    async def compare_schema() -> str:
        async with database.reading() as repositories:
            version = await repositories.instance.schema_version()
        if version < expected:
            raise LookupError(f"schema {version}, this code needs {expected}")
        return f"schema {version}"

    async def ask_bus() -> str:
        if not bus.healthy:
            raise ConnectionError(f"{settings.fanout_kind} does not carry")
        return "single node" if settings.fanout_kind == "memory" else f"{settings.fanout_kind} carries"

    return {
        "database": Check(reach_database),
        "migrations": Check(compare_schema),
        "bus": Check(ask_bus, vital=False),
    }
