"""Sends, some of which bring files: then the batch is a transaction of several statements, else it is none of our affair."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Protocol
from uuid import UUID

from repositories.attachments import AttachmentRepository
from repositories.messages import Appended, Draft
from repositories.repositories import Repositories
from repositories.unit_of_work import Database

REFUSED = Appended("unknown_attachment", None, None, None, None, None, None, None, None, None)
_files_of = attrgetter("attachment_ids")


class _Lane(Protocol):
    async def append(self, drafts: list[Draft], *, certain: bool) -> list[Appended]: ...


class SendsWithFiles:
    """services.ports.Appender. A file is taken in the transaction that stores its message: both are there, or neither."""

    def __init__(self, *, lane: _Lane, database: Database) -> None:
        self._lane = lane
        self._database = database

    async def append(self, drafts: list[Draft], *, certain: bool) -> list[Appended]:
        """As the lane does, with one verdict more: `unknown_attachment` for files that are another's, used, or not there."""
        if not any(map(_files_of, drafts)):
            return await self._lane.append(drafts, certain=certain)
        async with self._database.transaction() as repositories:
            return await _append(repositories, drafts)


async def _append(repositories: Repositories, drafts: Sequence[Draft]) -> list[Appended]:
    good = await _good(repositories.attachments, drafts)
    stored = await repositories.messages.append([drafts[n] for n in good]) if good else []
    answers = dict(zip(good, stored, strict=True))
    taken = [
        (answer.message_id, attachment_id, position)
        for n, answer in answers.items()
        if answer.verdict == "stored" and answer.message_id is not None
        for position, attachment_id in enumerate(drafts[n].attachment_ids)
    ]
    if taken:
        await repositories.attachments.attach(taken)
    return [answers.get(n, REFUSED) for n in range(len(drafts))]


async def _good(attachments: AttachmentRepository, drafts: Sequence[Draft]) -> list[int]:
    """Places of the drafts that may go on: their files are free, or they are repeats, which come before any refusal."""
    wanted = sorted({attachment_id for draft in drafts for attachment_id in draft.attachment_ids})
    free = await attachments.lock_free(wanted)
    good, doubtful = [], []
    for n, draft in enumerate(drafts):
        files = set(draft.attachment_ids)
        if files <= free:
            good.append(n)
            free -= files  # one file, one message
        else:
            doubtful.append(n)
    if doubtful:
        sends = [
            (draft.conversation_id, draft.sender_id, draft.client_message_id or UUID(bytes=draft.message_key))
            for draft in (drafts[n] for n in doubtful)
        ]
        known = await attachments.known_sends(sends)
        good += [n for place, n in enumerate(doubtful) if place in known]
    return sorted(good)
