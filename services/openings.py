"""Who looks into a conversation is told to those it is about, once in a while."""

import datetime

from services.events import ConversationOpened
from services.ports import Publisher
from services.principal import MEMBER, PATIENT
from services.trail_ports import TrailEntry

OPENING = frozenset({"conversation.open", "conversation.join", "history.read", "export.make"})
# Each of these is told, however often.
ALWAYS = frozenset({"break_glass"})
QUIET_SECONDS = 600.0
MOST = 20_000


class Openings:
    def __init__(self, *, publisher: Publisher) -> None:
        self._publisher = publisher
        self._told: dict[tuple[int, int], float] = {}

    def seen(self, entry: TrailEntry, at: float) -> None:
        if entry.result != "ok" or entry.principal is None or entry.conversation_id is None:
            return
        if entry.principal.role in (PATIENT, MEMBER):  # theirs it is
            return
        if entry.action not in ALWAYS and (entry.action not in OPENING or not self._is_news(entry, at)):
            return
        self._publisher.publish(
            ConversationOpened(
                conversation_id=entry.conversation_id,
                user_id=entry.principal.user_id,
                role=entry.principal.role,
                action=entry.action,
                opened_at=datetime.datetime.fromtimestamp(at, datetime.UTC),
            )
        )

    def _is_news(self, entry: TrailEntry, at: float) -> bool:
        assert entry.principal is not None and entry.conversation_id is not None
        key = (entry.principal.user_id, entry.conversation_id)
        # A clock that was put back must not keep it quiet until it is as late again.
        if 0 <= at - self._told.get(key, 0.0) < QUIET_SECONDS:
            return False
        if len(self._told) >= MOST:
            self._told.clear()
        self._told[key] = at
        return True
