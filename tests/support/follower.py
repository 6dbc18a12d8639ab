"""A client that keeps a list of messages the way a web page does: live events, and after an outage what join_room tells."""

from typing import Any

from tests.support.clients import Client
from tests.support.flows import accepted

MESSAGE_EVENTS = ("new_message", "message_updated", "message_deleted", "reactions_changed")


class Follower:
    """`messages` by seq, as they are at `position`."""

    def __init__(self, client: Client, conversation_id: int) -> None:
        self.client = client
        self.conversation_id = conversation_id
        self.messages: dict[int, dict[str, Any]] = {}
        self.position = {"seq": 0, "change": 0}
        self.told: list[int] = []
        """The change of every message that an answer held: none may come twice."""

    def hear(self) -> None:
        """Takes in what came live since the last time."""
        for seen in self.client.seen:
            if seen.kind == "event" and seen.name in MESSAGE_EVENTS:
                self._take(seen.data["message"])
        self.client.forget()

    async def catch_up(self) -> int:
        """By join_room, page by page. Returns how many messages that took."""
        count, more = 0, True
        while more:
            page = accepted(await self.client.ask("join_room", self._where()))
            assert page["resync"] is False
            count += self._take_page(page)
            more = page["hasMore"]
        return count

    async def sync(self) -> int:
        count, more = 0, True
        while more:
            reply = accepted(await self.client.ask("sync", {"positions": {str(self.conversation_id): self.position}}))
            page = reply["conversations"][str(self.conversation_id)]
            count += self._take_page(page)
            more = page["hasMore"]
        return count

    def as_shown(self) -> list[tuple[int, int, str, bool]]:
        """(seq, change, content, deleted) of each message."""
        shown = [self.messages[seq] for seq in sorted(self.messages)]
        return [(one["seq"], one["change"], one["content"], one["deletedAt"] is not None) for one in shown]

    def _where(self) -> dict[str, int]:
        return {
            "conversationId": self.conversation_id,
            "afterSeq": self.position["seq"],
            "afterChange": self.position["change"],
        }

    def _take_page(self, page: dict[str, Any]) -> int:
        messages = [*page["changes"], *page["messages"]]
        for message in messages:
            self.told.append(message["change"])
            self._take(message)
        self.position = page["position"]
        return len(messages)

    def _take(self, message: dict[str, Any]) -> None:
        known = self.messages.get(message["seq"])
        if known is None or known["change"] <= message["change"]:
            self.messages[message["seq"]] = message
        self.position = {
            "seq": max(self.position["seq"], message["seq"]),
            "change": max(self.position["change"], message["change"]),
        }
