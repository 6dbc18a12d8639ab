"""Socket.IO on engine.io's server: transports, admission, order, rooms, limits. Rules live in services, rows in controllers.

Of the libraries the routing of engine.io requests and the packet codec are used; what is replaced, and why, is said at the
top of engine.py, engine_socket.py, packets.py, outbox.py and rooms.py. "Fact n" points to the list of what the libraries
really do, in docs/library-facts.md.
"""

from server.realtime.admission import Admission, Admitted, Hooks
from server.realtime.facade import Realtime
from server.realtime.limits import RealtimeLimits
from server.realtime.metrics import RealtimeMetrics

__all__ = ["Admission", "Admitted", "Hooks", "Realtime", "RealtimeLimits", "RealtimeMetrics"]
