"""What a socket may cost. Every one is a setting; 0 turns it off."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeLimits:
    """Times in seconds, sizes in bytes."""

    max_frame_bytes: int = 65_536
    event_rate: float = 50
    """Events a second and socket, twice that at once. Twenty times that as frames of any kind: the socket is cut."""
    max_sockets_per_user: int = 20
    max_transports: int = 0
    """Connections of all kinds, authenticated or not; the next one is answered 503."""
    auth_timeout: float = 10
    """From connection to accepted token; a transport that lost its namespace gets as long again."""
    max_queue_packets: int = 256
    max_queue_bytes: int = 1_048_576
    max_waiting_events: int = 256
    max_waiting_bytes: int = 262_144
    patience: float = 10
    """An event that waited so long behind others of its socket is answered UNAVAILABLE instead of run."""
    ping_interval: float = 25
    ping_timeout: float = 20
    expiry_warning: float = 60
    farewell: float = 2
    """How long a client has to take its last packets before the connection is cut."""
    drain: float = 3
    """How long a shutdown waits for handlers that are at work."""
