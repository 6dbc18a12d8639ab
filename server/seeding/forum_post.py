"""What a question of the demo clinic is made of."""

from dataclasses import dataclass, field

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, so many minutes after the question. `ups`, `downs`: who voted."""

    author: str
    after: int
    text: str
    ups: tuple[str, ...] = ()
    downs: tuple[str, ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    author: str
    minutes_ago: int
    title: str
    text: str
    tags: tuple[str, ...]
    answers: tuple[Said, ...] = ()
    ups: tuple[str, ...] = ()
    downs: tuple[str, ...] = field(default=())
    pseudonym: str | None = None
