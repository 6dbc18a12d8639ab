"""Searching in one's own messages: hashes find candidates, and only what opens and really matches is shown."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from repositories.messages import MessageRow
from repositories.search import LAST_ID
from services.access import Access
from services.errors import DomainError
from services.message_view import Message, MessageOpener
from services.ports import UnitOfWork
from services.principal import Origin, Principal
from services.search_candidates import Candidates, Question, Walk
from services.search_excerpts import Part, excerpt
from services.search_secret import SearchSecret
from services.search_words import query_words
from services.trail_ports import Trail, TrailEntry


@dataclass(frozen=True, slots=True)
class Hit:
    """`excerpt` is a piece of the content in parts; `is_mine`: the reader sent it."""

    message: Message
    is_mine: bool
    excerpt: Sequence[Part]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Newest first. `next`: the message to go on before; a page may be short and have a next."""

    items: Sequence[Hit]
    next: int | None


class Search:
    def __init__(
        self, *, unit_of_work: UnitOfWork, secret: SearchSecret, opener: MessageOpener, access: Access, trail: Trail
    ) -> None:
        self._unit_of_work = unit_of_work
        self._secret = secret
        self._opener = opener
        self._access = access
        self._candidates = Candidates(unit_of_work=unit_of_work, opener=opener, kinds=access.kinds)
        self._trail = trail

    async def find(
        self,
        principal: Principal,
        *,
        q: str,
        conversation_id: int | None = None,
        before: int | None = None,
        limit: int,
        origin: Origin | None = None,
    ) -> SearchPage:
        """Messages with every word of `q`, the last one perhaps unfinished, in conversations of the caller.

        Raises NotFound, Forbidden, Unavailable.
        """
        try:
            page = await self._find(principal, q, conversation_id, LAST_ID if before is None else before, limit)
        except DomainError as error:
            self._note(principal, origin, conversation_id, denied=error.code)
            error.noted()
            raise
        self._note(principal, origin, conversation_id)
        return page

    async def _find(
        self, principal: Principal, q: str, conversation_id: int | None, before: int, limit: int
    ) -> SearchPage:
        if conversation_id is not None:
            async with self._unit_of_work.reading() as repositories:
                await self._access.membership(repositories, principal, conversation_id)
        question = Question(query_words(q), conversation_id)
        if not question.lines:
            return SearchPage((), None)
        walk = Walk(before)
        hashes = await self._secret.hashes(principal.user_id)
        ids = await self._candidates.matching(principal.user_id, question, hashes, walk, wanted=limit + 1)
        hits = await self._hits(principal, ids[:limit], question)
        if len(ids) > limit:
            return SearchPage(hits, ids[limit - 1])
        return SearchPage(hits, None if walk.ended else walk.before or None)

    async def _hits(self, principal: Principal, ids: Sequence[int], question: Question) -> list[Hit]:
        """Rights are asked once more, and what was edited meanwhile is not shown for what it was."""
        if not ids:
            return []
        async with self._unit_of_work.reading() as repositories:
            rows = await repositories.search.found(ids, viewer_id=principal.user_id, kinds=self._access.kinds)
        return [hit for row in rows if (hit := self._hit(principal, row, question)) is not None]

    def _hit(self, principal: Principal, row: MessageRow, question: Question) -> Hit | None:
        message = self._opener.open(row)
        # What the system says is data for the client to put into words, and not indexed. So it is with what does not open.
        parts = excerpt(message.content, question.asked) if isinstance(message.content, str) else None
        return None if parts is None else Hit(message, message.sender_id == principal.user_id, parts)

    def _note(
        self, principal: Principal, origin: Origin | None, conversation_id: int | None, *, denied: str | None = None
    ) -> None:
        """That somebody searched, and where: never for what."""
        self._trail.note(
            TrailEntry(
                action="search.run",
                principal=principal,
                origin=origin,
                conversation_id=conversation_id,
                result="ok" if denied is None else "denied",
                reason=denied,
            )
        )


def forget_in_index(unit_of_work: UnitOfWork) -> Callable[[int], Awaitable[None]]:
    """For retention: nothing of a conversation that was shredded stays in the index."""

    async def forget(conversation_id: int) -> None:
        async with unit_of_work.transaction() as repositories:
            await repositories.search.forget([conversation_id])

    return forget
