"""Rows of the socket events."""

from typing import Any

from tests.support.matrix.rules import (
    AUTH_REQUIRED,
    NOT_FOUND,
    OK,
    administrators,
    always,
    anybody,
    participants,
    who_see_each_other,
    writers,
)
from tests.support.matrix.table import Row, Scene, event, outcome_of


def here(**more: Any) -> Any:
    return lambda scene: {"conversationId": scene.thread.conversation_id, **more}


async def _synced(scene: Scene) -> str:
    """Who has no part in it is told that it is gone, and nothing of it."""
    number = str(scene.thread.conversation_id)
    ack = await scene.emit("sync", {"positions": {number: {"seq": 0, "change": 0}}})
    assert ack["ok"], ack
    assert (number in ack["conversations"]) != (scene.thread.conversation_id in ack["gone"]), ack
    return OK if number in ack["conversations"] else NOT_FOUND


async def _present(scene: Scene) -> str:
    ack = await scene.emit("get_presence", {"userIds": [scene.other.id]})
    assert ack["ok"], ack
    return OK if scene.other.id in [one["userId"] for one in ack["presence"]] else NOT_FOUND


async def _token_of_another(scene: Scene) -> str:
    return outcome_of(await scene.emit("refresh_token", {"token": scene.spare.thread.people["junior"].token}))


def _reaction(scene: Scene) -> dict[str, Any]:
    return {"messageId": scene.thread.messages.get(scene.who, scene.some_message), "emoji": "👏"}


ROWS = (
    Row("join_room", event("join_room", here(afterSeq=0, afterChange=0)), participants),
    Row("leave_room", event("leave_room", here()), anybody),
    Row("sync", _synced, participants),
    Row("send_message", event("send_message", here(content="by socket")), writers),
    Row("add_reaction", event("add_reaction", _reaction), writers),
    Row("remove_reaction", event("remove_reaction", _reaction), writers),
    Row("mark_as_read", event("mark_as_read", here(upToSeq=1)), participants),
    Row("mark_as_delivered", event("mark_as_delivered", here(upToSeq=1)), participants),
    Row("typing_start", event("typing_start", here()), writers),
    Row("typing_stop", event("typing_stop", here()), writers),
    Row("get_presence", _present, who_see_each_other),
    Row("connection_stats", event("connection_stats", lambda _: {}), administrators, stateless=True),
    Row("refresh_token", event("refresh_token", lambda scene: {"token": scene.me.token}), anybody, stateless=True),
    Row("refresh_token", _token_of_another, always(AUTH_REQUIRED), way="of somebody else", stateless=True),
)
