"""What the sockets tell whoever counts."""

from typing import Protocol


class RealtimeMetrics(Protocol):
    """Names of events come from the table (or "unknown"), never from a client's text."""

    def connected(self) -> None: ...

    def disconnected(self) -> None: ...

    def event(self, name: str, seconds: float, code: str | None) -> None:
        """An event was answered; `code` None: it went well."""

    def acked(self, ok: bool) -> None: ...

    def cut(self, reason: str) -> None:
        """The server closed a connection: slow, flood, protocol, binary, silent, expired, …"""
