"""Going back through the candidates of a search: many in one round trip, and of each no more is done than it takes to tell."""

import asyncio
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from repositories.search import Candidate
from services.message_view import MessageOpener
from services.ports import UnitOfWork
from services.search_excerpts import excerpt
from services.search_ports import ReaderHashes
from services.search_terms import block_of, conversation_term, first_id
from services.search_words import QueryWord, folded_text
from services.unreadable import DOES_NOT_OPEN

# So many words narrow the candidates; those beyond are still asked of each message.
MOST_LINES = 8
# Looking goes back in steps: what was written lately is asked for most.
STEPS = (8, 64, 512)
# Fewer at once would cost a round trip for each that turns out to be none. When a first look showed many such, more.
AT_ONCE, DOUBTFUL_AT_ONCE = 20, 240
# A page looks at so many that turn out to be none, and then says that there is more.
MOST_LOOKED_AT = 500
# The event loop is given back after so long.
SLICE_SECONDS = 0.002


class Question:
    """What is asked for, as lines of terms: a message that matches holds one of each line."""

    def __init__(self, asked: Sequence[QueryWord], conversation_id: int | None) -> None:
        self.asked = asked
        self.lines = [terms for word in asked if (terms := word.terms)][-MOST_LINES:]
        # Other words begin as it does and have the same hash: whether a candidate is meant is seen in its text alone.
        self.doubtful = next((word for word in asked if word.terms != word.certain_terms), None)
        self.certain = self.doubtful.certain_terms if self.doubtful else []
        if self.lines and conversation_id is not None:
            self.lines.append([conversation_term(conversation_id)])

    def may_be_in(self, text: str, *, certain: bool) -> bool:
        """False when a look at the whole text shows that the unfinished word is not in it."""
        return certain or self.doubtful is None or self.doubtful.folded in folded_text(text)


@dataclass(slots=True)
class Walk:
    """How far a search has come: everything at or after `before` was looked at. `blocks`: those that come next."""

    before: int
    blocks: list[int] = field(default_factory=list)
    looks: int = 0
    looked_at: int = 0
    ended: bool = False

    @property
    def goes_on(self) -> bool:
        return not self.ended and self.looked_at < MOST_LOOKED_AT


class Candidates:
    def __init__(self, *, unit_of_work: UnitOfWork, opener: MessageOpener, kinds: Collection[str]) -> None:
        self._unit_of_work = unit_of_work
        self._opener = opener
        self._kinds = kinds

    async def matching(
        self, reader_id: int, question: Question, hashes: ReaderHashes, walk: Walk, *, wanted: int
    ) -> list[int]:
        """Ids of messages that match and that the reader may read, newest first.

        Fewer than wanted: there are no more, or enough was looked at.
        """
        matching: list[int] = []
        while walk.goes_on and len(matching) < wanted:
            many = question.doubtful is not None and walk.looked_at > 0
            size = DOUBTFUL_AT_ONCE if many else max(wanted - len(matching), AT_ONCE)
            found = await self._step(reader_id, question, hashes, walk, limit=size)
            matching += await self._matching(question, found, wanted=wanted - len(matching))
        return matching

    async def _step(
        self, reader_id: int, question: Question, hashes: ReaderHashes, walk: Walk, *, limit: int
    ) -> list[Candidate]:
        """Goes back through the blocks at hand, or as far as `limit` candidates reach."""
        async with self._unit_of_work.reading() as repositories:
            search = repositories.search
            if not walk.blocks:
                size = STEPS[min(walk.looks, len(STEPS) - 1)]
                walk.blocks = await search.blocks(reader_id=reader_id, before_id=walk.before, limit=size)
                walk.looks += 1
            if not walk.blocks:
                walk.ended = True
                return []
            found = await search.candidates(
                [[hashes.of(block, terms) for block in walk.blocks] for terms in question.lines],
                [hashes.of(block, question.certain) for block in walk.blocks],
                viewer_id=reader_id,
                kinds=self._kinds,
                before_id=walk.before,
                limit=limit,
            )
        walk.looked_at += len(found)
        walk.before = found[-1].message_id if len(found) == limit else first_id(walk.blocks[-1])
        walk.blocks = [block for block in walk.blocks if block <= block_of(walk.before - 1)]
        return found

    async def _matching(self, question: Question, candidates: Sequence[Candidate], *, wanted: int) -> list[int]:
        matching: list[int] = []
        began = time.perf_counter()
        for candidate in candidates:
            if candidate.readable and self._matches(question, candidate):
                matching.append(candidate.message_id)
                if len(matching) == wanted:
                    break
            if time.perf_counter() - began > SLICE_SECONDS:
                await asyncio.sleep(0)
                began = time.perf_counter()
        return matching

    def _matches(self, question: Question, candidate: Candidate) -> bool:
        try:
            text = self._opener.text(candidate, candidate.content, candidate.version)
        except DOES_NOT_OPEN:  # one that was shredded or tampered with does not hide the others
            return False
        return question.may_be_in(text, certain=candidate.certain) and excerpt(text, question.asked) is not None
