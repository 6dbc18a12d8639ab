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
from services.search_excerpts import Part, excerpt
from services.search_ports import ReaderHashes
from services.search_secret import SearchSecret
from services.search_terms import conversation_term, first_id
from services.search_words import QueryWord, query_words
from services.security_ports import ContentDamaged
from services.trail_ports import Trail, TrailEntry

# So many words narrow the candidates; those beyond are still asked of each message.
MOST_LINES = 8
# Looking goes back in steps: what was written lately is asked for most.
STEPS = (8, 64, 512)
# Fewer candidates at once would cost a round trip for each that turns out to be none.
LEAST_CANDIDATES = 20
# A page looks at so many candidates that turn out to be none, and then says that there is more.
MOST_LOOKED_AT = 1_000


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


@dataclass(slots=True)
class _Walk:
    """How far a search has come: everything at or after `before` was looked at."""

    before: int
    looked_at: int = 0
    ended: bool = False


class Search:
    def __init__(
        self, *, unit_of_work: UnitOfWork, secret: SearchSecret, opener: MessageOpener, access: Access, trail: Trail
    ) -> None:
        self._unit_of_work = unit_of_work
        self._secret = secret
        self._opener = opener
        self._access = access
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
            raise
        self._note(principal, origin, conversation_id)
        return page

    async def _find(
        self, principal: Principal, q: str, conversation_id: int | None, before: int, limit: int
    ) -> SearchPage:
        if conversation_id is not None:
            async with self._unit_of_work.reading() as repositories:
                await self._access.membership(repositories, principal, conversation_id)
        asked = query_words(q)
        lines = [terms for word in asked if (terms := word.terms)][-MOST_LINES:]
        if not lines:
            return SearchPage((), None)
        if conversation_id is not None:
            lines.append([conversation_term(conversation_id)])
        hashes = await self._secret.hashes(principal.user_id)
        walk, hits = _Walk(before), list[Hit]()
        step = 0
        while not walk.ended and len(hits) <= limit and walk.looked_at < MOST_LOOKED_AT:
            size = STEPS[min(step, len(STEPS) - 1)]
            wanted = max(limit + 1 - len(hits), LEAST_CANDIDATES)
            hits += await self._step(principal, asked, lines, hashes, walk, blocks=size, limit=wanted)
            step += 1
        if len(hits) > limit:
            return SearchPage(hits[:limit], hits[limit - 1].message.id)
        return SearchPage(hits, None if walk.ended else walk.before or None)

    async def _step(
        self,
        principal: Principal,
        asked: Sequence[QueryWord],
        lines: Sequence[Sequence[bytes]],
        hashes: ReaderHashes,
        walk: _Walk,
        *,
        blocks: int,
        limit: int,
    ) -> list[Hit]:
        """Goes back through so many blocks, or as far as `limit` candidates reach."""
        async with self._unit_of_work.reading() as repositories:
            search = repositories.search
            found = await search.blocks(reader_id=principal.user_id, before_id=walk.before, limit=blocks)
            if not found:
                walk.ended = True
                return []
            hashed = [[hashes.of(block, terms) for block in found] for terms in lines]
            ids = await search.candidates(hashed, before_id=walk.before, limit=limit)
            rows = await search.found(ids, viewer_id=principal.user_id, kinds=self._access.kinds) if ids else []
        walk.looked_at += len(ids)
        walk.before = ids[-1] if len(ids) == limit else first_id(found[-1])
        return [hit for row in rows if (hit := self._hit(principal, row, asked)) is not None]

    def _hit(self, principal: Principal, row: MessageRow, asked: Sequence[QueryWord]) -> Hit | None:
        try:
            message = self._opener.open(row)
        except ContentDamaged:  # one that was shredded or tampered with does not hide the others
            return None
        # What the system says is data for the client to put into words, and not indexed.
        parts = excerpt(message.content, asked) if isinstance(message.content, str) else None
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
