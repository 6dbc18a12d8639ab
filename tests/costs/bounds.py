"""What the hot paths may cost, in counts that do not depend on the machine: about one and a half times what was seen.

Whoever makes a path cheaper lowers its bound; whoever must raise one says why in the commit.
`make test TESTS="tests/costs -rP"` shows what is seen. Times are not held here: `make bench` compares them.
"""

BOUNDS = {
    # Answers of PostgreSQL for which the server waits, and transactions that these end. "At once": a hundred members send.
    "trips_a_lone_send": 1.6,
    "trips_a_send_at_once": 0.2,
    "transactions_a_send_at_once": 0.2,
    "trips_a_connection": 1.6,
    # Writes to sockets, as the client's TCP sees them. A message goes to both members, its ack to one of them.
    "writes_a_lone_send": 2.6,
    "writes_a_send_at_once": 1.6,
    # Four events for each of fifty clients at once; 1 would be a write for each.
    "writes_a_delivery": 0.4,
    # Functions that the server calls, in Python and C, and asyncio tasks that it makes.
    "calls_a_lone_send": 500,
    "calls_a_send_at_once": 260,
    "calls_a_delivery": 3.5,
    "calls_a_connection": 1400,
    "tasks_a_send_at_once": 0.5,
    "tasks_a_connection": 7,
    # Memory of the server's process; the allocator has its moods.
    "kib_a_connection": 16,
}


def hold(**seen: float) -> None:
    """Each cost was counted at all, and is within its bound."""
    for name, cost in seen.items():
        print(f"{name}: {cost:.2f}, bound {BOUNDS[name]}")
    too_much = {name: cost for name, cost in seen.items() if not 0 < cost <= BOUNDS[name]}
    assert too_much == {}
