"""A sample of the profiler belongs to the innermost frame that says what is done."""

import pytest

from bench.hotspots import LOOP, RESTS, group, innermost_python, stacks


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("run (uvloop/__init__.py:92);uv_run (core.c:452)", LOOP),
        ("run (server/event_loop.py:30);Runner.run (asyncio/runners.py:118);epoll_pwait (libc.so.6)", LOOP),
        (
            "Outbox._write (server/realtime/outbox.py:120);UVStream_write (loop.c:1);write (libc.so.6)",
            "writing to sockets",
        ),
        ("Schema.load (marshmallow/schema.py:700);isinstance (object.c:3)", "schemas: checking and presenting"),
        ("Messages.submit (services/messages.py:72);gc_collect_main (gcmodule.c:1)", "garbage collector"),
        (
            "Statements._run (repositories/statements.py:150);PQsendQuery (libpq.so.5);send (libc.so.6)",
            "PostgreSQL: statements, aiopg, psycopg2, libpq",
        ),
    ],
)
def test_groups(stack: str, expected: str) -> None:
    [(frames, count)] = stacks([f"{stack} 7"])
    assert (group(frames), count) == (expected, 7)


def test_a_thread_that_waits_for_work_is_known() -> None:
    [(frames, _)] = stacks(
        ["run (threading.py:982);_worker (concurrent/futures/thread.py:81);0x7f3f4660cf16 (libc.so.6) 7"]
    )
    assert innermost_python(frames) == RESTS
    assert innermost_python(["0x7f3f4660cf16 (libc.so.6)"]) == "–"
