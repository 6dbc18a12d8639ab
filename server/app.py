"""Composition root: `create_app(settings)` builds everything, starts nothing. Reading it is reading how Colloque hangs together."""

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from aiohttp import web

from controllers.asyncapi import asyncapi_document
from controllers.errors import error_reply
from controllers.rest.admin_care_links import AdminCareLinkEndpoints
from controllers.rest.admin_participants import AdminParticipantEndpoints
from controllers.rest.admin_users import AdminUserEndpoints
from controllers.rest.auth import AuthEndpoints
from controllers.rest.boundary import RestBoundary
from controllers.rest.client_address import Proxies
from controllers.rest.contract import Endpoint
from controllers.rest.conversations import ConversationEndpoints
from controllers.rest.demo import DemoEndpoints, DemoUser
from controllers.rest.docs import Docs
from controllers.rest.health import Health
from controllers.rest.marks import MarkEndpoints
from controllers.rest.messages import MessageEndpoints
from controllers.rest.middleware import Surroundings
from controllers.rest.openapi import openapi_document
from controllers.rest.pages import page_routes
from controllers.rest.sessions import SessionEndpoints
from controllers.rest.stats import StatsEndpoints
from controllers.rest.users import UserEndpoints
from controllers.schemas.events import SERVER_EVENTS, present
from controllers.socket.boundary import Boundary
from controllers.socket.contract import SocketEvent
from controllers.socket.marks import MarkEvents
from controllers.socket.messages import MessageEvents
from controllers.socket.presence import PresenceEvents
from controllers.socket.rooms import RoomEvents
from controllers.socket.stats import StatsEvents
from controllers.socket.tokens import TokenEvents
from controllers.socket.typing import TypingEvents
from repositories.unit_of_work import Database
from server import VERSION
from server.admission import SocketAdmission
from server.announcer import Announcer
from server.broadcaster import Broadcaster, Digest, RoomTracks
from server.catalogue import CATALOGUE, Catalogue
from server.fanout import Bus
from server.fanout.memory import MemoryBus
from server.fanout.redis import RedisBus
from server.fanout.wire import Wire, bus_key
from server.lifecycle import Lifecycle
from server.limits import limits_of
from server.node_view import NodeView
from server.observability.metrics import Metrics
from server.pulse import Pulse
from server.rate_limits import TokenBuckets
from server.realtime import Realtime, RealtimeLimits
from server.reconciler import Reconciler, Told
from server.security.build import make_access_tokens, make_host_keys
from server.security.secrets_store import Secrets, load_secrets
from server.settings import Settings
from server.workforce import Workforce, hire
from services.cluster import Cluster

WEB = Path(__file__).parent.parent / "web"


def create_app(
    settings: Settings, *, secrets: Secrets | None = None, demo_users: Sequence[DemoUser] = ()
) -> web.Application:
    """`demo_users` are shown to whoever asks; only for a demo."""
    secrets = secrets or load_secrets(settings)
    metrics = Metrics()
    proxies = Proxies(settings.trusted_proxies)
    limiter = TokenBuckets(limits_of(settings))
    database = Database(
        url=settings.database_url,
        pool_size=settings.database_pool,
        patience=settings.database_patience,
        observe=metrics.statement,
    )
    host_keys = make_host_keys(settings)

    bus = make_bus(settings, secrets)
    announcer = Announcer(metrics=metrics, bus=bus)
    tracks, told = RoomTracks(), Told()
    cluster = Cluster(
        node=bus.node,
        send=bus.send,
        healthy=lambda: bus.healthy,
        clock=time.monotonic,
        local_rooms=lambda: tracks.conversations(),
    )
    work = hire(
        settings,
        secrets,
        database=database,
        announcer=announcer,
        bus=bus,
        cluster=cluster,
        limiter=limiter,
        tokens=make_access_tokens(settings, secrets.jwt_secret, host_keys),
        in_doubt=lambda conversation_ids: reconciler.look_again(conversation_ids),
    )
    hooks = SocketHooks(work=work)
    admission = SocketAdmission(authentication=work.authentication, marks=work.marks, settings=settings)
    boundary = Boundary(limiter=limiter, error_reply=error_reply)
    realtime = Realtime(
        limits=RealtimeLimits.of(settings),
        admission=admission,
        boundary=boundary,
        hooks=hooks,
        metrics=metrics,
        cors_origins=settings.cors_origins,
        client_address=proxies.address,
    )
    view = NodeView(realtime=realtime, tracks=tracks, told=told)
    digest = Digest(
        database=database, sockets=realtime, viewer=work.viewer, present=present, kinds=settings.conversation_kinds
    )
    hooks.connect(view=view, digest=digest)
    broadcaster = Broadcaster(
        database=database,
        sockets=realtime,
        opener=work.opener,
        viewer=work.viewer,
        presence=work.presence,
        stats=work.stats,
        digest=digest,
        tracks=tracks,
        told=told,
        present=present,
    )
    announcer.connect(tell=broadcaster.tell, typing=work.typing, cluster=cluster)
    reconciler = Reconciler(
        unit_of_work=database,
        view=view,
        told=told,
        deliver=broadcaster.tell,
        healthy=lambda: bus.healthy,
        kinds=settings.conversation_kinds,
    )
    events = socket_events(work, realtime, view)
    boundary.add(events)
    endpoints = rest_endpoints(work, settings, demo_users)
