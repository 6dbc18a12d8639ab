"""Composition root: `create_app(settings)` builds everything and starts nothing. Reading it is reading how the house hangs
together: what needs what, and where the circles are closed (`connect`, `add`)."""

import time
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from controllers.asyncapi import asyncapi_document
from controllers.errors import STATUS, error_reply
from controllers.rest.boundary import RestBoundary
from controllers.rest.client import Client
from controllers.rest.client_address import Proxies
from controllers.rest.demo import DemoUser
from controllers.rest.docs import Docs
from controllers.rest.health import Health
from controllers.rest.middleware import Surroundings
from controllers.rest.openapi import openapi_document
from controllers.schemas.events import SERVER_EVENTS, present
from controllers.socket.boundary import Boundary
from controllers.socket.witness import SocketWitness
from repositories.send_lane import SendLane
from repositories.unit_of_work import Database
from server import VERSION
from server.admission import SocketAdmission
from server.announcer import Announcer
from server.broadcaster import Broadcaster, Digest, ForumTeller, NoticeTeller, RoomTracks
from server.bus import make_bus
from server.catalogue import CATALOGUE, LOOK_AGAIN, SESSIONS, Catalogue
from server.health_checks import health_checks
from server.hiring import hire
from server.hooks import SocketHooks
from server.indexing import Indexing, Pace
from server.jobs import JobRunner, jobs_of
from server.lifecycle import Lifecycle
from server.limit_exchange import LimitExchange
from server.limits import limits_of, realtime_limits_of
from server.node_view import NodeView
from server.observability.metrics import Metrics
from server.observability.watched import watch
from server.rate_limits import TokenBuckets
from server.realtime import Realtime
from server.reconciler import Reconciler, Told
from server.security.build import make_access_tokens, make_host_keys
from server.security.secrets_store import Secrets, load_secrets
from server.settings import Settings
from server.socket_ceiling import SocketCeiling
from server.statistician import Statistician
from server.tables import rest_endpoints, socket_events
from services.activity_counting import ActivityCounting
from services.cluster import Cluster
from services.node_news import SocketsOpened, TokensSpent

WEB = Path(__file__).parent.parent / "web"


