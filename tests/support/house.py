"""The services on a real database, with a publisher that remembers: what integration tests of services drive."""

import itertools
from dataclasses import dataclass
from weakref import WeakSet

from repositories.seeding import NewUser
from repositories.send_lane import SendLane
from repositories.sends_with_files import SendsWithFiles
from repositories.unit_of_work import Database
from server.contexts import load_context_types
from server.security.cipher import AesContentCipher
from services.access import Access
from services.attachment_view import AttachmentOpener
from services.attachments_of_sends import AttachmentsOfSends
from services.context_titles import ContextTitles
from services.contexts import Contexts
from services.contextual import Contextual
from services.conversation_view import ConversationViewer
from services.conversations import Conversations
from services.data_keys import DataKeys
from services.epoch import Epoch
from services.errors import RateLimitExceeded
from services.history import History
from services.marks import Marks
from services.message_changes import MessageChanges
from services.message_view import Message, MessageOpener
from services.message_writer import MessageWriter
from services.messages import Messages, NewMessage
from services.notifications import Notifications, Timing, Ways
from services.principal import DOCTOR, MEMBER, MENTOR, PATIENT, Principal
from services.reactions import Reactions
from services.resume import Resume
from services.system_messages import SystemMessages
from services.unreadable import Unreadable
from tests.support.fakes import RecordingNotices, RecordingPublisher, RecordingTrail
from tests.support.postgres import connected

ALL_KINDS = frozenset({"care", "mentoring", "contextual"})
_numbers = itertools.count(1)


class Limits:
    """Open, until told to refuse."""

    def __init__(self) -> None:
        self._refused: set[str] = set()

    def refuse(self, limit: str) -> None:
        self._refused.add(limit)

    def take(self, limit: str, key: str) -> None:
        if limit in self._refused:
            raise RateLimitExceeded(retry_after=1.0)

    def give_back(self, limit: str, key: str) -> None:
        """Nothing was taken."""


class Everybody:
    """All are online."""

    def is_online(self, user_id: int) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people with their conversation."""

    first: Principal
    second: Principal
    conversation_id: int


# A house is let go of, not closed; its connection would stay until the garbage collector comes by.
_LANES: WeakSet[SendLane] = WeakSet()


def close_lanes() -> None:
    """Of all houses."""
    for lane in list(_LANES):
        lane.close()


class House:
    """`kinds` and `max_content_length` as the settings have them."""

    def __init__(
        self,
        database: Database,
        cipher: AesContentCipher,
        owner_url: str,
        *,
        kinds: frozenset[str] = ALL_KINDS,
        max_content_length: int = 5000,
    ) -> None:
        self.database = database
        self.owner_url = owner_url
        self.published = RecordingPublisher()
        self.doubts: list[set[int]] = []
        self.commits: list[int] = []
        self.limiter = Limits()
        access = Access(kinds=kinds)
        self.unreadable = Unreadable()
        self.opener = MessageOpener(cipher=cipher, unreadable=self.unreadable)
        viewer = ConversationViewer(cipher=cipher, online=Everybody(), unreadable=self.unreadable)
        lane = SendLane(url=database.url, patience=2.5, observe=database.observe)
        _LANES.add(lane)
        self.writer = MessageWriter(
            appender=SendsWithFiles(lane=lane, database=database),
            in_doubt=self.doubts.append,
            committed=self.commits.append,
        )
        self.messages = Messages(
            unit_of_work=database,
            publisher=self.published,
            limiter=self.limiter,
            cipher=cipher,
            data_keys=DataKeys(unit_of_work=database, cipher=cipher),
            writer=self.writer,
            opener=self.opener,
            access=access,
            attachments=AttachmentsOfSends(
                unit_of_work=database, access=access, cipher=cipher, opener=AttachmentOpener(cipher=cipher), most=5
            ),
            max_content_length=max_content_length,
        )
        self.changes = MessageChanges(
            unit_of_work=database,
            publisher=self.published,
            cipher=cipher,
            opener=self.opener,
            access=access,
            max_content_length=max_content_length,
            edit_seconds=900,
        )
        self.reactions = Reactions(
            unit_of_work=database,
            publisher=self.published,
            cipher=cipher,
            opener=self.opener,
            access=access,
            most=3,
        )
        self.conversations = Conversations(
            unit_of_work=database, publisher=self.published, cipher=cipher, viewer=viewer, access=access
        )
        self.marks = Marks(unit_of_work=database, publisher=self.published, access=access)
        self.history = History(unit_of_work=database, opener=self.opener, access=access, marks=self.marks)
        self.resume = Resume(
            unit_of_work=database,
            opener=self.opener,
            viewer=viewer,
            access=access,
            online=Everybody(),
            epoch=Epoch(unit_of_work=database),
        )

        self.trail, self.notices = RecordingTrail(), RecordingNotices()
        self.notifications = Notifications(
            unit_of_work=database,
            publisher=self.published,
            kinds=kinds,
            timing=Timing(delay=0.0, idle=300.0, email_delay=0.0),
            ways=Ways(push=False, email=False),
            failed=lambda why, count: None,
        )
        self.contexts = Contexts(
            unit_of_work=database,
            publisher=self.published,
            types=load_context_types(""),
            titles=ContextTitles(cipher=cipher),
            system=SystemMessages(cipher=cipher),
            trail=self.trail,
            notifications=self.notifications,
        )
        self.contextual = Contextual(
            unit_of_work=database,
            publisher=self.published,
            cipher=cipher,
            viewer=viewer,
            access=access,
            conversations=self.conversations,
            messages=self.messages,
            history=self.history,
        )

    async def person(self, role: str) -> Principal:
        name = f"{role}-{next(_numbers)}"
        async with self.database.transaction() as repositories:
            users = await repositories.seeding.users([NewUser(name, name.title(), "Test", role)])
        return Principal(users[name].id, role, None, 2e9)

    async def care_pair(self) -> Pair:
        """A patient and a doctor who care for each other."""
        return await self._caring(await self.person(PATIENT), await self.person(DOCTOR))

    async def patient_of(self, doctor: Principal) -> Pair:
        """One more."""
        return await self._caring(await self.person(PATIENT), doctor)

    async def _caring(self, patient: Principal, doctor: Principal) -> Pair:
        async with self.database.transaction() as repositories:
            await repositories.seeding.links([(patient.user_id, doctor.user_id)])
        return await self._opened(patient, doctor)

    async def mentoring_pair(self) -> Pair:
        return await self._opened(await self.person(MEMBER), await self.person(MENTOR))

    async def _opened(self, first: Principal, second: Principal) -> Pair:
        opened = await self.conversations.open(first, participant_id=second.user_id)
        return Pair(first, second, opened.view.row.id)

    async def say(self, principal: Principal, pair: Pair, *texts: str) -> list[Message]:
        """Sent one after the other."""
        new = [NewMessage(conversation_id=pair.conversation_id, content=text) for text in texts]
        return [(await self.messages.post(principal, message)).message for message in new]

    async def end_link(self, pair: Pair) -> None:
        """As an administrator would, straight in the database."""
        with connected(self.owner_url) as cursor:
            cursor.execute(
                "UPDATE care_links SET until = now() WHERE patient_id = %s AND doctor_id = %s",
                (pair.first.user_id, pair.second.user_id),
            )
