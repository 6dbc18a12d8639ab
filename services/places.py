"""Who may enter a conversation's room, and what the room looks like at that moment; asked together by all who join."""

from collections.abc import Sequence
from dataclasses import dataclass

from repositories.conversations import Membership, ParticipantRow
from services.access import Access
from services.ports import UnitOfWork
from services.principal import Principal
from services.together import Together

# A conversation and a user, by their ids.
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """One person's part in a conversation, and all who have or had one."""

    membership: Membership
    people: Sequence[ParticipantRow]


class Places:
    def __init__(self, *, unit_of_work: UnitOfWork, access: Access) -> None:
        self._unit_of_work = unit_of_work
        self._access = access
        self._memberships: Together[Pair, Membership | None] = Together(self._look_for_memberships)
        self._places: Together[Pair, tuple[Membership | None, Sequence[ParticipantRow]]] = Together(
            self._look_for_places
        )

    async def membership(self, principal: Principal, *, conversation_id: int) -> Membership:
        """Raises NotFound, Forbidden, Unavailable."""
        return self._access.granted(await self._memberships.ask((conversation_id, principal.user_id)))

    async def place(self, principal: Principal, *, conversation_id: int) -> Place:
        """Raises NotFound, Forbidden, Unavailable."""
        membership, people = await self._places.ask((conversation_id, principal.user_id))
        return Place(self._access.granted(membership), people)

    async def _look_for_memberships(self, pairs: Sequence[Pair]) -> Sequence[Membership | None]:
        async with self._unit_of_work.reading() as repositories:
            found = await repositories.conversations.places(pairs)
        return [found.get(pair) for pair in pairs]

    async def _look_for_places(
        self, pairs: Sequence[Pair]
    ) -> Sequence[tuple[Membership | None, Sequence[ParticipantRow]]]:
        people: dict[int, list[ParticipantRow]] = {}
        async with self._unit_of_work.reading() as repositories:
            found = await repositories.conversations.places(pairs)
            ids = list({conversation_id for conversation_id, _ in found})
            for row in await repositories.conversations.participants(ids) if ids else ():
                people.setdefault(row.conversation_id, []).append(row)
        return [(found.get(pair), people.get(pair[0], ())) for pair in pairs]
