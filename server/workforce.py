"""What one node has to work with: its services, named as they are."""

from dataclasses import dataclass

from server.exports.runner import ExportRunner
from server.files.build import FileKit
from server.forum.build import ForumWork
from server.mentoring import MentoringWork
from server.notify.push import WebPush
from server.notify.worker import NotificationWorker
from server.person_data.build import PersonData
from server.security.browser_seal import BrowserSeal
from server.security.passwords import Argon2PasswordHasher
from services.access_log import AccessLog
from services.activity import Activity
from services.attachments import Attachments
from services.auth import Auth
from services.authentication import Authentication
from services.break_glass import BreakGlass
from services.care_links import CareLinks
from services.context_types import ContextTypes
from services.contexts import Contexts
from services.contextual import Contextual
from services.conversation_view import ConversationViewer
from services.conversations import Conversations
from services.epoch import Epoch
from services.export_maker import ExportMaker
from services.exports import Exports
from services.history import History
from services.legal_holds import LegalHolds
from services.marks import Marks
from services.message_changes import MessageChanges
from services.message_view import MessageOpener
from services.message_writer import MessageWriter
from services.messages import Messages
from services.notification_preferences import NotificationPreferences
from services.notifications import Notifications
from services.orphans import Orphans
from services.people import People
from services.presence import Presence
from services.push_subscriptions import PushSubscriptions
from services.reactions import Reactions
from services.resume import Resume
from services.retention import Retention
from services.retention_outlook import RetentionOutlook
from services.sealer import Sealer
from services.search import Search
from services.search_indexer import SearchIndexer
from services.sessions import Sessions
from services.stats import ConnectionStats
from services.trail import BufferedTrail
from services.typing import Typing
from services.user_admin import UserAdmin


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce:
    """Named as the services are."""

    hasher: Argon2PasswordHasher
    authentication: Authentication
    auth: Auth
    browser_seal: BrowserSeal
    sessions: Sessions
    people: People
    mentoring: MentoringWork
    user_admin: UserAdmin
    care_links: CareLinks
    context_types: ContextTypes
    contexts: Contexts
    contextual: Contextual
    conversations: Conversations
    writer: MessageWriter
    messages: Messages
    attachments: Attachments
    orphans: Orphans
    file_kit: FileKit
    changes: MessageChanges
    reactions: Reactions
    history: History
    search: Search
    indexer: SearchIndexer
    marks: Marks
    exports: Exports
    export_maker: ExportMaker
    export_runner: ExportRunner
    person_data: PersonData
    epoch: Epoch
    resume: Resume
    retention: Retention
    retention_outlook: RetentionOutlook
    legal_holds: LegalHolds
    presence: Presence
    typing: Typing
    stats: ConnectionStats
    activity: Activity
    forum: ForumWork
    notifications: Notifications
    notification_preferences: NotificationPreferences
    push_subscriptions: PushSubscriptions
    notifier: NotificationWorker
    pusher: WebPush | None
    trail: BufferedTrail
    sealer: Sealer
    access_log: AccessLog
    break_glass: BreakGlass
    opener: MessageOpener
    viewer: ConversationViewer
