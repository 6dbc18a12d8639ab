"""What socket events leave on the trail. Sends and marks come by thousands a second: one line of a table each, and no more
than two calls for those.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from controllers.socket.boundary import Noting
from controllers.socket.contract import Asked, Caller, Reply
from controllers.trail_refusals import note_refusal
from controllers.trail_rules import seqs
from services.messages import Posted
from services.resume import Update
from services.trail_ports import TrailEntry, TrailWriter

ACTIONS = {
    "join_room": "conversation.join",
    "sync": "conversation.sync",
    "send_message": "message.send",
    "add_reaction": "message.react",
    "remove_reaction": "message.unreact",
    "mark_as_read": "message.read",
    "mark_as_delivered": "message.delivered",
    "connection_stats": "admin.view",
}


class SocketWitness:
    """controllers.socket.boundary.Witness."""

    def __init__(self, trail: TrailWriter) -> None:
        self._trail = trail
        self._table: Mapping[str, Noting] = {
            "join_room": self._join,
            "sync": self._sync,
            "send_message": self._send,
            "add_reaction": partial(self._reacted, "message.react"),
            "remove_reaction": partial(self._reacted, "message.unreact"),
            "mark_as_read": self._read,
            "mark_as_delivered": self._delivered,
            "connection_stats": self._stats,
        }

    def noting(self, event: str) -> Noting | None:
        return self._table.get(event)

    def refused(self, error: BaseException, caller: Caller, asked: Asked, label: str) -> None:
        """`label`: the event, or "unknown"."""
        data = asked.args[0] if asked.args and isinstance(asked.args[0], dict) else {}
        conversation_id = data.get("conversationId")
        sane = type(conversation_id) is int and 0 < conversation_id < 2**63
        note_refusal(
            self._trail,
            error,
            action=ACTIONS.get(label, "socket.event"),
            principal=caller.principal,
            origin=caller.origin,
            object_id=label,
            conversation_id=conversation_id if sane else None,
        )

    def _send(self, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        posted: Posted = reply.ack
        if not posted.duplicate:
            message = posted.message
            self._trail.tally(
                "message.send", caller.principal, caller.origin, caller.socket_id, message.conversation_id, message.seq
            )

    def _reacted(self, action: str, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        message = reply.ack["message"]
        self._trail.note(
            TrailEntry(
                action=action,
                principal=caller.principal,
                origin=caller.origin,
                object_type="message",
                object_id=str(message.id),
                conversation_id=message.conversation_id,
            )
        )

    def _read(self, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        up_to = data.get("up_to_seq") or 0
        self._trail.tally(
            "message.read", caller.principal, caller.origin, caller.socket_id, data["conversation_id"], up_to
        )

    def _delivered(self, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        self._trail.tally(
            "message.delivered",
            caller.principal,
            caller.origin,
            caller.socket_id,
            data["conversation_id"],
            data["up_to_seq"],
        )

    def _join(self, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        self._note(caller, "conversation.join", reply.ack)

    def _sync(self, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        for update in reply.ack["conversations"].values():
            if update.messages or update.changes:
                self._note(caller, "conversation.sync", update)
        others = ",".join(str(view.row.id) for view in reply.ack["others"])
        if others:
            self._trail.note(
                TrailEntry(
                    action="conversation.list",
                    principal=caller.principal,
                    origin=caller.origin,
                    object_type="conversation",
                    object_id=others,
                )
            )

    def _note(self, caller: Caller, action: str, update: Update) -> None:
        self._trail.note(
            TrailEntry(
                action=action,
                principal=caller.principal,
                origin=caller.origin,
                object_type="seq",
                object_id=seqs((*update.messages, *update.changes)),
                conversation_id=update.conversation_id,
            )
        )

    def _stats(self, caller: Caller, data: Mapping[str, Any], reply: Reply) -> None:
        self._trail.note(
            TrailEntry(action="admin.view", principal=caller.principal, origin=caller.origin, object_type="stats")
        )
