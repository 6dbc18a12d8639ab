"""The table of rate limits: names that endpoints and events give, and what the settings make of them."""

from controllers.limit_names import address_limit
from server.rate_limits import Limit
from server.realtime import RealtimeLimits
from server.settings import Settings

SOCKETS_UNLESS_SAID = 20


def limits_of(settings: Settings) -> dict[str, Limit]:
    """A rate of 0 turns a limit off. What endpoints and events name stands in `of_a_person`."""
    # Each socket has its own EVENT_RATE before that: this one is for who comes back with new ones.
    events = settings.event_rate * (settings.max_sockets_per_user or SOCKETS_UNLESS_SAID)
    of_a_person = {
        "event": Limit(events, events * 2),
        "request": Limit(settings.request_rate / 60, settings.request_rate),
        "upload": Limit(settings.upload_rate / 60, settings.upload_rate),
        "post": Limit(settings.post_rate / 60, settings.post_rate),
        "search": Limit(settings.search_rate / 60, settings.search_rate),
        "export": Limit(settings.export_rate / 60, settings.export_rate),
    }
    return {
        **of_a_person,
        **{address_limit(name): limit.times(settings.address_factor) for name, limit in of_a_person.items()},
        "message": Limit(settings.message_rate / 60, settings.message_burst),
        "login_name": Limit(settings.login_rate / 60, settings.login_rate),
        "login_address": Limit(settings.login_rate * 5 / 60, settings.login_rate * 5),
    }


def realtime_limits_of(settings: Settings) -> RealtimeLimits:
    return RealtimeLimits(
        max_frame_bytes=settings.max_frame_bytes,
        event_rate=settings.event_rate,
        max_sockets_per_user=settings.max_sockets_per_user,
        auth_timeout=settings.auth_timeout,
        max_queue_packets=settings.max_queue_packets,
        max_queue_bytes=settings.max_queue_bytes,
    )
