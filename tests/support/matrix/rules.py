"""The rules of the contract, each said once: what somebody gets in some state.

Outcomes are `ok` or the code of the refusal. People are named by their part in a conversation that others have no part in: its
two sides, those who are linked to one of them, and strangers of each role.
"""

from collections.abc import Callable
from typing import NamedTuple

OK, NOT_FOUND, FORBIDDEN, CONFLICT = "ok", "NOT_FOUND", "FORBIDDEN", "CONFLICT"
DENIED, AUTH_REQUIRED, VALIDATION_FAILED = "CONTEXT_ACCESS_DENIED", "AUTH_REQUIRED", "VALIDATION_FAILED"

# Of the two who take part, the one who may close is called the senior.
JUNIOR, SENIOR, ADMIN = "junior", "senior", "admin"
LINKED = ("patient of the same doctor", "doctor of the same patient")
OTHERS = ("other patient", "other doctor", "other member", "other mentor")
PARTIES, STRANGERS = (JUNIOR, SENIOR), (*LINKED, *OTHERS, ADMIN)
EVERYBODY = (*PARTIES, *STRANGERS)


# Who is no more than a stranger of some role is one in any state.
CLOSE_BY = (*PARTIES, *LINKED, ADMIN)


class State(NamedTuple):
    """`ended`: the care link or the context is no more. `left`: which of the two was removed."""

    kind: str
    ended: bool = False
    closed: bool = False
    left: str | None = None

    @property
    def whom(self) -> tuple[str, ...]:
        """Those to whom the state may make a difference."""
        return CLOSE_BY if self.ended or self.closed or self.left else EVERYBODY

    def __str__(self) -> str:
        names = (
            "ended" if self.ended else "",
            "closed" if self.closed else "",
            f"{self.left} left" if self.left else "",
        )
        return f"{self.kind} {' '.join(filter(None, names)) or 'open'}"


CARE, MENTORING, CONTEXTUAL = "care", "mentoring", "contextual"
STATES = (
    *(State(kind) for kind in (CARE, MENTORING, CONTEXTUAL)),
    # Who is a mentor stays one: no link can end.
    *(State(kind, ended=True) for kind in (CARE, CONTEXTUAL)),
    *(State(kind, closed=True) for kind in (CARE, MENTORING, CONTEXTUAL)),
    *(State(kind, left=who) for kind in (CARE, MENTORING, CONTEXTUAL) for who in (JUNIOR, SENIOR)),
)
Rule = Callable[[str, State], str]


def takes_part(who: str, state: State) -> bool:
    return who in PARTIES and who != state.left


def anybody(who: str, state: State) -> str:
    return OK


def administrators(who: str, state: State) -> str:
    return OK if who == ADMIN else FORBIDDEN


def always(outcome: str) -> Rule:
    return lambda who, state: outcome


def participants(who: str, state: State) -> str:
    """Whatever has become of it: history stays. For all others it is not there."""
    return OK if takes_part(who, state) else NOT_FOUND


def participants_and_administrators(who: str, state: State) -> str:
    return OK if who == ADMIN else participants(who, state)


def writers(who: str, state: State) -> str:
    if not takes_part(who, state):
        return NOT_FOUND
    if state.closed:
        return CONFLICT
    return FORBIDDEN if state.ended or state.left else OK


def closers(who: str, state: State) -> str:
    return FORBIDDEN if (who, takes_part(who, state)) == (JUNIOR, True) else participants(who, state)


def reopeners(who: str, state: State) -> str:
    """What somebody has closed is reopened by who may close; else there is nothing to it."""
    return closers(who, state) if state.closed else participants(who, state)


def not_ones_own(who: str, state: State) -> str:
    """Of somebody else, in a conversation of one's own."""
    return FORBIDDEN if takes_part(who, state) else NOT_FOUND


def only(*whom: str) -> Rule:
    """For all others it is not there."""
    return lambda who, state: OK if who in whom else NOT_FOUND


def by_context(rule: Rule) -> Rule:
    """Who asks by the name of a context is told when it is not theirs. Nobody learns so that it exists."""

    def judged(who: str, state: State) -> str:
        return DENIED if who in STRANGERS else rule(who, state)

    return judged


def who_may_begin(who: str, state: State) -> str:
    """With the junior or, for the junior, with the senior: their own conversation, or one that a link or their roles allow."""
    if who in PARTIES:
        return participants(who, state)
    may = {
        "care": "doctor of the same patient",
        "contextual": "doctor of the same patient",
        "mentoring": "other mentor",
    }
    return OK if who == may[state.kind] else NOT_FOUND


def who_see_each_other(who: str, state: State) -> str:
    """Presence: of the other one, while there is something to say to each other."""
    if who in PARTIES:
        return NOT_FOUND if state.ended or state.closed or state.left else OK
    return NOT_FOUND if state.kind == CONTEXTUAL else who_may_begin(who, state)
