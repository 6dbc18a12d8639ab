"""Mentors: rows of the directory."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from repositories.statements import Statements


@dataclass(frozen=True, slots=True, kw_only=True)
class MentorFilter:
    """What a mentor has to have all of; None: any."""

    country: str | None = None
    specialty: str | None = None
    language: str | None = None
    availability: str | None = None

    def without(self, name: str) -> "MentorFilter":
        changes: dict[str, Any] = {name: None}
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class MentorWords:
    """What is looked for. `meant`: the words of `q` with those that may have been meant; `deep`: in biographies too."""

    q: str
    meant: Sequence[str] | None
    deep: bool


@dataclass(frozen=True, slots=True)
class MentorRow:
    """One mentor; `kind` says how well it matches. With `rank` and `sort_name` it makes the place in the list."""

    id: int
    username: str
    first_name: str
    last_name: str
    headline: str
    country: str | None
    specialties: Sequence[str]
    languages: Sequence[str]
    availability: str
    answers_accepted: int
    response_seconds: int | None
    picture_at: datetime.datetime | None
    updated_at: datetime.datetime
    kind: int
    rank: int
    sort_name: str


@dataclass(frozen=True, slots=True)
class MentorProfileRow(MentorRow):
    """`conversation_id`: that of the viewer with this mentor."""

    bio: str
    member_since: datetime.datetime
    conversation_id: int | None


@dataclass(frozen=True, slots=True)
class MentorPlace:
    """Where a page ended. `meant`: words were taken for others that are like them."""

    kind: int
    rank: int
    merit: int
    name: str
    id: int
    meant: bool = False


@dataclass(frozen=True, slots=True)
class TagCount:
    """`label`: how a specialty is written."""

    tag: str
    label: str | None
    mentors: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """None leaves what is there."""

    headline: str | None = None
    bio: str | None = None
    country: str | None = None
    clear_country: bool = False
    specialties: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    availability: str | None = None


class MentorRepository:
    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    async def page(self, filters: MentorFilter, *, before: MentorPlace | None, limit: int) -> list[MentorRow]:
        return await self._statements.many("list_mentors", MentorRow, **_asked(filters), **_place(before), limit=limit)

    async def search(
        self, filters: MentorFilter, words: MentorWords, *, before: MentorPlace | None, limit: int
    ) -> list[MentorRow]:
        """Best match first."""
        return await self._statements.many(
            "search_mentors",
            MentorRow,
            **_asked(filters),
            **_words(words),
            **_place(before),
            before_kind=None if before is None else before.kind,
            limit=limit,
        )

    async def meant(self, *, q: str) -> list[str] | None:
        """None: there is no word in it."""
        found: list[str] | None = await self._statements.value("meant_mentor_words", q=q)
        return found

    async def counts(
        self, filters: MentorFilter, words: MentorWords | None, *, letters: Collection[str]
    ) -> list[TagCount]:
        """Of the tags that begin with these letters (see mentor_tags() in sql/), most frequent first."""
        return await self._statements.many(
            "count_mentor_tags",
            TagCount,
            **_asked(filters),
            **_words(words or MentorWords("", None, deep=True)) | ({} if words else {"q": None}),
            letters=list(letters),
        )

    async def find(self, *, mentor_id: int, viewer_id: int) -> MentorProfileRow | None:
        return await self._statements.one("find_mentor", MentorProfileRow, mentor_id=mentor_id, viewer_id=viewer_id)

    async def change(self, change: ProfileChange, *, user_id: int) -> bool:
        """False: there is no such mentor."""
        touched = await self._statements.run(
            "change_mentor",
            user_id=user_id,
            headline=change.headline,
            bio=change.bio,
            country=change.country,
            clear_country=change.clear_country,
            specialties=None if change.specialties is None else list(change.specialties),
            languages=None if change.languages is None else list(change.languages),
            availability=change.availability,
        )
        return touched > 0

    async def keep_picture(self, *, user_id: int, content: bytes) -> None:
        await self._statements.run("keep_mentor_picture", user_id=user_id, content=content)

    async def drop_picture(self, *, user_id: int) -> None:
        await self._statements.run("drop_mentor_picture", user_id=user_id)

    async def picture(self, *, mentor_id: int) -> bytes | None:
        found: bytes | None = await self._statements.value("find_mentor_picture", mentor_id=mentor_id)
        return found

    async def measure(self, *, after_id: int, window: int, days: int, least: int) -> int | None:
        """How quickly the next mentors after that id answer. Returns the last one looked at, None: there are no more."""
        last: int | None = await self._statements.value(
            "measure_responses", after_id=after_id, window=window, days=days, least=least
        )
        return last


def _asked(filters: MentorFilter) -> dict[str, Any]:
    return {
        "country": filters.country,
        "specialties": [] if filters.specialty is None else [filters.specialty],
        "languages": [] if filters.language is None else [filters.language],
        "availability": filters.availability,
    }


def _words(words: MentorWords) -> dict[str, Any]:
    return {"q": words.q, "words": None if words.meant is None else list(words.meant), "deep": words.deep}


def _place(before: MentorPlace | None) -> dict[str, Any]:
    if before is None:
        return {"before_rank": None, "before_merit": None, "before_name": None, "before_id": None}
    return {
        "before_rank": before.rank,
        "before_merit": before.merit,
        "before_name": before.name,
        "before_id": before.id,
    }
