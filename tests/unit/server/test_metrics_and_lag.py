import asyncio
import time

import pytest

from server.observability import LoopLag, Metrics


def test_everything_is_counted_where_it_belongs() -> None:
    metrics = Metrics()
    metrics.statement("append_messages", 0.002)
    metrics.request("/api/things/{id}", "GET", 200, 0.01)
    metrics.connected()
    metrics.disconnected()
    metrics.event("send_message", 0.003, None)
    metrics.event("send_message", 0.003, "FORBIDDEN")
    metrics.acked(True)
    metrics.cut("slow")
    metrics.committed(3)
    metrics.facts("MessagePosted", "published").count += 1
    metrics.lag(0.001, 0.2)
    rooms = [1, 2]
    metrics.watch("rooms", lambda: len(rooms))
    rooms.append(3)
    text = metrics.exposition().decode()
    for line in (
        'colloque_statement_seconds_count{query="append_messages"} 1.0',
        'colloque_request_seconds_count{method="GET",route="/api/things/{id}",status="200"} 1.0',
        "colloque_connections_total 1.0",
        "colloque_disconnections_total 1.0",
        'colloque_event_seconds_count{event="send_message"} 2.0',
        'colloque_events_total{code="OK",event="send_message"} 1.0',
        'colloque_events_total{code="FORBIDDEN",event="send_message"} 1.0',
        'colloque_refusals_total{code="FORBIDDEN"} 1.0',
        'colloque_acks_total{ok="true"} 1.0',
        'colloque_sockets_cut_total{reason="slow"} 1.0',
        "colloque_messages_sent_total 3.0",
        "colloque_commit_messages_sum 3.0",
        'colloque_facts_total{direction="published",kind="MessagePosted"} 1.0',
        "colloque_loop_lag_seconds_count 1.0",
        "colloque_loop_lag_worst_seconds 0.2",
        "colloque_rooms 3.0",
    ):
        assert line in text.splitlines(), line


def test_what_one_waits_for_is_shown_before_it_happens_and_all_else_once_it_did() -> None:
    metrics = Metrics(["INTERNAL", "FORBIDDEN"])
    metrics.event("sync", 0.003, "FORBIDDEN")
    metrics.acked(False)
    text = metrics.exposition().decode()
    assert 'colloque_acks_total{ok="false"} 1.0' in text
    assert 'ok="true"' not in text
    assert 'code="OK"' not in text
    assert 'colloque_refusals_total{code="INTERNAL"} 0.0' in text
    assert 'colloque_refusals_total{code="FORBIDDEN"} 1.0' in text
    assert 'colloque_sockets_cut_total{reason="slow"} 0.0' in text
    assert 'colloque_event_seconds_bucket{event="sync",le="0.0025"} 0.0' in text
    assert 'colloque_event_seconds_bucket{event="sync",le="0.005"} 1.0' in text


def test_two_applications_do_not_share() -> None:
    first, second = Metrics(), Metrics()
    first.connected()
    assert "colloque_connections_total 0.0" in second.exposition().decode()


async def test_a_blocked_loop_is_seen() -> None:
    reports: asyncio.Queue[tuple[float, float]] = asyncio.Queue()
    lag = LoopLag(lambda late, worst: reports.put_nowait((late, worst)), interval=0.01)
    lag.start()
    late, _ = await asyncio.wait_for(reports.get(), 2)
    time.sleep(0.15)  # noqa: ASYNC251  # blocking the loop is the point
    late, worst = await asyncio.wait_for(reports.get(), 2)
    assert late > 0.1
    assert worst >= late
    lag.close()
    lag.close()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            while True:
                await reports.get()


def test_a_kind_of_fact_is_shown_once_there_was_one() -> None:
    metrics = Metrics()
    metrics.facts("MessagePosted", "received")
    metrics.facts("MessagePosted", "published").count += 2
    text = metrics.exposition().decode()
    assert 'colloque_facts_total{direction="published",kind="MessagePosted"} 2.0' in text
    assert 'direction="received"' not in text
