"""The services of one node, each given what it needs. Built once; nothing runs yet."""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass

from repositories.send_lane import SendLane
from repositories.sends_with_files import SendsWithFiles
from repositories.unit_of_work import Database
from server.announcer import Announcer
from server.contexts import load_context_types
from server.files.build import FileKit, make_file_kit
from server.files.sealing import AesFileCipher
from server.indexing import Pace
from server.security.blind_index import HmacBlindIndexKeys
from server.security.cipher import AesContentCipher
from server.security.passwords import Argon2PasswordHasher
from server.security.refresh_tokens import MacRefreshTokens
from server.security.secrets_store import Secrets
from server.security.tickets import MacTickets
from server.settings import Settings
from server.trail.anchor import FileAnchor, anchor_path
from services.access import Access
from services.access_log import AccessLog
from services.attachment_view import AttachmentOpener
from services.attachments import Attachments
from services.attachments_of_sends import AttachmentsOfSends
from services.auth import Auth
from services.authentication import Authentication
from services.break_glass import BreakGlass
from services.care_links import CareLinks
from services.cluster import Cluster
from services.context_titles import ContextTitles
from services.context_types import ContextTypes
from services.contexts import Contexts
from services.contextual import Contextual
from services.conversation_view import ConversationViewer
from services.conversations import Conversations
from services.data_keys import DataKeys
from services.history import History
from services.marks import Marks
from services.mentor_profiles import MentorProfiles
from services.mentor_responses import MentorResponses
from services.mentors import Mentors
from services.message_changes import MessageChanges
from services.message_view import MessageOpener
from services.message_writer import InDoubt, MessageWriter
from services.messages import Messages
from services.openings import Openings
from services.orphans import Orphans
from services.people import People
from services.ports import Limiter
from services.presence import Presence
from services.reactions import Reactions
from services.resume import Resume
from services.retention import Retention, RetentionPolicy
from services.sealer import Sealer
from services.search import Search, forget_in_index
from services.search_indexer import SearchIndexer
from services.search_secret import SearchSecret
from services.security_ports import AccessTokens
from services.sessions import Sessions
from services.stats import ConnectionStats
from services.system_messages import SystemMessages
from services.trail import BufferedTrail
from services.typing import Typing
from services.user_admin import UserAdmin


@dataclass(frozen=True, slots=True, kw_only=True)
class Workforce:
    """Named as the services are."""

    hasher: Argon2PasswordHasher
    authentication: Authentication
    auth: Auth
    sessions: Sessions
    people: People
    mentors: Mentors
    mentor_profiles: MentorProfiles
    mentor_responses: MentorResponses
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
    resume: Resume
    retention: Retention
    presence: Presence
    typing: Typing
    stats: ConnectionStats
    trail: BufferedTrail
    sealer: Sealer
    access_log: AccessLog
    break_glass: BreakGlass
    opener: MessageOpener
    viewer: ConversationViewer


