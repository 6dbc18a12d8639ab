"""The search of one node on a real database, with an indexer that is driven by hand and never rests."""

import time
from collections.abc import Sequence

from repositories.unit_of_work import Database
from server.security.blind_index import HmacBlindIndexKeys
from server.security.cipher import AesContentCipher
from server.security.master_keys import MasterKeys
from services.access import Access
from services.message_view import MessageOpener
from services.ports import Clock
from services.principal import Principal
from services.search import Search, SearchPage
from services.search_indexer import Rest, SearchIndexer
from services.search_secret import SearchSecret
from services.trail_ports import TrailEntry
from services.unreadable import Unreadable
from tests.support.house import ALL_KINDS


class RememberingTrail:
    def __init__(self) -> None:
        self.entries: list[TrailEntry] = []

    def note(self, entry: TrailEntry) -> None:
        self.entries.append(entry)


async def no_rest(worked: float) -> None:
    """Tests are in a hurry."""


class Searching:
    def __init__(
        self,
        database: Database,
        master_keys: MasterKeys,
        *,
        kinds: frozenset[str] = ALL_KINDS,
        rest: Rest = no_rest,
        clock: Clock = time.perf_counter,
    ) -> None:
        self.database = database
        cipher = AesContentCipher(master_keys)
        self.secret = SearchSecret(unit_of_work=database, keys=HmacBlindIndexKeys(master_keys))
        self.trail = RememberingTrail()
        self.search = Search(
            unit_of_work=database,
            secret=self.secret,
            opener=MessageOpener(cipher=cipher, unreadable=Unreadable()),
            access=Access(kinds=kinds),
            trail=self.trail,
        )
        self.indexer = SearchIndexer(unit_of_work=database, cipher=cipher, secret=self.secret, rest=rest, clock=clock)

    async def catch_up(self) -> None:
        """Until nothing is behind."""
        assert await self.indexer.lead()
        last = await self.indexer.last_conversation_id()
        behind = await self.indexer.behind(0)
        assert last <= 2_000, "one window is enough for a test"
        while behind:
            behind = sorted(await self.indexer.index(behind))

    async def texts(self, reader: Principal, q: str, conversation_id: int | None = None, limit: int = 20) -> list[str]:
        """Contents found, newest first."""
        page = await self.page(reader, q, conversation_id=conversation_id, limit=limit)
        return [str(hit.message.content) for hit in page.items]

    async def page(
        self,
        reader: Principal,
        q: str,
        *,
        conversation_id: int | None = None,
        before: int | None = None,
        limit: int = 20,
    ) -> SearchPage:
        return await self.search.find(reader, q=q, conversation_id=conversation_id, before=before, limit=limit)


def marked(page: SearchPage) -> list[Sequence[str]]:
    """What is highlighted in each hit."""
    return [[part.text for part in hit.excerpt if part.match] for hit in page.items]
