"""Builds the services of one node and gives each what it needs. Nothing runs yet."""

import datetime
import time
from collections.abc import Callable

from repositories.send_lane import SendLane
from repositories.sends_with_files import SendsWithFiles
from repositories.unit_of_work import Database
from server.announcer import Announcer
from server.contexts import load_context_types
from server.exports.build import make_exports
from server.exports.runner import ExportRunner
from server.files.build import make_file_kit
from server.files.sealing import AesFileCipher
from server.forum.build import make_forum
from server.indexing import Pace
from server.mentoring import make_mentoring
from server.notify.build import make_notifying
from server.person_data.build import forgetting, make_person_data
from server.retention import make_outlook, policy_of
from server.security.blind_index import HmacBlindIndexKeys
from server.security.browser_seal import BrowserSeal
from server.security.cipher import AesContentCipher
from server.security.passwords import COSTS, Argon2PasswordHasher
from server.security.refresh_tokens import MacRefreshTokens
from server.security.secrets_store import Secrets
from server.security.tickets import MacTickets
from server.settings import Settings
from server.trail.anchor import FileAnchor, anchor_path
from server.workforce import Workforce
from services.access import Access
from services.access_log import AccessLog
from services.activity import Activity
from services.attachment_view import AttachmentOpener
from services.attachments import Attachments
from services.attachments_of_sends import AttachmentsOfSends
from services.auth import Auth
from services.authentication import Authentication
from services.break_glass import BreakGlass
from services.care_links import CareLinks
from services.cluster import Cluster
from services.context_titles import ContextTitles
from services.contexts import Contexts
from services.contextual import Contextual
from services.conversation_view import ConversationViewer
from services.conversations import Conversations
from services.data_keys import DataKeys
from services.epoch import Epoch
from services.history import History
from services.legal_holds import LegalHolds
from services.marks import Marks
from services.message_changes import MessageChanges
from services.message_view import MessageOpener
from services.message_writer import InDoubt, MessageWriter
from services.messages import Messages
from services.notification_preferences import NotificationPreferences
from services.openings import Openings
from services.orphans import Orphans
from services.people import People
from services.ports import Limiter
from services.presence import Presence
from services.push_subscriptions import PushSubscriptions
from services.reactions import Reactions
from services.rechecks import Rechecks
from services.resume import Resume
from services.retention import Retention
from services.sealer import Sealer
from services.search import Search
from services.search_indexer import SearchIndexer
from services.search_secret import SearchSecret
from services.security_ports import AccessTokens
from services.sessions import Sessions
from services.stats import ConnectionStats
from services.system_messages import SystemMessages
from services.trail import BufferedTrail
from services.typing import Typing
from services.unreadable import Unreadable
from services.user_admin import UserAdmin


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
    notified: Callable[[str, str], None],
    pace: Pace,
) -> Workforce:
    access = Access(kinds=settings.conversation_kinds)
    authentication = Authentication(unit_of_work=database, tokens=tokens, kinds=settings.conversation_kinds)
    rechecks = Rechecks(authentication.recall)
    cipher = AesContentCipher(secrets.master_keys)
    hasher = Argon2PasswordHasher(COSTS[settings.password_cost])
    presence = Presence(
        unit_of_work=database,
        publisher=announcer,
        cluster=cluster,
        kinds=settings.conversation_kinds,
        clock=time.monotonic,
        now=lambda: datetime.datetime.now(datetime.UTC),
        grace_seconds=settings.presence_grace_seconds,
    )
    unreadable = Unreadable()
    opener = MessageOpener(cipher=cipher, unreadable=unreadable)
    viewer = ConversationViewer(cipher=cipher, online=presence, unreadable=unreadable)
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
    history = History(unit_of_work=database, opener=opener, access=access, marks=marks)
    context_types = load_context_types(settings.context_types)
    epoch = Epoch(unit_of_work=database)
    runner = ExportRunner()
    notifying = make_notifying(
        settings,
        secrets,
        database=database,
        publisher=announcer,
        online=presence,
        now=lambda: datetime.datetime.now(datetime.UTC),
        sent=notified,
    )
    exporting = make_exports(
        unit_of_work=database,
        publisher=announcer,
        access=access,
        cipher=cipher,
        opener=opener,
        store=kit.store,
        signing_seed=secrets.signing_seed,
        trail=trail,
        rechecks=rechecks,
        notices=notifying.notifications,
        wake=runner.wake,
        life_seconds=settings.export_hours * 3600,
    )
    person_data = make_person_data(
        unit_of_work=database,
        publisher=announcer,
        cipher=cipher,
        opener=opener,
        store=kit.store,
        signing_seed=secrets.signing_seed,
        rechecks=rechecks,
        wake=runner.wake,
        life_seconds=settings.export_hours * 3600,
        days=settings.retention_days,
    )
    return Workforce(
        hasher=hasher,
        authentication=authentication,
        browser_seal=BrowserSeal(secrets.jwt_secret),
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
        mentoring=make_mentoring(database=database, online=presence, access=access, intake=kit.intake),
        user_admin=UserAdmin(unit_of_work=database, publisher=announcer, hasher=hasher),
        care_links=CareLinks(unit_of_work=database, publisher=announcer),
        context_types=context_types,
        contexts=Contexts(
            unit_of_work=database,
            publisher=announcer,
            types=context_types,
            titles=ContextTitles(cipher=cipher),
            system=SystemMessages(cipher=cipher),
            notifications=notifying.notifications,
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
            rechecks=rechecks,
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
        exports=exporting.exports,
        export_maker=exporting.maker,
        export_runner=runner,
        person_data=person_data,
        resume=Resume(unit_of_work=database, opener=opener, viewer=viewer, access=access, online=presence, epoch=epoch),
        epoch=epoch,
        retention=Retention(
            unit_of_work=database,
            publisher=announcer,
            trail=trail,
            policy=policy_of(settings),
            forget=forgetting(database, announcer, kit.store, person_data.maker),
        ),
        retention_outlook=make_outlook(settings, database=database),
        # What administrators do over REST the boundary notes, before they have their answer.
        legal_holds=LegalHolds(unit_of_work=database),
        presence=presence,
        typing=Typing(
            unit_of_work=database,
            publisher=announcer,
            tell_here=announcer.tell_here,
            access=access,
            clock=time.monotonic,
            seconds=settings.typing_seconds,
        ),
        forum=make_forum(settings, database=database, announcer=announcer),
        stats=ConnectionStats(cluster=cluster, publisher=announcer, clock=time.monotonic),
        activity=Activity(unit_of_work=database, kinds=settings.conversation_kinds),
        notifications=notifying.notifications,
        notification_preferences=NotificationPreferences(unit_of_work=database),
        push_subscriptions=PushSubscriptions(unit_of_work=database, pusher=notifying.pusher),
        notifier=notifying.worker,
        pusher=notifying.pusher,
        trail=trail,
        sealer=Sealer(
            unit_of_work=database,
            anchor=FileAnchor(anchor_path(settings.audit_anchor_file, settings.data_dir)),
            now=lambda: datetime.datetime.now(datetime.UTC),
        ),
        access_log=AccessLog(unit_of_work=database, access=access),
        break_glass=BreakGlass(unit_of_work=database, opener=opener, notifications=notifying.notifications),
        opener=opener,
        viewer=viewer,
    )
