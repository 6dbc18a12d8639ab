"""The repositories, all bound to one connection."""

from functools import cached_property

from repositories.activity import ActivityRepository
from repositories.archive_tries import ArchiveTryRepository
from repositories.attachments import AttachmentRepository
from repositories.backup import BackupRepository
from repositories.care_links import CareLinkRepository
from repositories.contexts import ContextRepository
from repositories.conversations import ConversationRepository
from repositories.erasures import ErasureRepository
from repositories.exports import ExportRepository
from repositories.forum import ForumRepositories
from repositories.instance import InstanceRepository
from repositories.jobs import JobRepository
from repositories.keys import KeyRepository
from repositories.legal_holds import LegalHoldRepository
from repositories.marks import MarkRepository
from repositories.mentors import MentorRepository
from repositories.messages import MessageRepository
from repositories.notification_queue import NotificationQueueRepository
from repositories.notifications import NotificationRepository
from repositories.person_archives import PersonArchiveRepository
from repositories.person_data import PersonDataRepository
from repositories.presence import PresenceRepository
from repositories.push_subscriptions import PushSubscriptionRepository
from repositories.reactions import ReactionRepository
from repositories.retention import RetentionRepository
from repositories.rights import RightsRepository
from repositories.search import SearchRepository
from repositories.seeding import SeedingRepository
from repositories.sessions import SessionRepository
from repositories.statements import Statements
from repositories.trail import TrailRepository
from repositories.users import UserRepository


class Repositories(ForumRepositories):
    """The repositories of one unit of work, made when first asked for."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    @cached_property
    def conversations(self) -> ConversationRepository:
        return ConversationRepository(self._statements)

    @cached_property
    def messages(self) -> MessageRepository:
        return MessageRepository(self._statements)

    @cached_property
    def attachments(self) -> AttachmentRepository:
        return AttachmentRepository(self._statements)

    @cached_property
    def reactions(self) -> ReactionRepository:
        return ReactionRepository(self._statements)

    @cached_property
    def marks(self) -> MarkRepository:
        return MarkRepository(self._statements)

    @cached_property
    def users(self) -> UserRepository:
        return UserRepository(self._statements)

    @cached_property
    def sessions(self) -> SessionRepository:
        return SessionRepository(self._statements)

    @cached_property
    def care_links(self) -> CareLinkRepository:
        return CareLinkRepository(self._statements)

    @cached_property
    def contexts(self) -> ContextRepository:
        return ContextRepository(self._statements)

    @cached_property
    def exports(self) -> ExportRepository:
        return ExportRepository(self._statements)

    @cached_property
    def instance(self) -> InstanceRepository:
        return InstanceRepository(self._statements)

    @cached_property
    def backup(self) -> BackupRepository:
        return BackupRepository(self._statements)

    @cached_property
    def person_data(self) -> PersonDataRepository:
        return PersonDataRepository(self._statements)

    @cached_property
    def archive_tries(self) -> ArchiveTryRepository:
        return ArchiveTryRepository(self._statements)

    @cached_property
    def person_archives(self) -> PersonArchiveRepository:
        return PersonArchiveRepository(self._statements)

    @cached_property
    def erasures(self) -> ErasureRepository:
        return ErasureRepository(self._statements)

    @cached_property
    def presence(self) -> PresenceRepository:
        return PresenceRepository(self._statements)

    @cached_property
    def notifications(self) -> NotificationRepository:
        return NotificationRepository(self._statements)

    @cached_property
    def notification_queue(self) -> NotificationQueueRepository:
        return NotificationQueueRepository(self._statements)

    @cached_property
    def push_subscriptions(self) -> PushSubscriptionRepository:
        return PushSubscriptionRepository(self._statements)

    @cached_property
    def rights(self) -> RightsRepository:
        return RightsRepository(self._statements)

    @cached_property
    def activity(self) -> ActivityRepository:
        return ActivityRepository(self._statements)

    @cached_property
    def keys(self) -> KeyRepository:
        return KeyRepository(self._statements)

    @cached_property
    def mentors(self) -> MentorRepository:
        return MentorRepository(self._statements)

    @cached_property
    def jobs(self) -> JobRepository:
        return JobRepository(self._statements)

    @cached_property
    def retention(self) -> RetentionRepository:
        return RetentionRepository(self._statements)

    @cached_property
    def legal_holds(self) -> LegalHoldRepository:
        return LegalHoldRepository(self._statements)

    @cached_property
    def search(self) -> SearchRepository:
        return SearchRepository(self._statements)

    @cached_property
    def trail(self) -> TrailRepository:
        return TrailRepository(self._statements)

    @cached_property
    def seeding(self) -> SeedingRepository:
        return SeedingRepository(self._statements)
