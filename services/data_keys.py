"""The key under which a conversation's messages are sealed, kept at hand: a send should not read it again each time."""

from collections import OrderedDict
from typing import NamedTuple

from services.errors import NotFound
from services.ports import UnitOfWork
from services.security_ports import ContentCipher, DataKey

KEPT = 20_000


class ConversationKey(NamedTuple):
    """The key never changes for a conversation, and neither does its kind: both may be kept for good.

    Rotation wraps the same key anew. A key that was destroyed may live on here: nothing is stored under it any more, since
    the database has closed that conversation for good.
    """

    kind: str
    data_key: DataKey


class DataKeys:
    def __init__(self, *, unit_of_work: UnitOfWork, cipher: ContentCipher, kept: int = KEPT) -> None:
        self._unit_of_work = unit_of_work
        self._cipher = cipher
        self._kept = kept
        self._keys: OrderedDict[int, ConversationKey] = OrderedDict()

    def at_hand(self, conversation_id: int) -> ConversationKey | None:
        """None: `of` would have to look."""
        found = self._keys.get(conversation_id)
        if found is not None:
            self._keys.move_to_end(conversation_id)
        return found

    async def of(self, conversation_id: int) -> ConversationKey:
        """Raises NotFound. Says nothing about who may write: that is judged where the message is stored."""
        if found := self.at_hand(conversation_id):
            return found
        async with self._unit_of_work.reading() as repositories:
            sealing = await repositories.conversations.sealing(conversation_id=conversation_id)
        if sealing is None:
            raise NotFound
        key = ConversationKey(sealing.kind, self._cipher.unwrap(sealing.key_id, sealing.data_key))
        self._keys[conversation_id] = key
        if len(self._keys) > self._kept:
            self._keys.popitem(last=False)
        return key
