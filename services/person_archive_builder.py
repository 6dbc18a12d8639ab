"""The bytes of an archive of everything about a person, and its proof once they have all gone by."""

import json
from collections.abc import AsyncIterator

from repositories.person_data import PersonConversation
from repositories.users import UserRow
from services.export_builder import Now
from services.export_documents import html_document, json_document
from services.export_files import ExportFiles
from services.export_ports import Plain, Signer
from services.export_proof import Proof
from services.export_source import ExportSource, moment
from services.message_view import MessageOpener
from services.person_records import PersonRecords
from services.person_versions import PersonVersions
from services.plain_rows import json_list, plain
from services.ports import UnitOfWork
from services.principal import DOCTOR
from services.proved_archive import ProvedArchive
from services.zip_stream import whole

README = """\
Vos données / Your data

person.json : votre compte / your account
sessions.json, browsers.json : d'où vous vous êtes connecté / where you signed in from
care-links.json, contexts.json : vos liens de soin, ordonnances et examens / your care links, prescriptions and exams
notifications.json, notification-preferences.json, mentor-profile.json, activity.json, exports.json
mentor-picture.jpg : votre photo de mentor / your picture as a mentor
forum-*.json : vos questions, réponses, votes / your questions, answers, votes
forum-*-versions.json : ce que vous aviez écrit avant / what you had written before
trail.json : ce que vous avez fait ici / what you did here
conversations.json : toutes vos conversations / all your conversations
conversations/<n>/ : le texte (JSON, HTML), les fichiers, et qui l'a ouverte / the text, the files, and who opened it
conversations/<n>/earlier-versions.json : vos messages modifiés ou supprimés / your messages that you edited or deleted

Une conversation que vous avez quittée, et pour un médecin celle d'un patient, ne contient que vos propres messages.
A conversation that you left, and for a doctor one of a patient, holds your own messages only.

`colloque export verify` dit si rien n'a été changé / says whether anything was changed.
"""


class PersonArchiveBuilder:
    """`percent` says how far it is, `proof` is there when `chunks` came to its end."""

    def __init__(
        self,
        *,
        unit_of_work: UnitOfWork,
        opener: MessageOpener,
        records: PersonRecords,
        versions: PersonVersions,
        files: ExportFiles,
        signer: Signer,
        now: Now,
        user_id: int,
        asked_by: int,
    ) -> None:
        self._unit_of_work = unit_of_work
        self._opener = opener
        self._records = records
        self._versions = versions
        self._files = files
        self._signer = signer
        self._now = now
        self._user_id = user_id
        self._asked_by = asked_by
        self._lost: list[str] = []
        self.percent = 0
        self.proof: Proof | None = None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Raises NotFound, Unavailable, ContentDamaged."""
        user = await self._records.user(self._user_id)
        archive = ProvedArchive(self._signer)
        conversations = [row async for row in self._records.conversations(self._user_id)]
        async for chunk in self._lists(archive, user, conversations):
            yield chunk
        for place, row in enumerate(conversations):
            self.percent = min(99, 100 * place // len(conversations))
            if not row.shredded:
                async for chunk in self._conversation(archive, row, own_only=row.has_left or user.role == DOCTOR):
                    yield chunk
        lost = {"lost": self._lost} if self._lost else {}
        async for chunk in archive.close({"exportedAt": moment(self._now()), "userId": self._user_id, **lost}):
            yield chunk
        self.proof = archive.proof

    async def _lists(
        self, archive: ProvedArchive, user: UserRow, conversations: list[PersonConversation]
    ) -> AsyncIterator[bytes]:
        """What is known besides what was written."""
        profile = json.dumps(plain(user), ensure_ascii=False, indent=1).encode()
        files = [
            ("LISEZMOI-README.txt", whole(README.encode())),
            ("person.json", whole(profile)),
            *((name, json_list(rows)) for name, rows in self._records.lists(self._user_id)),
            ("conversations.json", json_list(_each(conversations))),
        ]
        for name, data in files:
            async for chunk in archive.add(name, data):
                yield chunk
        picture = await self._records.mentor_picture(self._user_id)
        if picture is not None:
            async for chunk in archive.add("mentor-picture.jpg", whole(picture), compressed=False):
                yield chunk

    async def _conversation(
        self, archive: ProvedArchive, row: PersonConversation, *, own_only: bool
    ) -> AsyncIterator[bytes]:
        folder, only_of = f"conversations/{row.id}", self._user_id if own_only else None
        source = ExportSource(
            unit_of_work=self._unit_of_work,
            opener=self._opener,
            conversation_id=row.id,
            up_to_seq=row.last_seq,
            asked_by=self._asked_by,
            with_files=True,
            only_of=only_of,
        )
        head = await source.head(now=self._now())
        documents = [
            (f"{folder}/conversation.json", json_document(head, source.messages())),
            (f"{folder}/conversation.html", html_document(head, source.messages())),
        ]
        if not own_only:
            documents.append((f"{folder}/accesses.json", json_list(self._records.accesses(row.id))))
        versions = self._versions.of(self._user_id, conversation_id=row.id)
        documents.append((f"{folder}/earlier-versions.json", json_list(versions)))
        for name, document in documents:
            async for chunk in archive.add(name, document):
                yield chunk
        async for file in self._files.all(conversation_id=row.id, up_to_seq=row.last_seq, only_of=only_of):
            path = f"{folder}/{file.path}"
            if file.chunks is None:
                self._lost.append(path)
                continue
            async for chunk in archive.add(path, file.chunks, compressed=False):
                yield chunk


async def _each(conversations: list[PersonConversation]) -> AsyncIterator[Plain]:
    """Whether something is held is nobody's business but the installation's."""
    for row in conversations:
        yield plain(row, without=frozenset({"held", "own_messages"}))
