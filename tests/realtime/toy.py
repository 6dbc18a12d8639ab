"""A server with a few toy events, to look at the sockets alone."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from marshmallow import Schema, fields

from controllers.errors import error_reply
from controllers.rest.client_address import client_address
from controllers.schemas.base import RequestSchema
from controllers.socket.boundary import Boundary
from controllers.socket.contract import Pending, Reply, SocketCall, SocketEvent
from server.realtime import Admitted, Realtime, RealtimeLimits
from services.errors import AuthRequired, NotFound, SessionExpired
from services.outcome import Outcome
from services.principal import Origin, Principal
from services.room_names import RoomName, conversation_room


class SaySchema(RequestSchema):
    conversation_id = fields.Integer(data_key="conversationId", strict=True)
    text = fields.String()


class AnySchema(Schema):
    class Meta:
        unknown = "include"


class FreeReply(Schema):
    """Every toy says what it likes."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:
        return dict(obj)


@dataclass
class Recorder:
    """Hooks and metrics that remember."""

    connects: list[str] = field(default_factory=list)
    disconnects: list[str] = field(default_factory=list)
    lefts: list[tuple[str, tuple[RoomName, ...]]] = field(default_factory=list)
    cuts: list[str] = field(default_factory=list)
    codes: list[tuple[str, str | None]] = field(default_factory=list)


class RecordingHooks:
    def __init__(self, seen: Recorder) -> None:
        self._seen = seen

    def connected(self, sid: str, principal: Principal) -> None:
        self._seen.connects.append(sid)

    def disconnected(self, sid: str, principal: Principal) -> None:
        self._seen.disconnects.append(sid)

    def left(self, sid: str, principal: Principal, rooms: Collection[RoomName]) -> None:
        self._seen.lefts.append((sid, tuple(rooms)))


class RecordingMetrics:
    def __init__(self, seen: Recorder) -> None:
        self._seen = seen

    def connected(self) -> None: ...

    def disconnected(self) -> None: ...

    def event(self, name: str, seconds: float, code: str | None) -> None:
        self._seen.codes.append((name, code))

    def acked(self, ok: bool) -> None: ...

    def cut(self, reason: str) -> None:
        self._seen.cuts.append(reason)


class ToyAdmission:
    """Tokens "user:7", "user:7:expires in seconds"; "gone", "slow", "odd", "timeout" misbehave."""

    def __init__(self) -> None:
        self.origins: list[Origin] = []
        self.held = asyncio.Event()
        self.fail_next: list[BaseException] = []

    async def admit(self, token: str, origin: Origin) -> Admitted:
        self.origins.append(origin)
        if self.fail_next:
            raise self.fail_next.pop()
        if token == "gone":
            raise SessionExpired
        if token == "slow":
            await self.held.wait()
            token = "user:1"
        kind, _, rest = token.partition(":")
        if kind != "user":
            raise AuthRequired
        user, _, seconds = rest.partition(":")
        expires = time.time() + float(seconds or 3600)
        return Admitted(Principal(int(user), "patient", f"s{user}", expires), {"userId": int(user)})


class NoLimit:
    def take(self, limit: str, key: str) -> None: ...

    def give_back(self, limit: str, key: str) -> None: ...


class Toy:
    """`gate` holds "hold" and the outcome of sends back."""

    def __init__(self, limits: RealtimeLimits) -> None:
        self.seen = Recorder()
        self.log: list[str] = []
        self._stores: list[asyncio.Future[None]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.admission = ToyAdmission()
        self.realtime = Realtime(
            limits=limits,
            admission=self.admission,
            boundary=Boundary(
                [
                    self._event("echo", self.echo),
                    self._event("hold", self.hold),
                    self._event("send_message", self.send),
                    self._event("mark", self.mark),
                    self._event("sync", self.mark),
                    self._event("join", self.join),
                    self._event("fail", self.fail),
                    self._event("strict", self.echo, SaySchema),
                ],
                limiter=NoLimit(),
                error_reply=error_reply,
                present=lambda event, payload: payload,
            ),
            hooks=RecordingHooks(self.seen),
            metrics=RecordingMetrics(self.seen),
            cors_origins=("https://app.example.org",),
            client_address=client_address(("127.0.0.1",)),
        )

    def app(self) -> web.Application:
        app = web.Application()
        self.realtime.attach(app)
        return app

    @staticmethod
    def _event(name: str, handler: Any, schema: type[Schema] = AnySchema) -> SocketEvent:
        return SocketEvent(name=name, handler=handler, schema=schema, ack=FreeReply, limit="event", summary=name)

    async def echo(self, call: SocketCall) -> Reply:
        self.log.append(f"echo {call.data.get('n')}")
        return Reply(ack={"data": call.data})

    async def hold(self, call: SocketCall) -> Reply:
        self.log.append("hold")
        await self.gate.wait()
        return Reply(ack={})

    async def mark(self, call: SocketCall) -> Reply:
        self.log.append("mark")
        return Reply(ack={})

    async def join(self, call: SocketCall) -> Reply:
        self.realtime.enter(call.socket_id, conversation_room(call.data["conversationId"]))
        return Reply(ack={}, tell=(("room_joined", {"conversationId": call.data["conversationId"]}),))

    async def send(self, call: SocketCall) -> Pending:
        n = call.data.get("n")
        self.log.append(f"queued {n}")

        outcome: Outcome[Any] = Outcome()

        async def store() -> None:
            await self.gate.wait()
            self.log.append(f"stored {n}")
            outcome.resolve(n)

        self._stores.append(asyncio.ensure_future(store()))
        return Pending(outcome, lambda number: Reply(ack={"n": number}), call.data.get("conversationId", 1))

    async def fail(self, call: SocketCall) -> Reply:
        match call.data["how"]:
            case "timeout":
                # What aiopg raises for a statement that took too long.
                raise asyncio.CancelledError
            case "domain":
                raise NotFound
            case "base":
                raise BaseExceptionGroup("odd", [BaseException("canary-content")])
            case _:
                raise RuntimeError("canary-content")
