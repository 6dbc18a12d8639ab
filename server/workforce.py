"""The services of one node, each given what it needs. Built once; nothing runs yet."""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass

from repositories.send_lane import SendLane
from repositories.unit_of_work import Database
from server.announcer import Announcer
from server.security.cipher import AesContentCipher
from server.security.passwords import Argon2PasswordHasher
from server.security.refresh_tokens import MacRefreshTokens
from server.security.secrets_store import Secrets
from server.settings import Settings
from services.access import Access
from services.activity import Activity
from services.auth import Auth
from services.authentication import Authentication
from services.care_links import CareLinks
from services.cluster import Cluster
from services.conversation_view import ConversationViewer
from services.conversations import Conversations
from services.data_keys import DataKeys
from services.history import History
from services.marks import Marks
from services.message_changes import MessageChanges
from services.message_view import MessageOpener
from services.message_writer import InDoubt, MessageWriter
from services.messages import Messages
from services.people import People
from services.ports import Limiter
from services.presence import Presence
from services.resume import Resume
from services.security_ports import AccessTokens
from services.sessions import Sessions
from services.stats import ConnectionStats
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
    user_admin: UserAdmin
    care_links: CareLinks
    conversations: Conversations
    writer: MessageWriter
    messages: Messages
    changes: MessageChanges
    history: History
    marks: Marks
    resume: Resume
    presence: Presence
    typing: Typing
    stats: ConnectionStats
    activity: Activity
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
    writer = MessageWriter(appender=sends, in_doubt=in_doubt, committed=committed)
    marks = Marks(unit_of_work=database, publisher=announcer, access=access)
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
        user_admin=UserAdmin(unit_of_work=database, publisher=announcer, hasher=hasher),
        care_links=CareLinks(unit_of_work=database, publisher=announcer),
        conversations=Conversations(
            unit_of_work=database, publisher=announcer, cipher=cipher, viewer=viewer, access=access
        ),
        writer=writer,
        messages=Messages(
            unit_of_work=database,
            publisher=announcer,
            limiter=limiter,
            cipher=cipher,
            data_keys=DataKeys(unit_of_work=database, cipher=cipher),
            writer=writer,
            opener=opener,
            access=access,
            max_content_length=settings.max_content_length,
        ),
        changes=MessageChanges(
            unit_of_work=database,
            publisher=announcer,
            cipher=cipher,
            opener=opener,
            access=access,
            max_content_length=settings.max_content_length,
            edit_seconds=settings.edit_minutes * 60,
        ),
        history=History(unit_of_work=database, opener=opener, access=access, marks=marks),
        marks=marks,
        resume=Resume(unit_of_work=database, opener=opener, viewer=viewer, access=access, online=presence),
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
        activity=Activity(unit_of_work=database, kinds=settings.conversation_kinds),
        opener=opener,
        viewer=viewer,
    )
