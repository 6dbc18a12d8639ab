"""The table fact → events, and how each is told. Local facts at once and without waiting; those that need a look in the
database one after the other, outside the way of any answer."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import structlog

from repositories.unit_of_work import Database
from server.broadcaster.digest import Digest, Present
from server.broadcaster.notices import NoticeTeller
from server.broadcaster.openings import OpeningNews
from server.broadcaster.presence_news import PresenceNews
from server.broadcaster.sockets import Sockets
from server.broadcaster.tracks import MessageFact, RoomTracks
from server.broadcaster.waiting_facts import Look, WaitingFacts
from server.reconciler.told import Told, obstacle_news
from services.conversation_view import ConversationViewer
from services.events import (
    ArchiveProgressed,
    CareLinkChanged,
    ConnectionStatsChanged,
    ConversationChanged,
    ConversationCreated,
    ConversationOpened,
    ExportProgressed,
    Fact,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    MessageReacted,
    MessagesDelivered,
    MessagesRead,
    NotificationsTold,
    ParticipantRemoved,
    PresenceChanged,
    SessionsEnded,
    TypingStarted,
    TypingStopped,
    UserChanged,
    UserDisabled,
)
from services.message_view import Message, MessageOpener
from services.presence import Presence
from services.room_names import STATS_ROOM, RoomName, conversation_room, presence_room
from services.stats import ConnectionStats

log = structlog.get_logger(__name__)


class Broadcaster:
    """`tell` is for facts of this node and of others alike; who sends them to other nodes is server.publisher. `lost` hears how
    many seconds ago something happened that nobody was told of.
    """

    def __init__(
        self,
        *,
        database: Database,
        sockets: Sockets,
        opener: MessageOpener,
        viewer: ConversationViewer,
        presence: Presence,
        stats: ConnectionStats,
        notices: NoticeTeller,
        digest: Digest,
        tracks: RoomTracks,
        told: Told,
        present: Present,
        lost: Callable[[float], None],
    ) -> None:
        self._database = database
        self._sockets = sockets
        self._opener = opener
        self._viewer = viewer
        self._presence = presence
        self._presence_news = PresenceNews(presence=presence, sockets=sockets, present=present)
        self._opening_news = OpeningNews(database=database, sockets=sockets, present=present)
        self._stats = stats
        self._digest = digest
        self._tracks = tracks
        self._told = told
        self._present = present
        self._waiting = WaitingFacts(self._looks, lost=lost)
        self._later: Callable[[Fact], None] = self._waiting.add
        self._slow: dict[type[Fact], Callable[[Any], Any]] = {
            ConversationCreated: self._conversation_created,
            ConversationChanged: self._changed_for_all,
            CareLinkChanged: self._link_changed,
            UserDisabled: self._user_changed,
            UserChanged: self._user_changed,
            NotificationsTold: notices.tell,
        }
        self.table: dict[type[Fact], Callable[[Any], None]] = {
            **dict.fromkeys(self._slow, self._later),
            MessagePosted: self._message,
            MessageEdited: self._message,
            MessageDeleted: self._message,
            MessageReacted: self._message,
            MessagesRead: self._read,
            MessagesDelivered: self._delivered,
            TypingStarted: self._typing,
            TypingStopped: self._typing,
            ConversationChanged: self._conversation_changed,
            ParticipantRemoved: self._removed,
            SessionsEnded: self._sessions_ended,
            UserDisabled: self._user_disabled,
            PresenceChanged: self._presence_news.tell,
            ConversationOpened: self._later,
            ConnectionStatsChanged: self._stats_changed,
            ExportProgressed: partial(self._to_asker, "export_progress"),
            ArchiveProgressed: partial(self._to_asker, "archive_progress"),
        }

    def start(self) -> None:
        self._waiting.start()

    async def close(self) -> None:
        await self._waiting.close()
        await self._presence_news.close()

    def tell(self, fact: Fact) -> None:
        """Never raises and never waits."""
        try:
            self.table[type(fact)](fact)
        except Exception:
            log.exception("broadcast_failed", fact=type(fact).__name__)

    # -- at once ------------------------------------------------------------------------------------------------------

    def _message(self, fact: MessageFact) -> None:
        self._digest.touch_conversation(fact.conversation_id)
        room = conversation_room(fact.conversation_id)
        if not self._sockets.anybody_in(room):
            return
        if fact.message is None:
            self._later(fact)
        else:
            self._tell_message(room, fact, fact.message)

    def _tell_message(self, room: RoomName, fact: MessageFact, message: Message) -> None:
        event = self._tracks.of(fact.conversation_id).event_for(fact, message)
        if event is None:
            return
        payload = {"conversation_id": fact.conversation_id, "change": message.change, "message": message}
        self._sockets.to_room(room, event, self._present(event, payload))

    def _read(self, fact: MessagesRead) -> None:
        if self._has_room(fact.conversation_id) and self._told.read(fact):
            self._to_conversation("messages_read", fact)
        self._digest.touch_view(fact.conversation_id, fact.user_id, everywhere=False)

    def _delivered(self, fact: MessagesDelivered) -> None:
        if self._has_room(fact.conversation_id) and self._told.delivered(fact):
            self._to_conversation("messages_delivered", fact)

    def _has_room(self, conversation_id: int) -> bool:
        return self._sockets.anybody_in(conversation_room(conversation_id))

    def _to_conversation(self, event: str, fact: MessagesRead | MessagesDelivered) -> None:
        self._sockets.to_room(conversation_room(fact.conversation_id), event, self._present(event, fact))

    def _typing(self, fact: TypingStarted | TypingStopped) -> None:
        event = "typing_start" if isinstance(fact, TypingStarted) else "typing_stop"
        room = conversation_room(fact.conversation_id)
        self._sockets.to_room(room, event, self._present(event, fact), skip=fact.socket_id)

    def _conversation_changed(self, fact: ConversationChanged) -> None:
        if fact.user_id is None:
            self._later(fact)
        else:
            self._digest.touch_view(fact.conversation_id, fact.user_id, everywhere=True)

    def _removed(self, fact: ParticipantRemoved) -> None:
        room = conversation_room(fact.conversation_id)
        payload = self._present("room_left", {"conversation_id": fact.conversation_id, "reason": "removed"})
        if self._digest.lose(fact.conversation_id, fact.user_id):
            # Those that only show the list, where nothing else would take it away.
            self._sockets.to_user(fact.user_id, "room_left", payload, outside=room)
        self._sockets.expel(fact.user_id, room, payload)
        self._digest.touch_count(fact.user_id)

    def _sessions_ended(self, fact: SessionsEnded) -> None:
        self._sockets.end_sessions(fact.user_id, fact.session_ids, "SESSION_EXPIRED")

    def _user_disabled(self, fact: UserDisabled) -> None:
        self._sockets.end_sessions(fact.user_id, None, "SESSION_EXPIRED")
        self._later(fact)

    def _to_asker(self, event: str, fact: ExportProgressed | ArchiveProgressed) -> None:
        self._sockets.to_user(fact.user_id, event, self._present(event, fact))

    def _stats_changed(self, fact: ConnectionStatsChanged) -> None:
        if not self._sockets.anybody_in(STATS_ROOM):
            return
        payload = self._present("connection_stats", {"stats": self._stats.current()})
        self._sockets.to_room(STATS_ROOM, "connection_stats", payload)

    # -- after a look in the database ---------------------------------------------------------------------------------

    def _looks(self, facts: Sequence[Fact]) -> Iterator[Look]:
        for fact in facts:
            if type(fact) in self._slow:
                yield Look([fact], partial(self._slow[type(fact)], fact))
        if openings := [fact for fact in facts if isinstance(fact, ConversationOpened)]:
            yield Look(openings, partial(self._opening_news.tell, openings))
        if messages := [fact for fact in facts if isinstance(fact, MessageFact)]:
            yield Look(messages, partial(self._hydrate, messages))

    async def _hydrate(self, facts: Sequence[MessageFact]) -> None:
        """Facts from other nodes carry ids only: their content never leaves the database but for its readers."""
        async with self._database.reading() as repositories:
            rows = await repositories.messages.at([(fact.conversation_id, fact.seq) for fact in facts])
        found = {(row.conversation_id, row.seq): row for row in rows}
        for fact in facts:
            row, room = found.get((fact.conversation_id, fact.seq)), conversation_room(fact.conversation_id)
            if row is None or not self._sockets.anybody_in(room):
                continue
            self._tell_message(room, fact, self._opener.open(row))

    async def _conversation_created(self, fact: ConversationCreated) -> None:
        async with self._database.reading() as repositories:
            people = await self._digest.participants(repositories, [fact.conversation_id])
            here = [user for user in people[fact.conversation_id] if self._sockets.sockets_of(user)]
            rows = (
                await repositories.conversations.views([(fact.conversation_id, user) for user in here]) if here else []
            )
        for row in rows:
            payload = self._present("conversation_created", {"conversation": self._viewer.view(row)})
            self._sockets.to_user(row.viewer_id, "conversation_created", payload)

    async def _changed_for_all(self, fact: ConversationChanged) -> None:
        people = await self._touch_all([fact.conversation_id])
        for first, second in itertools.combinations(people.get(fact.conversation_id, ()), 2):
            await self._hide_presence(first, second)

    async def _touch_all(self, conversation_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Returns the participants."""
        for conversation_id in conversation_ids:
            self._digest.forget_participants(conversation_id)
        async with self._database.reading() as repositories:
            people = await self._digest.participants(repositories, conversation_ids)
            # Or the reconciler would say again, to everybody, what the digest is about to say.
            await obstacle_news(repositories, self._told, filter(self._has_room, conversation_ids))
        for conversation_id, users in people.items():
            for user_id in users:
                self._digest.touch_view(conversation_id, user_id, everywhere=True)
        return people

    async def _link_changed(self, fact: CareLinkChanged) -> None:
        async with self._database.reading() as repositories:
            conversation_ids = await repositories.conversations.of_pair(
                patient_id=fact.patient_id, doctor_id=fact.doctor_id
            )
        await self._touch_all(conversation_ids)
        await self._hide_presence(fact.patient_id, fact.doctor_id)

    async def _hide_presence(self, first: int, second: int) -> None:
        """Who may no longer see the other's presence stops getting it; those who may keep what they asked for."""
        if second in await self._presence.visible_partners(first):
            return
        for watcher, watched in ((first, second), (second, first)):
            for socket_id in list(self._sockets.sockets_of(watcher)):
                self._sockets.leave(socket_id, presence_room(watched))

    async def _user_changed(self, fact: UserChanged | UserDisabled) -> None:
        async with self._database.reading() as repositories:
            conversation_ids = await repositories.conversations.of_user(user_id=fact.user_id)
        await self._touch_all(conversation_ids)
