"""Who may know of whose presence, and when people were last seen."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from repositories.statements import Statements


@dataclass(frozen=True, slots=True)
class LastSeen:
    user_id: int
    last_seen_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Partner:
    user_id: int


@dataclass(frozen=True, slots=True)
class SharedConversation:
    user_id: int
    conversation_id: int


@dataclass(frozen=True, slots=True)
class HiddenPair:
    """`watcher_id` may no longer know of `watched_id`."""

    watcher_id: int
    watched_id: int


class PresenceRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def visible(self, *, viewer_id: int, user_ids: Sequence[int], kinds: Collection[str]) -> list[LastSeen]:
        """Those of `user_ids` that the viewer may know about, in the order of their ids."""
        return await self._statements.many(
            "list_visible_people", LastSeen, viewer_id=viewer_id, user_ids=list(user_ids), kinds=list(kinds)
        )

    async def partners(self, *, user_id: int, kinds: Collection[str]) -> list[int]:
        rows = await self._statements.many("list_presence_partners", Partner, user_id=user_id, kinds=list(kinds))
        return [row.user_id for row in rows]

    async def conversations(self, *, user_ids: Sequence[int], kinds: Collection[str]) -> list[SharedConversation]:
        """Those of each of these people in which they could write now."""
        return await self._statements.many(
            "list_presence_conversations", SharedConversation, user_ids=list(user_ids), kinds=list(kinds)
        )

    async def hidden(self, pairs: Sequence[tuple[int, int]], *, kinds: Collection[str]) -> list[HiddenPair]:
        """Those of the pairs (watcher, watched) that share no conversation any more in which they could write."""
        return await self._statements.many(
            "list_hidden_pairs",
            HiddenPair,
            watcher_ids=[watcher for watcher, _ in pairs],
            watched_ids=[watched for _, watched in pairs],
            kinds=list(kinds),
        )

    async def remember(self, seen: Mapping[int, datetime.datetime]) -> None:
        """Never moves back. In the order of the ids, so that two nodes cannot deadlock."""
        user_ids = sorted(seen)
        await self._statements.run(
            "remember_last_seen", user_ids=user_ids, moments=[seen[user_id] for user_id in user_ids]
        )
