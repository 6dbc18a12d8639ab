"""What changes often and is only worth its latest state: a person's unread count, and conversations in their list.

Marks are gathered for a moment and answered with one query for all, so that a burst of messages costs one look.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

import structlog

from repositories.conversation_rows import ConversationRow
from repositories.errors import StorageUnavailable
from repositories.repositories import Repositories
from repositories.unit_of_work import Database
from server.broadcaster.sockets import Payload, Sockets
from services.conversation_view import ConversationViewer
from services.room_names import RoomName, conversation_room
from services.tasks import end

log = structlog.get_logger(__name__)

MOMENT = 0.05
PAUSE_WHILE_AWAY = 1.0
# A look is followed by a rest of so many times its length: under load the counts of a thousand people come a little later, and
# are looked up once for more messages.
RESTS = 24
LONGEST = 0.5
KEPT = 20_000
Present = Callable[[str, object], Payload]


class Digest:
    """`touch_*` are sync and cheap; one task at a time does the looking."""

    def __init__(
        self,
        *,
        database: Database,
        sockets: Sockets,
        viewer: ConversationViewer,
        present: Present,
        kinds: frozenset[str],
        moment: float = MOMENT,
    ) -> None:
        self._database = database
        self._sockets = sockets
        self._viewer = viewer
        self._present = present
        self._kinds = kinds
        self._moment = moment
        self._conversations: set[int] = set()
        self._views: dict[tuple[int, int], bool] = {}
        self._counts: set[int] = set()
        self._participants: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        self._told: dict[int, int] = {}
        # By person: conversations that they were told to have lost, until they are told of them again.
        self._lost: dict[int, set[int]] = {}
        # (conversation, person) that lost each other while a look is under way, which may be of before.
        self._lost_meanwhile: set[tuple[int, int]] = set()
        self._task: asyncio.Task[None] | None = None

    def touch_conversation(self, conversation_id: int) -> None:
        """A message came, changed or went: lists outside its room and unread counts follow."""
        self._conversations.add(conversation_id)
        if self._task is None:
            self._wake()

    def touch_view(self, conversation_id: int, user_id: int, *, everywhere: bool) -> None:
        """This participant's view changed. `everywhere`: their sockets inside the room are told too."""
        key = (conversation_id, user_id)
        self._views[key] = self._views.get(key, False) or everywhere
        self._counts.add(user_id)
        self._wake()

    def lose(self, conversation_id: int, user_id: int) -> bool:
        """That person has no part in it any more. Whether their lists here have to be told."""
        self._lost_meanwhile.add((conversation_id, user_id))
        lost = self._lost.setdefault(user_id, set()) if self._sockets.sockets_of(user_id) else {conversation_id}
        is_news = conversation_id not in lost
        lost.add(conversation_id)
        return is_news

    def touch_count(self, user_id: int) -> None:
        self._counts.add(user_id)
        self._wake()

    def know_count(self, user_id: int, unread: int) -> None:
        """What the greeting told, so that the same number is not told again."""
        self._told[user_id] = unread

    def forget_user_if_gone(self, user_id: int) -> None:
        """With their last socket here."""
        if not self._sockets.sockets_of(user_id):
            self._told.pop(user_id, None)
            self._lost.pop(user_id, None)

    async def participants(
        self, repositories: Repositories, conversation_ids: Iterable[int]
    ) -> dict[int, tuple[int, ...]]:
        """Remembered: it only says whom to ask the database about, which decides who is one now."""
        wanted = set(conversation_ids)
        missing = [key for key in wanted if key not in self._participants]
        if missing:
            found: dict[int, list[int]] = {key: [] for key in missing}
            for row in await repositories.conversations.participants(missing):
                found[row.conversation_id].append(row.user_id)
            self._participants.update((key, tuple(users)) for key, users in found.items())
        people = {key: self._participants[key] for key in wanted}
        while len(self._participants) > KEPT:
            self._participants.popitem(last=False)
        return people

    def forget_participants(self, conversation_id: int) -> None:
        self._participants.pop(conversation_id, None)

    async def close(self) -> None:
        await end([self._task])

    def _wake(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._work(), name="digest")

    async def _work(self) -> None:
        try:
            await self._look_until_all_is_told()
        finally:
            # Not a moment after the last look: whoever touches something from now on needs another task.
            self._task = None

    async def _look_until_all_is_told(self) -> None:
        rest = self._moment
        while self._conversations or self._views or self._counts:
            await asyncio.sleep(rest)
            conversations, self._conversations = self._conversations, set()
            views, self._views = self._views, {}
            counts, self._counts = self._counts, set()
            started = time.monotonic()
            try:
                await self._flush(conversations, views.copy(), counts.copy())
                rest = min(max(self._moment, RESTS * (time.monotonic() - started)), LONGEST)
            except StorageUnavailable:
                self._put_back(conversations, views, counts)
                await asyncio.sleep(PAUSE_WHILE_AWAY)
            except Exception:
                log.exception("digest_failed", conversations=len(conversations), people=len(counts))

    def _put_back(self, conversations: set[int], views: dict[tuple[int, int], bool], counts: set[int]) -> None:
        self._conversations |= conversations
        self._counts |= counts
        for key, everywhere in views.items():
            self._views[key] = self._views.get(key, False) or everywhere

    async def _flush(self, conversations: set[int], views: dict[tuple[int, int], bool], counts: set[int]) -> None:
        self._lost_meanwhile.clear()
        async with self._database.reading() as repositories:
            for key, users in (await self.participants(repositories, conversations)).items():
                for user_id in users:
                    views.setdefault((key, user_id), False)
                    counts.add(user_id)
            pairs = [pair for pair, everywhere in views.items() if self._reached(pair, everywhere)]
            rows = await repositories.conversations.views(pairs) if pairs else []
            here = [user_id for user_id in counts if self._sockets.sockets_of(user_id)]
            totals = await repositories.marks.unread_totals(user_ids=here, kinds=self._kinds) if here else []
        for row in rows:
            if row.kind in self._kinds and (row.id, row.viewer_id) not in self._lost_meanwhile:
                self._tell_row(row, everywhere=views[row.id, row.viewer_id])
        for total in totals:
            self._tell_count(total.user_id, total.unread)

    def _reached(self, pair: tuple[int, int], everywhere: bool) -> bool:
        """Whether a socket of this node would be told."""
        conversation_id, user_id = pair
        sockets = self._sockets.sockets_of(user_id)
        return bool(sockets) and (everywhere or bool(set(sockets) - set(self._room(conversation_id))))

    def _room(self, conversation_id: int) -> Iterable[str]:
        return self._sockets.members(conversation_room(conversation_id))

    def _tell_row(self, row: ConversationRow, *, everywhere: bool) -> None:
        self._lost.get(row.viewer_id, set()).discard(row.id)
        outside: RoomName | None = None if everywhere else conversation_room(row.id)
        payload = self._present("conversation_updated", {"conversation": self._viewer.view(row)})
        self._sockets.to_user(row.viewer_id, "conversation_updated", payload, outside=outside)

    def _tell_count(self, user_id: int, unread: int) -> None:
        if self._told.get(user_id) != unread:
            self._told[user_id] = unread
            self._sockets.to_user(user_id, "unread_count", self._present("unread_count", {"unread_count": unread}))
