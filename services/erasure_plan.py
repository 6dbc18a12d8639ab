"""What erasing a person removes, and what must be kept of them nevertheless, and why."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from repositories.person_data import PersonConversation, PersonCounts
from services.principal import DOCTOR

RETENTION, OVER, HOLD, AUTHORSHIP = "retention", "retention_over", "legal_hold", "authorship"
MEDICAL = ("care", "contextual")


@dataclass(frozen=True, slots=True)
class Removed:
    """`count` None: however many there are."""

    what: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """`until` None: nobody can say, or for ever."""

    what: str
    count: int | None
    why: str
    until: datetime.datetime | None = None
    messages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureReport:
    """`state`: planned (nothing was done), refused (a legal hold is on the person), waiting (records must be kept, under the
    pseudonym), finished (nothing leads back to the person any more). `name_kept`: why the name itself stays for now."""

    user_id: int
    state: str
    pseudonym: str | None
    name_kept: str | None
    removed: Sequence[Removed]
    kept: Sequence[Kept]


@dataclass(slots=True)
class _Group:
    conversations: int = 0
    messages: int = 0
    until: datetime.datetime | None = None
    for_ever: bool = False


@dataclass(slots=True)
class Judgement:
    """Goes through a person's conversations. `days` of retention by kind; a kind without is kept for ever.

    `held_titles`: of prescriptions and exams that nobody wrote about.
    """

    role: str
    days: Mapping[str, int]
    now: datetime.datetime
    held_in_person: bool
    held_titles: int = 0
    _groups: dict[str, _Group] = field(default_factory=dict)
    _signed: bool = False

    def see(self, row: PersonConversation) -> None:
        if row.shredded or row.last_seq == 0:
            return
        why, until = self._fate(row)
        group = self._groups.setdefault(why, _Group())
        group.conversations += 1
        group.messages += row.message_count
        if until is None:
            group.for_ever = True
        else:
            group.until = until if group.until is None else max(group.until, until)
        self._signed = self._signed or (row.own_messages and row.kind in MEDICAL)

    def _fate(self, row: PersonConversation) -> tuple[str, datetime.datetime | None]:
        if row.held or self.held_in_person:
            return HOLD, None
        days = self.days.get(row.kind, 0)
        if not days:
            return RETENTION, None
        until = row.silent_since + datetime.timedelta(days=days)
        return (RETENTION if until > self.now else OVER), until

    @property
    def anything_kept(self) -> bool:
        return bool(self._groups) or self.held_titles > 0

    @property
    def name_kept(self) -> str | None:
        """Evidence names people, and a medical record names who wrote it."""
        if HOLD in self._groups or self.held_in_person:
            return HOLD
        return AUTHORSHIP if self.role == DOCTOR and self._signed else None

    def kept(self) -> list[Kept]:
        found = [
            Kept("conversations", group.conversations, why, None if group.for_ever else group.until, group.messages)
            for why, group in sorted(self._groups.items())
        ]
        if self.held_titles:
            found.append(Kept("context_titles", self.held_titles, HOLD))
        if found:
            found.append(Kept("identity", 1, RETENTION, None))
        if self.name_kept is not None:
            found.append(Kept("name", 1, self.name_kept))
        return [*found, Kept("trail", None, "accountability")]


def removed(counts: PersonCounts, *, name: bool) -> list[Removed]:
    """`name`: it goes too."""
    return [
        Removed("name" if name else "contact_details", 1),
        Removed("sessions", counts.sessions),
        Removed("care_links", counts.care_links),
        Removed("context_titles", counts.context_titles),
        Removed("search_index", None),
        Removed("notifications", counts.notifications),
        Removed("push_subscriptions", counts.push_subscriptions),
        Removed("notification_preferences", counts.preferences),
        Removed("activity", counts.activity),
        Removed("exports", counts.exports),
        Removed("archives", counts.archives),
    ]
