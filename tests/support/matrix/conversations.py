"""Rows of what is done in a conversation, by its number, over REST."""

from tests.support.matrix.rules import (
    JUNIOR,
    NOT_FOUND,
    OK,
    State,
    anybody,
    closers,
    not_ones_own,
    participants,
    participants_and_administrators,
    reopeners,
    takes_part,
    who_may_begin,
    writers,
)
from tests.support.matrix.table import Path, Row, Scene, outcome, route
from tests.support.specimens import pdf
from tests.support.uploads import upload

ONE = "/api/messaging/conversations/{id}"
MESSAGE = "/api/messaging/messages/{id}"
FILE = "/api/messaging/attachments/{id}"


def below(rest: str = "") -> Path:
    return lambda scene: f"{scene.thread.path}{rest}"


def file(rest: str = "", *, sent: bool = True) -> Path:
    return lambda scene: f"/api/messaging/attachments/{scene.thread.sent if sent else scene.thread.unsent}{rest}"


def own(rest: str = "") -> Path:
    """What one has sent; the junior's, for who has sent nothing."""
    return lambda scene: (
        f"/api/messaging/messages/{scene.thread.messages.get(scene.who, scene.thread.messages[JUNIOR])}{rest}"
    )


def others(scene: Scene) -> str:
    sent = scene.thread.messages
    return f"/api/messaging/messages/{next(sent[who] for who in sent if who != scene.who)}"


def settled(**change: object) -> Row:
    """`PATCH` with that; put back by who may."""
    [(name, value)] = change.items()
    rule = {"closed": closers, "active": reopeners}.get(str(value), participants)
    return Row(
        f"PATCH {ONE}",
        route(f"PATCH {ONE}", below(), lambda _: change),
        rule,
        way=f"{name} {value}",
        after=_as_it_was if name == "status" else None,
    )


async def _as_it_was(scene: Scene) -> str:
    status = "closed" if scene.thread.state.closed else "active"
    by = scene.rest if scene.thread.state.left else scene.senior
    return outcome(await by.call("PATCH", scene.thread.path, {"status": status}))


async def _listed(scene: Scene) -> str:
    page = await scene.rest.get("/api/messaging/conversations", limit=200)
    return OK if scene.thread.conversation_id in [one["id"] for one in page["items"]] else NOT_FOUND


async def _delete_own(scene: Scene) -> str:
    """What was sent a moment ago, where anything can be."""
    sent = await scene.rest.call("POST", f"{scene.thread.path}/messages", {"content": "soon gone"})
    message_id = (
        sent.body["message"]["id"] if sent.status == 201 else scene.thread.messages.get(scene.who, scene.some_message)
    )
    return outcome(await scene.rest.call("DELETE", f"/api/messaging/messages/{message_id}"))


async def _upload(scene: Scene) -> str:
    status, body = await upload(scene.rest.session, scene.rest.url, scene.me, scene.thread.conversation_id, pdf())
    return OK if status == 201 else str(body["error"]["code"])


def _uploader(who: str, state: State) -> str:
    return OK if who == JUNIOR and takes_part(who, state) else NOT_FOUND


ROWS = (
    Row(
        "POST /api/messaging/conversations",
        route("POST /api/messaging/conversations", body=lambda scene: {"participantId": scene.other.id}),
        who_may_begin,
        kinds=("care", "mentoring"),
    ),
    Row("GET /api/messaging/conversations", _listed, participants),
    Row("GET /api/messaging/attention", route("GET /api/messaging/attention"), anybody, stateless=True),
    Row("GET /api/messaging/unread-count", route("GET /api/messaging/unread-count"), anybody, stateless=True),
    Row(f"GET {ONE}", route(f"GET {ONE}", below()), participants),
    settled(muted=True),
    settled(pinned=False),
    settled(status="archived"),
    settled(status="closed"),
    settled(status="active"),
    Row(f"GET {ONE}/access-log", route(f"GET {ONE}/access-log", below("/access-log")), participants_and_administrators),
    Row(
        f"POST {ONE}/messages",
        route(f"POST {ONE}/messages", below("/messages"), lambda _: {"content": "by REST"}),
        writers,
    ),
    Row(f"GET {ONE}/messages", route(f"GET {ONE}/messages", below("/messages")), participants),
    Row(
        f"GET {ONE}/messages",
        route(f"GET {ONE}/messages", below("/messages"), query=lambda _: {"markRead": "true"}),
        participants,
        way="marking them",
    ),
    Row(f"POST {ONE}/read", route(f"POST {ONE}/read", below("/read"), lambda _: {}), participants),
    Row(f"PATCH {MESSAGE}/read", route(f"PATCH {MESSAGE}/read", own("/read"), lambda _: {}), participants),
    Row(
        f"PATCH {MESSAGE}", route(f"PATCH {MESSAGE}", own(), lambda _: {"content": "edited"}), writers, way="one's own"
    ),
    Row(
        f"PATCH {MESSAGE}",
        route(f"PATCH {MESSAGE}", others, lambda _: {"content": "no"}),
        not_ones_own,
        way="another's",
    ),
    Row(f"DELETE {MESSAGE}", _delete_own, writers, way="one's own"),
    Row(f"DELETE {MESSAGE}", route(f"DELETE {MESSAGE}", others), not_ones_own, way="another's"),
    Row(
        f"POST {MESSAGE}/reactions",
        route(f"POST {MESSAGE}/reactions", own("/reactions"), lambda _: {"emoji": "👍"}),
        writers,
    ),
    Row(
        f"DELETE {MESSAGE}/reactions",
        route(f"DELETE {MESSAGE}/reactions", own("/reactions"), query=lambda _: {"emoji": "👍"}),
        writers,
    ),
    Row(
        "GET /api/messaging/messages/search",
        route(
            "GET /api/messaging/messages/search",
            query=lambda scene: {"q": "word", "conversationId": scene.thread.conversation_id},
        ),
        participants,
        way="in one conversation",
    ),
    Row(
        "GET /api/messaging/messages/search",
        route("GET /api/messaging/messages/search", query=lambda _: {"q": "word"}),
        anybody,
        way="everywhere",
        stateless=True,
    ),
    Row("POST /api/messaging/attachments", _upload, writers),
    Row(f"GET {FILE}", route(f"GET {FILE}", file()), participants),
    Row(f"GET {FILE}", route(f"GET {FILE}", file(sent=False)), _uploader, way="not sent yet"),
    Row(f"POST {FILE}/ticket", route(f"POST {FILE}/ticket", file("/ticket"), lambda _: {}), participants),
    Row(
        f"POST {FILE}/ticket",
        route(f"POST {FILE}/ticket", file("/ticket", sent=False), lambda _: {}),
        _uploader,
        way="not sent yet",
    ),
)
