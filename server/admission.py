"""Who may open a socket, and the first thing it is told."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from controllers.schemas.events import present
from controllers.trail_refusals import note_refusal
from server.realtime import Admitted
from server.settings import Settings
from services.authentication import Authentication
from services.epoch import Epoch
from services.principal import Origin
from services.trail_ports import Trail, TrailEntry


@dataclass(frozen=True, slots=True)
class _Greeting:
    """What connection_established says. Limits and features are the same for all, and said once."""

    user_id: int
    user_role: str
    server_time: datetime.datetime
    unread_count: int
    limits: Mapping[str, float]
    features: Mapping[str, bool]
    epoch: str


class SocketAdmission:
    """server.realtime.Admission. Raises AuthRequired, SessionExpired for good; Unavailable for the moment.

    `know_count` is told what the greeting says, so that the same number is not told again.
    """

    def __init__(
        self,
        *,
        authentication: Authentication,
        epoch: Epoch,
        settings: Settings,
        trail: Trail,
        know_count: Callable[[int, int], None],
    ) -> None:
        self._authentication = authentication
        self._epoch = epoch
        self._know_count = know_count
        self._trail = trail
        self._features = {"forum": settings.forum}
        self._limits = {
            "max_content_length": settings.max_content_length,
            "max_attachments": settings.max_attachments,
            "max_attachment_bytes": settings.max_attachment_bytes,
            "max_frame_bytes": settings.max_frame_bytes,
            "message_rate": settings.message_rate,
            "message_burst": settings.message_burst,
            "event_rate": settings.event_rate,
            "idle_minutes": settings.idle_minutes,
            "reply_hours": settings.reply_hours,
        }

    async def admit(self, token: str, origin: Origin) -> Admitted:
        try:
            arrival = await self._authentication.arrive(token)
        except Exception as error:
            note_refusal(
                self._trail,
                error,
                action="socket.connect",
                principal=None,
                origin=origin,
                object_id="connect",
                conversation_id=None,
            )
            raise
        principal, unread = arrival.principal, arrival.unread_count
        self._trail.note(TrailEntry(action="socket.connect", principal=principal, origin=origin))
        self._know_count(principal.user_id, unread)
        greeting = _Greeting(
            principal.user_id,
            principal.role,
            datetime.datetime.now(datetime.UTC),
            unread,
            self._limits,
            self._features,
            await self._epoch.current(),
        )
        return Admitted(principal=principal, greeting=present("connection_established", greeting))
