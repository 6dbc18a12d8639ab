"""Gauges that are read at each scrape."""

from repositories.unit_of_work import Database
from server.fanout import Bus
from server.indexing import Indexing
from server.observability.metrics import Metrics
from server.realtime import Realtime
from services.activity_counting import ActivityCounting
from services.cluster import Cluster
from services.trail import BufferedTrail
from services.unreadable import Unreadable


def watch(
    metrics: Metrics,
    *,
    realtime: Realtime,
    database: Database,
    cluster: Cluster,
    bus: Bus,
    indexing: Indexing,
    trail: BufferedTrail,
    counting: ActivityCounting,
    unreadable: Unreadable,
) -> None:
    metrics.watch("sockets", realtime.socket_count, "Sockets of this node")
    metrics.watch("rooms", realtime.room_count, "Rooms with a socket of this node")
    metrics.watch("users", lambda: len(cluster.totals), "People with a socket on any node")
    metrics.watch("nodes", lambda: cluster.nodes, "Nodes that are heard, this one included")
    metrics.watch("pool_connections", lambda: database.pool_size[0], "Connections to PostgreSQL")
    metrics.watch("pool_idle", lambda: database.pool_size[1], "Connections to PostgreSQL that wait for work")
    metrics.watch("bus_healthy", lambda: bus.healthy, "1: hints reach the other nodes")
    metrics.watch("bus_sent", lambda: bus.counts.sent, "Packets sent to other nodes")
    metrics.watch("bus_dropped", lambda: bus.counts.dropped, "Packets that could not be sent")
    metrics.watch(
        "bus_missed", lambda: bus.counts.missed, "Packets of other nodes that never came; some mean: look again"
    )
    metrics.watch("bus_refused", lambda: bus.counts.refused, "Packets that were not trusted")
    metrics.watch("search_leads", lambda: indexing.leads, "1: this process keeps the search index up, one of all does")
    metrics.watch("search_waiting", lambda: indexing.waiting, "Conversations heard of that the search index lacks")
    metrics.watch("search_indexed", lambda: indexing.indexed, "Messages put into the search index")
    metrics.watch("search_unreadable", lambda: indexing.unreadable, "Messages that did not open for the search index")
    metrics.watch("messages_unreadable", lambda: unreadable.count, "Messages that did not open for who may read them")
    metrics.watch("trail_waiting", lambda: trail.waiting, "Entries of the trail that are not stored yet")
    metrics.watch("trail_lost", lambda: trail.lost, "Entries of the trail that could not be kept")
    metrics.watch_many(
        "active_users", "days", lambda: counting.figures.active, "People who wrote in the last 1, 7 and 30 days"
    )
    metrics.watch_many(
        "conversation_messages",
        "at_least",
        lambda: counting.figures.sizes,
        "Conversations by their number of messages: so many, and less than twice that",
    )