def create_app(
    settings: Settings,
    *,
    secrets: Secrets | None = None,
    demo_users: Sequence[DemoUser] = (),
    session_prefix: str = "",
) -> web.Application:
    """`demo_users` are shown to whoever asks; only for a demo. `session_prefix` begins the ids of transports."""
    secrets = secrets or load_secrets(settings)
    metrics = Metrics(STATUS)
    proxies = Proxies(settings.trusted_proxies)
    limiter = TokenBuckets(limits_of(settings), shared=settings.fanout_kind != "memory")
    database = Database(
        url=settings.database_url,
        pool_size=settings.database_pool,
        patience=settings.database_patience,
        observe=metrics.statement,
    )
    sends = SendLane(url=settings.database_url, patience=settings.database_patience, observe=metrics.statement)
    host_keys = make_host_keys(settings)

    bus = make_bus(settings, secrets)
    announcer = Announcer(metrics=metrics, bus=bus)
    tracks, told = RoomTracks(), Told()
    cluster = Cluster(
        node=bus.node,
        send=bus.send,
        healthy=lambda: bus.healthy,
        clock=time.monotonic,
        local_rooms=tracks.conversations,
    )
    pace = Pace()
    work = hire(
        settings,
        secrets,
        database=database,
        sends=sends,
        announcer=announcer,
        cluster=cluster,
        limiter=limiter,
        tokens=make_access_tokens(settings, secrets.jwt_secret, host_keys),
        in_doubt=lambda conversation_ids: reconciler.look_again(conversation_ids),  # noqa: PLW0108  # made below
        committed=metrics.committed,
        notified=metrics.notified,
        pace=pace,
    )
    indexing = Indexing(indexer=work.indexer, pace=pace)
    hooks = SocketHooks(work=work)
    admission = SocketAdmission(
        authentication=work.authentication,
        epoch=work.epoch,
        settings=settings,
        trail=work.trail,
        know_count=lambda user_id, unread: digest.know_count(user_id, unread),  # noqa: PLW0108  # made below
    )
    boundary = Boundary(
        (), limiter=limiter, error_reply=error_reply, present=present, witness=SocketWitness(work.trail)
    )
    realtime = Realtime(
        limits=realtime_limits_of(settings),
        admission=admission,
        boundary=boundary,
        hooks=hooks,
        metrics=metrics,
        cors_origins=settings.cors_origins,
        client_address=proxies.address,
        session_prefix=session_prefix,
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
        notices=NoticeTeller(database=database, sockets=realtime, notifications=work.notifications, present=present),
        digest=digest,
        tracks=tracks,
        told=told,
        present=present,
        lost=lambda seconds: reconciler.hints_lost(seconds),  # noqa: PLW0108  # made below
    )
    exchange = LimitExchange(buckets=limiter, bus=bus, secret=secrets.jwt_secret)
    ceiling = SocketCeiling(most=settings.max_sockets_per_user, sockets=realtime, cluster=cluster, send=bus.send)
    forum_teller = ForumTeller(
        database=database,
        sockets=realtime,
        forum=work.forum.forum,
        present=present,
        lost=lambda seconds: reconciler.hints_lost(seconds),  # noqa: PLW0108  # made below
    )
    broadcaster.table.update(forum_teller.table)
    announcer.connect(
        tell=broadcaster.tell,
        typing=work.typing,
        answer_typing=work.forum.typing,
        cluster=cluster,
        indexing=indexing,
        news={TokensSpent: exchange.receive, SocketsOpened: ceiling.receive},
    )
    reconciler = Reconciler(
        unit_of_work=database,
        view=view,
        told=told,
        deliver=broadcaster.tell,
        healthy=lambda: bus.healthy,
        kinds=settings.conversation_kinds,
        others=forum_teller.look_again,
    )
    events = socket_events(work, realtime, view)
    boundary.add(events)
    endpoints = rest_endpoints(work, demo_users)

    app = web.Application(client_max_size=settings.max_body_bytes or 2**40)
    Surroundings(proxies=proxies, cors_origins=settings.cors_origins, observe=metrics.request).install(app)
    rest = RestBoundary(
        authenticate=work.authentication.authenticate,
        limiter=limiter,
        max_body_bytes=settings.max_body_bytes,
        trail=work.trail,
        refused=metrics.refused,
    )
    docs = Docs(
        openapi=lambda: openapi_document(endpoints, version=VERSION),
        asyncapi=lambda: asyncapi_document(events, SERVER_EVENTS.values(), version=VERSION),
        swagger_folder=WEB / "dist" / "reference",
    )
    health = Health(checks=health_checks(settings, database, bus), metrics=metrics.exposition)
    for routes in (
        rest.routes(endpoints),
        docs.routes(),
        health.routes(),
        Client(WEB / "dist").routes(),
    ):
        app.add_routes(routes)
    counting = ActivityCounting(unit_of_work=database, replied=metrics.replied)
    watch(
        metrics,
        realtime=realtime,
        database=database,
        cluster=cluster,
        bus=bus,
        indexing=indexing,
        trail=work.trail,
        counting=counting,
        unreadable=work.opener.unreadable,
    )

    async def refuse_new_clients(_: web.Application) -> None:
        health.stop()

    app.on_shutdown.append(refuse_new_clients)
    realtime.attach(app)
    lifecycle = Lifecycle(
        database=database,
        sends=sends,
        bus=bus,
        announcer=announcer,
        cluster=cluster,
        shared=(exchange.tick, ceiling.tick),
        work=work,
        broadcaster=broadcaster,
        forum_teller=forum_teller,
        digest=digest,
        reconciler=reconciler,
        statistician=Statistician(counting),
        jobs=JobRunner(settings, unit_of_work=database, jobs=jobs_of(work)),
        indexing=indexing,
        metrics=metrics,
        host_keys=host_keys,
    )
    app.cleanup_ctx.append(lifecycle.run)
    app[LOOK_AGAIN] = reconciler.hints_lost
    app[SESSIONS] = realtime.socket_count
    app[CATALOGUE] = Catalogue(endpoints=endpoints, events=events, facts=broadcaster.table)
    return app
