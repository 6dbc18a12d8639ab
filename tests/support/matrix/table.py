"""A row of the matrix, and what the rows can use of the stage on which they are played."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.support.clinic import Person
from tests.support.contexts import Subject
from tests.support.matrix.rules import OK, Rule, State
from tests.support.rest import Answer, Rest


@dataclass(slots=True)
class Thread:
    """One conversation in its state. `messages`: one of each side; `sent`: an attachment of the junior that went with a
    message; `unsent`: one that waits for its message. `export` and `notification`: the junior's. `subject`: its context, if it
    is about one. In the forum the junior asked `question`, the senior gave `answer` and reported the question, and somebody
    else gave `foreign_answer`."""

    state: State
    people: dict[str, Person]
    conversation_id: int
    subject: Subject | None
    messages: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    unsent: int = 0
    export: int = 0
    notification: int = 0
    question: int = 0
    answer: int = 0
    foreign_answer: int = 0
    report: int = 0

    @property
    def path(self) -> str:
        return f"/api/messaging/conversations/{self.conversation_id}"

    @property
    def context(self) -> Subject:
        assert self.subject is not None, "rows by context are for contextual conversations"
        return self.subject


class Scene(Protocol):
    """One cell: somebody, before one conversation. `spare`: things of others that administrators may do anything to."""

    who: str
    thread: Thread

    @property
    def spare(self) -> "Spare": ...

    @property
    def rest(self) -> Rest:
        """As whoever it is."""

    @property
    def me(self) -> Person: ...

    @property
    def other(self) -> Person:
        """The one that whoever it is would talk to: the senior for the junior, and the junior for all others."""

    @property
    def senior(self) -> Rest:
        """As the one of the two who may close and reopen."""

    @property
    def some_message(self) -> int: ...

    async def emit(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """The ack."""


class Spare(Protocol):
    """People and things of a conversation that is nobody's of the matrix."""

    thread: Thread
    link: str
    victim: Person
    doomed: Person

    @property
    def host(self) -> Rest:
        """As an administrator."""

    async def session(self) -> str:
        """A new one of the victim."""


Ask = Callable[[Scene], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """`name`: the route (`GET /api/…`) or the event. `way`: which of several ways to call it. `ask` gives the outcome.

    `after`: what puts things back when it was allowed. `stateless`: no conversation has a part in it, so once is enough.
    """

    name: str
    ask: Ask
    rule: Rule
    way: str = ""
    after: Ask | None = None
    stateless: bool = False
    kinds: tuple[str, ...] = ("care", "mentoring", "contextual")

    @property
    def label(self) -> str:
        return f"{self.name} ({self.way})" if self.way else self.name


def outcome(answer: Answer) -> str:
    return OK if 200 <= answer.status < 300 else str(answer.body["error"]["code"])


def outcome_of(ack: dict[str, Any]) -> str:
    return OK if ack["ok"] else str(ack["error"]["code"])


Path = Callable[[Scene], str]
Parts = Callable[[Scene], dict[str, Any]]


def nothing(_: Scene) -> dict[str, Any]:
    return {}


def route(name: str, path: Path | None = None, body: Parts | None = None, query: Parts = nothing) -> Ask:
    """A call of that route; `path` where the name has parameters."""
    method, template = name.split(" ")

    async def ask(scene: Scene) -> str:
        at = template if path is None else path(scene)
        return outcome(await scene.rest.call(method, at, None if body is None else body(scene), **query(scene)))

    return ask


def event(name: str, data: Parts) -> Ask:
    async def ask(scene: Scene) -> str:
        return outcome_of(await scene.emit(name, data(scene)))

    return ask
