"""Looking back: pages of a conversation's messages."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.access import Access
from services.errors import ValidationFailed
from services.marks import Marks
from services.message_view import Message, MessageOpener
from services.ports import UnitOfWork
from services.principal import Principal


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Ascending by seq. `next`: the seq to ask for next, as before_seq or after_seq, when there is more."""

    items: Sequence[Message]
    has_more: bool
    next: int | None


class History:
    def __init__(self, *, unit_of_work: UnitOfWork, opener: MessageOpener, access: Access, marks: Marks) -> None:
        self._unit_of_work = unit_of_work
        self._opener = opener
        self._access = access
        self._marks = marks

    async def page(
        self,
        principal: Principal,
        *,
        conversation_id: int,
        limit: int,
        before_seq: int | None = None,
        after_seq: int | None = None,
        mark_read: bool = False,
    ) -> HistoryPage:
        """The newest ones when neither seq is given. `mark_read`: up to the last one on the page.

        Raises NotFound, Forbidden, ValidationFailed, Unavailable.
        """
        if before_seq is not None and after_seq is not None:
            raise ValidationFailed(fields={"afterSeq": "not_with:beforeSeq"})
        async with self._unit_of_work.reading() as repositories:
            await self._access.membership(repositories, principal, conversation_id)
            if after_seq is None:
                rows = await repositories.messages.before(
                    conversation_id=conversation_id, before_seq=before_seq, limit=limit + 1
                )
                page = rows[-limit:]
            else:
                rows = await repositories.messages.after(
                    conversation_id=conversation_id, after_seq=after_seq, limit=limit + 1
                )
                page = rows[:limit]
        has_more = len(rows) > limit
        if mark_read and page:
            await self._marks.read(principal, conversation_id=conversation_id, up_to_seq=page[-1].seq)
        edge = (page[0].seq if after_seq is None else page[-1].seq) if has_more else None
        return HistoryPage(self._opener.open_all(page), has_more, edge)
