"""Several processes on one port, each a node of its own: `serve --workers N` (ADR 0018).

The parent (parent.py) accepts connections, looks at their first bytes and hands them over (front.py) by the Channel to the
worker that owns the session named there, or to the one with the fewest sessions. A request that comes to another worker
all the same, on a connection that was opened for something else, is passed on (passing.py).
"""
