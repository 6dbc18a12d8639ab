"""The two tables of what clients can call: REST endpoints and socket events. A new noun adds a line here."""

from collections.abc import Sequence
from typing import Protocol

from controllers.rest.admin_care_links import AdminCareLinkEndpoints
from controllers.rest.admin_contexts import AdminContextEndpoints
from controllers.rest.admin_legal_holds import AdminLegalHoldEndpoints
from controllers.rest.admin_participants import AdminParticipantEndpoints
from controllers.rest.admin_retention import AdminRetentionEndpoints
from controllers.rest.admin_sessions import AdminSessionEndpoints
from controllers.rest.admin_users import AdminUserEndpoints
from controllers.rest.answers import AnswerEndpoints
from controllers.rest.attachments import AttachmentEndpoints
from controllers.rest.auth import AuthEndpoints
from controllers.rest.contextual import ContextualEndpoints
from controllers.rest.contract import Endpoint
from controllers.rest.conversations import ConversationEndpoints
from controllers.rest.demo import DemoEndpoints, DemoUser
from controllers.rest.exports import ExportEndpoints
from controllers.rest.forum_search import ForumSearchEndpoints
from controllers.rest.marks import MarkEndpoints
from controllers.rest.mentors import MentorEndpoints
from controllers.rest.messages import MessageEndpoints
from controllers.rest.moderation import ModerationEndpoints
from controllers.rest.notifications import NotificationEndpoints
from controllers.rest.person_data import PersonDataEndpoints
from controllers.rest.push_subscriptions import PushSubscriptionEndpoints
from controllers.rest.questions import QuestionEndpoints
from controllers.rest.reactions import ReactionEndpoints
from controllers.rest.search import SearchEndpoints
from controllers.rest.sessions import SessionEndpoints
from controllers.rest.stats import StatsEndpoints
from controllers.rest.trail import TrailEndpoints
from controllers.rest.user_stats import UserStatsEndpoints
from controllers.rest.users import UserEndpoints
from controllers.rest.votes import VoteEndpoints
from controllers.socket.contract import SocketEvent
from controllers.socket.forum import ForumEvents
from controllers.socket.marks import MarkEvents
from controllers.socket.messages import MessageEvents
from controllers.socket.presence import PresenceEvents
from controllers.socket.reactions import ReactionEvents
from controllers.socket.rooms import RoomEvents
from controllers.socket.stats import StatsEvents
from controllers.socket.tokens import TokenEvents
from controllers.socket.typing import TypingEvents
from server.node_view import NodeView
from server.realtime import Realtime
from server.workforce import Workforce


class _HasEndpoints(Protocol):
    def endpoints(self) -> list[Endpoint]: ...


class _HasEvents(Protocol):
    def events(self) -> list[SocketEvent]: ...


def rest_endpoints(work: Workforce, demo_users: Sequence[DemoUser]) -> list[Endpoint]:
    """`GET /api/demo` is only there when there is somebody to show."""
    controllers: tuple[_HasEndpoints, ...] = (
        AuthEndpoints(auth=work.auth, seal_key_of=work.browser_seal.key_of),
        SessionEndpoints(sessions=work.sessions),
        ConversationEndpoints(conversations=work.conversations, contextual=work.contextual),
        ContextualEndpoints(contextual=work.contextual, types=work.context_types),
        MessageEndpoints(messages=work.messages, changes=work.changes, history=work.history),
        ReactionEndpoints(reactions=work.reactions),
        AttachmentEndpoints(attachments=work.attachments, recall=work.authentication.recall),
        SearchEndpoints(search=work.search),
        MarkEndpoints(marks=work.marks),
        ExportEndpoints(exports=work.exports),
        PersonDataEndpoints(
            archives=work.person_data.archives, erasure=work.person_data.erasure, holds=work.legal_holds
        ),
        NotificationEndpoints(notifications=work.notifications, preferences=work.notification_preferences),
        PushSubscriptionEndpoints(subscriptions=work.push_subscriptions),
        UserEndpoints(people=work.people),
        MentorEndpoints(mentors=work.mentoring.mentors, profiles=work.mentoring.profiles),
        ForumSearchEndpoints(search=work.forum.search),
        QuestionEndpoints(questions=work.forum.questions),
        AnswerEndpoints(answers=work.forum.answers),
        VoteEndpoints(votes=work.forum.votes, points=work.forum.points),
        ModerationEndpoints(moderation=work.forum.moderation),
        StatsEndpoints(stats=work.stats),
        UserStatsEndpoints(activity=work.activity),
        TrailEndpoints(access_log=work.access_log, break_glass=work.break_glass),
        AdminUserEndpoints(users=work.user_admin),
        AdminSessionEndpoints(sessions=work.sessions),
        AdminCareLinkEndpoints(care_links=work.care_links),
        AdminContextEndpoints(contexts=work.contexts),
        AdminParticipantEndpoints(conversations=work.conversations),
        AdminLegalHoldEndpoints(holds=work.legal_holds),
        AdminRetentionEndpoints(outlook=work.retention_outlook),
        *([DemoEndpoints(users=demo_users)] if demo_users else []),
    )
    return [endpoint for controller in controllers for endpoint in controller.endpoints()]


def socket_events(work: Workforce, realtime: Realtime, view: NodeView) -> list[SocketEvent]:
    controllers: tuple[_HasEvents, ...] = (
        RoomEvents(resume=work.resume, rooms=realtime, joined=view.joined),
        MessageEvents(messages=work.messages),
        ReactionEvents(reactions=work.reactions),
        MarkEvents(marks=work.marks),
        TypingEvents(typing=work.typing),
        PresenceEvents(presence=work.presence, rooms=realtime),
        ForumEvents(questions=work.forum.questions, typing=work.forum.typing, rooms=realtime),
        StatsEvents(stats=work.stats, rooms=realtime),
        TokenEvents(authentication=work.authentication, renewal=realtime),
    )
    return [event for controller in controllers for event in controller.events()]
