"""Joining and coming back: exactly what was missed, by seq and by change, or the word that one has to load anew.

A page is exact because edits and deletions come first: new messages are only given once nothing older is left to tell,
so that `position` is always a place from which nothing is skipped and nothing comes twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from repositories.conversations import Membership, ParticipantRow
from repositories.messages import MessageRow
from services.access import Access
from services.conversation_view import ConversationView, ConversationViewer
from services.epoch import Epoch
from services.message_view import Message, MessageOpener
from services.places import Places
from services.ports import OnlineLookup, UnitOfWork
from services.principal import Principal

Row = TypeVar("Row", MessageRow, ParticipantRow)

JOIN_MESSAGES, JOIN_BYTES = 200, 256_000
SYNC_MESSAGES, SYNC_BYTES = 500, 512_000
SYNC_CONVERSATIONS = 100
# What a message costs on the wire besides its text and its reactions, and what it answers adds.
ENVELOPE_BYTES = 600
QUOTE_BYTES = 400


@dataclass(frozen=True, slots=True)
class Position:
    """How far a client has followed a conversation."""

    seq: int
    change: int


# Ahead of everything: what was said before a restore is no position of ours.
ELSEWHERE = Position(2**63 - 1, 2**63 - 1)


@dataclass(frozen=True, slots=True)
class ParticipantState:
    """A participant's watermarks; presence is hidden where nobody can write any more."""

    row: ParticipantRow
    online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What a client misses of one conversation. `resync`: it is ahead of the server and has to load anew."""

    conversation_id: int
    last_seq: int
    last_change: int
    messages: Sequence[Message]
    changes: Sequence[Message]
    position: Position
    has_more: bool
    resync: bool
    participants: Sequence[ParticipantState]


@dataclass(frozen=True, slots=True)
class SyncResult:
    """`gone`: named by the client and none of its business (any more). `others`: what it did not name."""

    updates: Sequence[Update]
    gone: Sequence[int]
    others: Sequence[ConversationView]
    has_more: bool


class Resume:
    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        opener: MessageOpener,
        viewer: ConversationViewer,
        access: Access,
        online: OnlineLookup,
        epoch: Epoch,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._opener = opener
        self._viewer = viewer
        self._access = access
        self._online = online
        self._epoch = epoch
        self._places = Places(unit_of_work=unit_of_work, access=access)

    async def require_membership(self, principal: Principal, *, conversation_id: int) -> Membership:
        """Raises NotFound, Forbidden, Unavailable."""
        return await self._places.membership(principal, conversation_id=conversation_id)

    async def join(
        self,
        principal: Principal,
        *,
        conversation_id: int,
        after_seq: int | None,
        after_change: int | None,
        epoch: str | None = None,
    ) -> Update:
        """To be called when the socket is in the room already: what is posted meanwhile then comes live, not never.

        Without `after_seq` no messages: the client loads its history by REST. Without `after_change` edits and
        deletions before now are not looked for. `epoch`: whose positions they are. Raises NotFound, Forbidden, Unavailable.
        """
        place = await self._places.place(principal, conversation_id=conversation_id)
        membership = place.membership
        asked = Position(
            membership.last_seq if after_seq is None else after_seq,
            membership.last_change if after_change is None else after_change,
        )
        if await self._epoch.is_other(epoch):
            asked = ELSEWHERE
        changes, messages = await self._missed(membership, asked)
        return self._update(membership, asked, changes, messages, place.people, _Budget(JOIN_MESSAGES, JOIN_BYTES))

    async def _missed(
        self, membership: Membership, asked: Position
    ) -> tuple[Sequence[MessageRow], Sequence[MessageRow]]:
        """Changes and messages. Nothing is asked for who misses nothing, as most do."""
        changes: list[MessageRow] = []
        messages: list[MessageRow] = []
        behind = asked.change < membership.last_change or asked.seq < membership.last_seq
        if _ahead(asked, membership) or not behind:
            return changes, messages
        async with self._unit_of_work.reading() as repositories:
            if asked.change < membership.last_change:
                changes = await repositories.messages.changes(
                    conversation_id=membership.conversation_id,
                    after_change=asked.change,
                    up_to_seq=asked.seq,
                    limit=JOIN_MESSAGES + 1,
                )
            if asked.seq < membership.last_seq:
                messages = await repositories.messages.after(
                    conversation_id=membership.conversation_id, after_seq=asked.seq, limit=JOIN_MESSAGES + 1
                )
        return changes, messages

    async def sync(
        self, principal: Principal, *, positions: Mapping[int, Position], epoch: str | None = None
    ) -> SyncResult:
        """For many conversations at once, with a constant number of statements. Raises Unavailable."""
        named = list(positions)
        if await self._epoch.is_other(epoch):
            positions = dict.fromkeys(named, ELSEWHERE)
        async with self._unit_of_work.reading() as repositories:
            conversations, messages = repositories.conversations, repositories.messages
            memberships = {
                membership.conversation_id: membership
                for membership in await conversations.memberships(conversation_ids=named, user_id=principal.user_id)
                if membership.kind in self._access.kinds
            }
            behind = [
                (conversation_id, position)
                for conversation_id, position in positions.items()
                if conversation_id in memberships and not _ahead(position, memberships[conversation_id])
            ]
            ids, seqs = [key for key, _ in behind], [position.seq for _, position in behind]
            changed = await messages.missed_changes(
                viewer_id=principal.user_id,
                conversation_ids=ids,
                up_to_seqs=seqs,
                after_changes=[position.change for _, position in behind],
                limit=SYNC_MESSAGES + 1,
            )
            missed = await messages.missed_messages(
                viewer_id=principal.user_id, conversation_ids=ids, after_seqs=seqs, limit=SYNC_MESSAGES + 1
            )
            people = await conversations.participants(list(memberships))
            others = await conversations.except_for(
                viewer_id=principal.user_id,
                kinds=self._access.kinds,
                conversation_ids=named,
                limit=SYNC_CONVERSATIONS + 1,
            )
        updates = self._updates(positions, memberships, changed, missed, people)
        return SyncResult(
            updates=updates,
            gone=[key for key in named if key not in memberships],
            others=[self._viewer.view(row) for row in others[:SYNC_CONVERSATIONS]],
            has_more=len(others) > SYNC_CONVERSATIONS or any(update.has_more for update in updates),
        )

    def _updates(
        self,
        positions: Mapping[int, Position],
        memberships: Mapping[int, Membership],
        changed: Iterable[MessageRow],
        missed: Iterable[MessageRow],
        people: Iterable[ParticipantRow],
    ) -> list[Update]:
        changes_of, messages_of = _by_conversation(changed), _by_conversation(missed)
        people_of = _by_conversation(people)
        budget = _Budget(SYNC_MESSAGES, SYNC_BYTES)
        return [
            self._update(
                membership,
                positions[key],
                changes_of.get(key, []),
                messages_of.get(key, []),
                people_of.get(key, []),
                budget,
            )
            for key, membership in ((key, memberships[key]) for key in positions if key in memberships)
        ]

    def _update(
        self,
        membership: Membership,
        asked: Position,
        changed: Sequence[MessageRow],
        missed: Sequence[MessageRow],
        people: Iterable[ParticipantRow],
        budget: "_Budget",
    ) -> Update:
        changes = budget.take(changed)
        all_changes = len(changes) == len(changed) and not budget.spent
        # What came after the look at the membership comes live: the socket is in the room already.
        messages = budget.take([row for row in missed if row.seq <= membership.last_seq]) if all_changes else []
        position = _reached(asked, membership, changes, messages, all_changes)
        resync = _ahead(asked, membership)
        return Update(
            conversation_id=membership.conversation_id,
            last_seq=membership.last_seq,
            last_change=membership.last_change,
            messages=self._opener.open_all(messages),
            changes=self._opener.open_all(changes),
            position=position,
            has_more=not resync and (position.seq < membership.last_seq or not all_changes),
            resync=resync,
            participants=[
                ParticipantState(row, membership.obstacle is None and self._online.is_online(row.user_id))
                for row in people
                if row.left_at is None
            ],
        )


class _Budget:
    """What one answer may hold. The first message always fits, so that a client always gets on."""

    def __init__(self, messages: int, size: int) -> None:
        self._messages = messages
        self._bytes = size
        self._used = False
        self.spent = False

    def take(self, rows: Sequence[MessageRow]) -> list[MessageRow]:
        taken: list[MessageRow] = []
        for row in rows:
            cost = _size(row)
            if self.spent or self._messages == 0 or (cost > self._bytes and self._used):
                self.spent = True
                break
            self._messages, self._bytes, self._used = self._messages - 1, self._bytes - cost, True
            taken.append(row)
        return taken


def _size(row: MessageRow) -> int:
    reactions = sum(len(content) for _, content in row.reactions) if row.reactions else 0
    return len(row.content) + ENVELOPE_BYTES + (QUOTE_BYTES if row.quoted else 0) + 2 * reactions


def _ahead(asked: Position, membership: Membership) -> bool:
    return asked.seq > membership.last_seq or asked.change > membership.last_change


def _reached(
    asked: Position,
    membership: Membership,
    changes: Sequence[MessageRow],
    messages: Sequence[MessageRow],
    all_changes: bool,
) -> Position:
    """From where to go on. Once every change is told, the rest comes with the messages themselves, as they are now."""
    if _ahead(asked, membership):
        return Position(membership.last_seq, membership.last_change)
    if not all_changes:
        return Position(asked.seq, changes[-1].change if changes else asked.change)
    seq = messages[-1].seq if messages else asked.seq
    return Position(seq, max([membership.last_change, *(row.change for row in changes)]))


def _by_conversation(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.conversation_id, []).append(row)
    return found
