"""What goes on the trail: who did what to which thing, with what result and why. Never content."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from repositories.trail import Head
from services.principal import Origin, Principal

Result = Literal["ok", "denied", "failed"]
# The type of object of a call that was refused before anything was known of what it is about.
CALL: Final = "call"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """`action`: a verb and its noun, such as `message.send`, `history.read`, `search.run`, `attachment.download`,
    `export.make`, `export.download`, `context.change`, `admin.view`, `login`, `break_glass`. `object_type` and `object_id`
    name the thing; `conversation_id` where it belongs to one. `reason` is a code or what an administrator gave as reason.
    """

    action: str
    principal: Principal | None
    origin: Origin | None = None
    on_behalf_of: int | None = None
    object_type: str | None = None
    object_id: str | None = None
    conversation_id: int | None = None
    result: Result = "ok"
    reason: str | None = None


class Trail(Protocol):
    def note(self, entry: TrailEntry) -> None:
        """Never raises and never waits: what is noted is stored within moments, and in the order in which it came."""


class TrailWriter(Trail, Protocol):
    """What the boundaries need besides."""

    def tally(
        self, action: str, principal: Principal, origin: Origin, where: str, conversation_id: int, number: int
    ) -> None:
        """For what happens many times a second: all numbers of one action, conversation and `where` (a socket) that come
        within two seconds are one entry. For what is a stored row already: `settled` does not wait for it. Never raises and
        never waits."""

    async def settled(self) -> None:
        """All that was noted until now is stored. Raises Unavailable."""


class NullTrail:
    """Where there is none, as in tests of other things."""

    def note(self, entry: TrailEntry) -> None: ...

    def tally(
        self, action: str, principal: Principal, origin: Origin, where: str, conversation_id: int, number: int
    ) -> None: ...

    async def settled(self) -> None: ...


NULL_TRAIL = NullTrail()


class Anchor(Protocol):
    """Keeps the heads of the chains where the database's owner cannot reach."""

    async def keep(self, heads: Sequence[Head]) -> None:
        """On disk when this returns. Raises OSError."""
