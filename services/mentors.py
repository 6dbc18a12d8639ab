"""Finding a mentor: the directory, its counts, and each one's profile."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repositories.mentors import (
    MentorFilter,
    MentorPlace,
    MentorProfileRow,
    MentorRepository,
    MentorRow,
    MentorWords,
    TagCount,
)
from services.access import Access
from services.errors import NotFound
from services.ports import Clock, OnlineLookup, UnitOfWork
from services.principal import MEMBER, Principal

# Fewer letters begin half of all words: they are looked for in names only.
DEEP_LETTERS = 3
# What is counted together is counted again after so long.
COUNTS_SECONDS = 5.0
MOST_COUNTS = 500
# The letter of a tag, by the filter that asks for it; see mentor_tags() in sql/.
LETTERS = {"country": "c", "specialty": "s", "language": "l", "availability": "a"}


@dataclass(frozen=True, slots=True)
class MentorView:
    row: MentorRow
    online: bool

    @property
    def has_avatar(self) -> bool:
        return self.row.picture_at is not None


@dataclass(frozen=True, slots=True)
class MentorProfile:
    """`can_message`: the viewer may open a conversation with this mentor."""

    row: MentorProfileRow
    online: bool
    can_message: bool

    @property
    def has_avatar(self) -> bool:
        return self.row.picture_at is not None


@dataclass(frozen=True, slots=True)
class MentorPage:
    items: Sequence[MentorView]
    next: MentorPlace | None


@dataclass(frozen=True, slots=True)
class Count:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class MentorCounts:
    """For each filter: how many another choice of it would give, all others as they are."""

    total: int
    countries: Sequence[Count]
    specialties: Sequence[Count]
    languages: Sequence[Count]
    availability: Sequence[Count]


Asked = tuple[MentorFilter, str | None]


class Mentors:
    def __init__(self, *, unit_of_work: UnitOfWork, online: OnlineLookup, access: Access, clock: Clock) -> None:
        self._unit_of_work = unit_of_work
        self._online = online
        self._access = access
        self._clock = clock
        self._counted: dict[Asked, tuple[float, MentorCounts]] = {}
        self._counting: dict[Asked, asyncio.Task[MentorCounts]] = {}

    async def page(self, filters: MentorFilter, *, q: str | None, before: MentorPlace | None, limit: int) -> MentorPage:
        """In the order of the directory, or best match first. When no word of `q` is found, those like it are looked for.

        Raises Forbidden, Unavailable.
        """
        self._access.require_kind("mentoring")
        async with self._unit_of_work.reading() as repositories:
            mentors = repositories.mentors
            if not q:
                rows, meant = await mentors.page(filters, before=before, limit=limit + 1), False
            else:
                rows, meant = await _search(mentors, filters, q, before, limit + 1)
        items = [MentorView(row, self._online.is_online(row.id)) for row in rows[:limit]]
        return MentorPage(items, _place(rows[limit - 1], meant=meant) if len(rows) > limit else None)

    async def counts(self, filters: MentorFilter, *, q: str | None) -> MentorCounts:
        """As of a few seconds ago at most, counted once for all who ask meanwhile. Raises Forbidden, Unavailable."""
        self._access.require_kind("mentoring")
        known = self._counted.get((filters, q))
        if known is not None and known[0] > self._clock():
            return known[1]
        task = self._counting.get((filters, q))
        if task is None:
            task = self._counting[filters, q] = asyncio.create_task(self._count((filters, q)), name="mentor-counts")
        return await asyncio.shield(task)

    async def _count(self, asked: Asked) -> MentorCounts:
        began = self._clock()
        try:
            async with self._unit_of_work.reading() as repositories:
                counts = await _count(repositories.mentors, *asked)
        finally:
            del self._counting[asked]
        if len(self._counted) >= MOST_COUNTS:
            self._counted.clear()
        self._counted[asked] = (began + COUNTS_SECONDS, counts)
        return counts

    async def get(self, principal: Principal, *, mentor_id: int) -> MentorProfile:
        """Raises NotFound, Forbidden, Unavailable."""
        self._access.require_kind("mentoring")
        async with self._unit_of_work.reading() as repositories:
            row = await repositories.mentors.find(mentor_id=mentor_id, viewer_id=principal.user_id)
        if row is None:
            raise NotFound
        return MentorProfile(row, self._online.is_online(row.id), principal.role == MEMBER)


async def _search(
    mentors: MentorRepository, filters: MentorFilter, q: str, before: MentorPlace | None, limit: int
) -> tuple[list[MentorRow], bool]:
    """Pages after the first one go on as it began: with the words as they are, or with those that are like them."""
    meant = before is not None and before.meant
    words = await _meant(mentors, q) if meant else _as_written(q)
    rows = [] if words is None else await mentors.search(filters, words, before=before, limit=limit)
    if not rows and before is None and (words := await _meant(mentors, q)) is not None:
        return await mentors.search(filters, words, before=None, limit=limit), True
    return rows, meant


async def _count(mentors: MentorRepository, filters: MentorFilter, q: str | None) -> MentorCounts:
    words = _as_written(q) if q else None
    tags = await _tags(mentors, filters, words)
    if q and not _total(tags, filters) and (words := await _meant(mentors, q)) is not None:
        tags = await _tags(mentors, filters, words)
    of = {name: [Count(row.label or row.tag[2:], row.mentors) for row in tags[name]] for name in LETTERS}
    return MentorCounts(
        total=_total(tags, filters),
        countries=of["country"],
        specialties=of["specialty"],
        languages=of["language"],
        availability=of["availability"],
    )


async def _tags(
    mentors: MentorRepository, filters: MentorFilter, words: MentorWords | None
) -> Mapping[str, Sequence[TagCount]]:
    """By name of the filter. Those that are not set count the same mentors, so they are counted in one go."""
    together: dict[MentorFilter, list[str]] = {}
    for name in LETTERS:
        together.setdefault(filters.without(name), []).append(name)
    found: dict[str, list[TagCount]] = {}
    for others, names in together.items():
        rows = await mentors.counts(others, words, letters=[LETTERS[name] for name in names])
        for name in names:
            found[name] = [row for row in rows if row.tag.startswith(LETTERS[name])]
    return found


def _total(tags: Mapping[str, Sequence[TagCount]], filters: MentorFilter) -> int:
    """Everybody has exactly one availability."""
    wanted = filters.availability
    return sum(row.mentors for row in tags["availability"] if wanted in (None, row.tag[2:]))


def _as_written(q: str) -> MentorWords:
    return MentorWords(q, None, _is_deep(q))


async def _meant(mentors: MentorRepository, q: str) -> MentorWords | None:
    """None: there is nothing like it."""
    words = await mentors.meant(q=q)
    if words is None or not any("|" in word for word in words):
        return None
    return MentorWords(q, words, deep=True)


def _is_deep(q: str) -> bool:
    return any(len(word) >= DEEP_LETTERS for word in q.split())


def _place(row: MentorRow, *, meant: bool) -> MentorPlace:
    return MentorPlace(row.kind, row.rank, -row.answers_accepted, row.sort_name, row.id, meant)
