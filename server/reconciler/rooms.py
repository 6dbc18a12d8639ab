"""Second look at conversations that have a room on this node."""

import datetime
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from itertools import groupby

from repositories.repositories import Repositories
from repositories.rights import MissedRow, WatermarkRow
from server.reconciler.told import Told, obstacle_news
from server.reconciler.view import LocalView, RoomPosition
from services.events import (
    ConversationChanged,
    Fact,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageReacted,
    MessagesDelivered,
    MessagesRead,
    ParticipantRemoved,
)

MOST_A_ROOM = 500


class RoomsCheck:
    """Four statements for any number of rooms."""

    def __init__(self, *, view: LocalView, told: Told, deliver: Callable[[Fact], None]) -> None:
        self._view = view
        self._told = told
        self._deliver = deliver

    async def run(self, repositories: Repositories, conversation_ids: Sequence[int]) -> None:
        await self.rights(repositories, conversation_ids)
        await self._missed(repositories, conversation_ids)
        told = self._told.watermarks(conversation_ids)
        for moved in await repositories.rights.watermarks_beyond(conversation_ids, told):
            self._watermark(moved)

    async def rights(self, repositories: Repositories, conversation_ids: Sequence[int]) -> None:
        """Only who may listen, and who may write."""
        await self._strangers(repositories, set(conversation_ids))
        for conversation_id in await obstacle_news(repositories, self._told, conversation_ids):
            self._deliver(ConversationChanged(conversation_id=conversation_id))

    async def _missed(self, repositories: Repositories, conversation_ids: Sequence[int]) -> None:
        before = self._view.rooms()
        floors = {key: before[key].change for key in conversation_ids if key in before}
        rows = await repositories.rights.missed(floors, limit=MOST_A_ROOM)
        # What was told while the database was asked counts.
        now = self._view.rooms()
        for conversation_id, group in groupby(rows, key=lambda row: row.conversation_id):
            if conversation_id in now:
                self._messages(now[conversation_id], list(group))

    async def _strangers(self, repositories: Repositories, rooms: AbstractSet[int]) -> None:
        """First of all: who has no part in it any more is not to get what comes next."""
        sitting = [pair for pair in set(self._view.sitting()) if pair[0] in rooms]
        for row in await repositories.rights.strangers(sitting):
            self._deliver(ParticipantRemoved(conversation_id=row.conversation_id, user_id=row.user_id))

    def _messages(self, room: RoomPosition, rows: Sequence[MissedRow]) -> None:
        """Floors only move when nothing is missing: a fact may still wait for its look at the message."""
        missed = [
            _message_fact(room, row, row.seq, row.change)
            for row in rows
            if row.seq is not None and row.change is not None and not _is_told(room, row.change)
        ]
        for fact in missed:
            self._deliver(fact)
        if missed:
            return
        last = rows[-1]
        if len(rows) < MOST_A_ROOM or last.change is None:
            self._view.settle(last.conversation_id, change=last.last_change, seq=last.last_seq)
        else:
            self._view.settle(last.conversation_id, change=last.change, seq=room.seq)

    def _watermark(self, row: WatermarkRow) -> None:
        """What the first look finds was told by the join."""
        if not row.known:
            self._told.start(row.conversation_id, [(row.user_id, row.read_seq, row.delivered_seq)])
            return
        read_seq, _ = self._told.watermark(row.conversation_id, row.user_id)
        if row.read_at is not None and row.read_seq > read_seq:
            self._read(row, row.read_at)
        _, delivered_seq = self._told.watermark(row.conversation_id, row.user_id)
        if row.delivered_at is not None and row.delivered_seq > delivered_seq:
            self._delivered(row, row.delivered_at)

    def _read(self, row: WatermarkRow, at: datetime.datetime) -> None:
        fact = MessagesRead(
            conversation_id=row.conversation_id,
            user_id=row.user_id,
            updated_count=row.updated_count,
            read_seq=row.read_seq,
            read_at=at,
        )
        self._deliver(fact)
        self._told.read(fact)

    def _delivered(self, row: WatermarkRow, at: datetime.datetime) -> None:
        fact = MessagesDelivered(
            conversation_id=row.conversation_id,
            user_id=row.user_id,
            delivered_seq=row.delivered_seq,
            delivered_at=at,
        )
        self._deliver(fact)
        self._told.delivered(fact)


def _is_told(room: RoomPosition, change: int) -> bool:
    return change <= room.change or change in room.changes_ahead


def _message_fact(room: RoomPosition, row: MissedRow, seq: int, change: int) -> Fact:
    """A message that the room was never told of is new to it, even when it was edited since."""
    kind: type[MessagePosted | MessageEdited | MessageDeleted | MessageReacted] = MessageEdited
    if seq > room.seq and seq not in room.seqs_ahead:
        kind = MessagePosted
    elif row.deleted:
        kind = MessageDeleted
    elif row.reacted:
        kind = MessageReacted
    return kind(conversation_id=row.conversation_id, seq=seq, change=change)