def hire(
    settings: Settings,
    secrets: Secrets,
    *,
    database: Database,
    sends: SendLane,
    announcer: Announcer,
    cluster: Cluster,
    limiter: Limiter,
    tokens: AccessTokens,
    in_doubt: InDoubt,
    committed: Callable[[int], None],
    pace: Pace,
) -> Workforce:
    access = Access(kinds=settings.conversation_kinds)
    cipher = AesContentCipher(secrets.master_keys)
    hasher = Argon2PasswordHasher()
    presence = Presence(
        unit_of_work=database,
        publisher=announcer,
        cluster=cluster,
        kinds=settings.conversation_kinds,
        clock=time.monotonic,
        now=lambda: datetime.datetime.now(datetime.UTC),
        grace_seconds=settings.presence_grace_seconds,
    )
    opener = MessageOpener(cipher=cipher)
    viewer = ConversationViewer(cipher=cipher, online=presence)
    kit = make_file_kit(settings)
    files = AttachmentOpener(cipher=cipher)
    sending = SendsWithFiles(lane=sends, database=database)
    writer = MessageWriter(appender=sending, in_doubt=in_doubt, committed=committed)
    search_secret = SearchSecret(unit_of_work=database, keys=HmacBlindIndexKeys(secrets.master_keys))
    trail = BufferedTrail(unit_of_work=database, openings=Openings(publisher=announcer), now=time.time)
    marks = Marks(unit_of_work=database, publisher=announcer, access=access)
    conversations = Conversations(
        unit_of_work=database, publisher=announcer, cipher=cipher, viewer=viewer, access=access
    )
    messages = Messages(
        unit_of_work=database,
        publisher=announcer,
        limiter=limiter,
        cipher=cipher,
        data_keys=DataKeys(unit_of_work=database, cipher=cipher),
        writer=writer,
        opener=opener,
        access=access,
        attachments=AttachmentsOfSends(
            unit_of_work=database, access=access, cipher=cipher, opener=files, most=settings.max_attachments
        ),
        max_content_length=settings.max_content_length,
    )
    mentors = Mentors(unit_of_work=database, online=presence, access=access, clock=time.monotonic)
    history = History(unit_of_work=database, opener=opener, access=access, marks=marks)
    context_types = load_context_types(settings.context_types)
    return Workforce(
        hasher=hasher,
        authentication=Authentication(unit_of_work=database, tokens=tokens, kinds=settings.conversation_kinds),
        auth=Auth(
            unit_of_work=database,
            publisher=announcer,
            limiter=limiter,
            hasher=hasher,
            tokens=tokens,
            refresh_tokens=MacRefreshTokens(secrets.jwt_secret),
            session_seconds=settings.session_days * 86400,
        ),
        sessions=Sessions(unit_of_work=database, publisher=announcer),
        people=People(unit_of_work=database, online=presence, kinds=settings.conversation_kinds),
        mentors=mentors,
        mentor_profiles=MentorProfiles(
            unit_of_work=database, access=access, mentors=mentors, intake=kit.intake, file_cipher=AesFileCipher()
        ),
        mentor_responses=MentorResponses(unit_of_work=database),
        user_admin=UserAdmin(unit_of_work=database, publisher=announcer, hasher=hasher),
        care_links=CareLinks(unit_of_work=database, publisher=announcer),
        context_types=context_types,
        contexts=Contexts(
            unit_of_work=database,
            publisher=announcer,
            types=context_types,
            titles=ContextTitles(cipher=cipher),
            system=SystemMessages(cipher=cipher),
            trail=trail,
        ),
        contextual=Contextual(
            unit_of_work=database,
            publisher=announcer,
            cipher=cipher,
            viewer=viewer,
            access=access,
            conversations=conversations,
            messages=messages,
            history=history,
        ),
        conversations=conversations,
        writer=writer,
        messages=messages,
        attachments=Attachments(
            unit_of_work=database,
            access=access,
            intake=kit.intake,
            store=kit.store,
            content_cipher=cipher,
            file_cipher=AesFileCipher(),
            opener=files,
            tickets=MacTickets(secrets.jwt_secret),
            trail=trail,
        ),
        orphans=Orphans(unit_of_work=database, store=kit.store),
        file_kit=kit,
        changes=MessageChanges(
            unit_of_work=database,
            publisher=announcer,
            cipher=cipher,
            opener=opener,
            access=access,
            max_content_length=settings.max_content_length,
            edit_seconds=settings.edit_minutes * 60,
        ),
        reactions=Reactions(
            unit_of_work=database,
            publisher=announcer,
            cipher=cipher,
            opener=opener,
            access=access,
            most=settings.max_reactions,
        ),
        history=history,
        search=Search(unit_of_work=database, secret=search_secret, opener=opener, access=access, trail=trail),
        indexer=SearchIndexer(unit_of_work=database, cipher=cipher, secret=search_secret, rest=pace.rest),
        marks=marks,
        resume=Resume(unit_of_work=database, opener=opener, viewer=viewer, access=access, online=presence),
        retention=Retention(
            unit_of_work=database,
            publisher=announcer,
            trail=trail,
            policy=RetentionPolicy(archive_days=settings.archive_days, days=settings.retention_days),
            forget=[forget_in_index(database)],
        ),
        presence=presence,
        typing=Typing(
            unit_of_work=database,
            publisher=announcer,
            tell_here=announcer.tell_here,
            access=access,
            clock=time.monotonic,
            seconds=settings.typing_seconds,
        ),
        stats=ConnectionStats(cluster=cluster, publisher=announcer, clock=time.monotonic),
        trail=trail,
        sealer=Sealer(
            unit_of_work=database,
            anchor=FileAnchor(anchor_path(settings.audit_anchor_file, settings.data_dir)),
            now=lambda: datetime.datetime.now(datetime.UTC),
        ),
        access_log=AccessLog(unit_of_work=database, access=access),
        break_glass=BreakGlass(unit_of_work=database, opener=opener),
        opener=opener,
        viewer=viewer,
    )
