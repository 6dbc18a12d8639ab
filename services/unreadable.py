"""What is stored and does not open: it hides nothing else, its readers see that it is there, operators hear of it once."""

import logging
from typing import Any, Final

from services.security_ports import ContentDamaged, MasterKeyMissing

log = logging.getLogger(__name__)
# Why something does not open: its row was changed or swapped, or names a key that nobody has.
DOES_NOT_OPEN: Final = (ContentDamaged, MasterKeyMissing)
# In the place of what a message said: the system says it, so that every client has a line for it.
SAID_INSTEAD: Final[dict[str, Any]] = {"code": "message_unreadable", "params": {}}
MOST_KNOWN = 10_000


class Unreadable:
    """Those that this process came upon. `seq` 0: the title of what the conversation is about."""

    def __init__(self) -> None:
        self._known: set[tuple[int, int]] = set()
        self.count = 0

    def note(self, why: Exception, *, conversation_id: int, seq: int) -> None:
        place = (conversation_id, seq)
        if place in self._known:
            return
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()  # at worst one is said again
        self._known.add(place)
        self.count += 1
        if seq:
            log.error("message %d of conversation %d does not open: %s", seq, conversation_id, why)
        else:
            log.error("the title of conversation %d does not open: %s", conversation_id, why)
