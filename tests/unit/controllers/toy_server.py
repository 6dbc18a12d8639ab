"""A toy table of endpoints behind the real boundary, on a real aiohttp server."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from marshmallow import fields

from controllers.rest.boundary import RestBoundary
from controllers.rest.client_address import Proxies
from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.rest.middleware import Surroundings
from controllers.schemas.base import (
    ClientMessageId,
    Content,
    Flag,
    Id,
    PageQuery,
    PathId,
    QueryBool,
    ReplySchema,
    RequestSchema,
    Text,
    page_of,
)
from services.errors import AuthRequired, SessionExpired
from services.principal import Principal

TOKENS = {
    "user": Principal(user_id=7, role="patient", session_id="s", expires_at=0),
    "admin": Principal(user_id=1, role="admin", session_id="s", expires_at=0),
}
MAX_BODY = 2_000
FRIENDLY = "https://app.example.org"


class ThingPath(RequestSchema):
    thing_id = PathId(data_key="id", required=True)


class ThingQuery(PageQuery):
    loud = QueryBool(load_default=False)


class PartSchema(RequestSchema):
    name = Text(max=20, required=True)


class ThingBody(RequestSchema):
    owner_id = Id(data_key="ownerId", required=True)
    content = Content(required=True)
    client_message_id = ClientMessageId(data_key="clientMessageId")
    urgent = Flag()
    parts = fields.List(fields.Nested(PartSchema))


class NoteBody(RequestSchema):
    note = Text(max=20)


class ThingSchema(ReplySchema):
    id = Id(required=True)
    content = fields.String(required=True)
    address = fields.String(required=True)
    language = fields.String(required=True)


@dataclass
class Toy:
    """The server, what its handlers saw, and levers to make them fail."""

    client: "TestClient[Any, Any]"
    calls: list[Call] = field(default_factory=list)
    raises: BaseException | None = None
    status: int = 200
    taken: list[tuple[str, str]] = field(default_factory=list)
    limited: Exception | None = None
    observed: list[tuple[str, str, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    entered: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    authenticated: asyncio.Event = field(default_factory=asyncio.Event)
    ended: set[str] = field(default_factory=set)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, limit: str, key: str) -> None:
        self.taken.append((limit, key))
        if self.limited is not None:
            raise self.limited

    def give_back(self, limit: str, key: str) -> None:
        self.taken.remove((limit, key))

    async def authenticate(self, token: str) -> Principal:
        if token == "old" or token in self.ended:
            raise SessionExpired
        if token not in TOKENS:
            raise AuthRequired
        self.authenticated.set()
        return TOKENS[token]

    async def thing(self, call: Call) -> Reply:
        self.calls.append(call)
        if self.raises is not None:
            raise self.raises
        return Reply(
            {
                "id": call.path.get("thing_id", 1),
                "content": call.body.get("content", ""),
                "address": call.origin.address,
                "language": call.origin.language,
            },
            status=self.status,
        )

    async def slow(self, call: Call) -> Reply:
        self.entered.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        self.finished.set()
        return Reply(status=204)

    async def file(self, call: Call) -> Reply:
        self.entered.set()
        size = len(b"".join([chunk async for chunk in call.upload.chunks()]))
        self.calls.append(call)
        return Reply({"id": size, "content": "", "address": "", "language": ""})

    async def page(self, call: Call) -> Reply:
        self.calls.append(call)
        return Reply({"items": [], "has_more": False, "next": None})

    async def cookie(self, call: Call) -> Reply:
        self.calls.append(call)
        return Reply(status=204, cookies=(_morsel(),))

    async def plain(self, request: web.Request) -> web.Response:
        if self.raises is not None:
            raise self.raises
        return web.Response(text="page")

    def observe(self, route: str, method: str, status: int, seconds: float) -> None:
        assert seconds >= 0
        self.observed.append((route, method, status))

    def endpoints(self) -> list[Endpoint]:
        thing = {200: ThingSchema}
        return [
            Endpoint(
                "POST", "/api/things", self.thing, "Make one", "things", limit="make", body=ThingBody, replies=thing
            ),
            Endpoint(
                "GET",
                "/api/things/{id}",
                self.thing,
                "A thing",
                "things",
                parameters=ThingPath,
                replies=thing,
                errors=("NOT_FOUND",),
            ),
            Endpoint(
                "GET",
                "/api/things",
                self.page,
                "Things",
                "things",
                limit="look",
                changes_when="loud",
                query=ThingQuery,
                replies={200: page_of(ThingSchema)},
            ),
            Endpoint(
                "POST",
                "/api/files",
                self.file,
                "A file",
                "things",
                limit="make",
                form=NoteBody,
                replies=thing,
            ),
            Endpoint("DELETE", "/api/things", self.thing, "All", "things", access=Access.ADMIN, replies=thing),
            Endpoint("POST", "/api/slow", self.slow, "Slowly", "things", access=Access.PUBLIC, replies={204: None}),
            Endpoint(
                "POST",
                "/api/cookie",
                self.cookie,
                "Cookie",
                "auth",
                access=Access.PUBLIC,
                limit="login",
                body=NoteBody,
                replies={204: None},
            ),
        ]


def _morsel() -> "Morsel[str]":
    jar = SimpleCookie({"refresh": "canary"})
    jar["refresh"]["httponly"] = True
    return jar["refresh"]


Ask = Callable[..., Awaitable[tuple[int, Any]]]


def make_toy() -> tuple[Toy, web.Application]:
    """A toy without its client, and its application."""
    toy, app = Toy(client=None), web.Application()  # type: ignore[arg-type]  # the client comes when it serves
    proxies = Proxies(["127.0.0.1", "10.0.0.0/8"])
    Surroundings(proxies=proxies, cors_origins=(FRIENDLY,), observe=toy.observe).install(app)
    boundary = RestBoundary(
        authenticate=toy.authenticate, limiter=toy, max_body_bytes=MAX_BODY, refused=toy.refused.append
    )
    app.router.add_routes(boundary.routes(toy.endpoints()))
    app.router.add_get("/page", toy.plain)
    app.router.add_get("/health/live", toy.plain)
    app.router.add_get("/socket.io/", toy.plain)
    return toy, app


@pytest.fixture
async def toy(aiohttp_client: Any) -> Toy:
    toy, app = make_toy()
    toy.client = await aiohttp_client(app)
    return toy


@pytest.fixture
def ask(toy: Toy) -> Ask:
    async def send(method: str, path: str, token: str | None = "user", **options: Any) -> tuple[int, Any]:
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        async with toy.client.request(method, path, headers=headers, **options) as response:
            assert response.content_type == "application/json"
            assert response.headers["Cache-Control"] == "no-store"
            return response.status, await response.json()

    return send
