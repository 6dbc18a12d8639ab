"""The whole trail, record by record, chain after chain."""

import datetime
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from repositories.trail import CHAINS, TrailRecord
from services.ports import UnitOfWork

PAGE = 2000


class TrailExport:
    def __init__(self, *, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work

    async def records(
        self, *, since: datetime.datetime | None = None, until: datetime.datetime | None = None
    ) -> AsyncIterator[tuple[str, TrailRecord]]:
        """(chain, record). `since` is included, `until` is not. Raises Unavailable."""
        for chain in CHAINS:
            after = 0
            while page := await self._page(chain, after):
                for record in page:
                    if (since is None or record.at >= since) and (until is None or record.at < until):
                        yield chain, record
                after = page[-1].key

    async def _page(self, chain: str, after: int) -> list[TrailRecord]:
        async with self._unit_of_work.reading() as repositories:
            return await repositories.trail.records(chain, after_id=after, limit=PAGE)


def as_json(chain: str, record: TrailRecord) -> dict[str, Any]:
    """Keys as everywhere on the wire."""
    values = asdict(record)
    values["at"] = record.at.astimezone(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {"chain": chain, **{_camel(name): value for name, value in values.items()}}


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)
