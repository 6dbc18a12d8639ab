"""Fact → event: the only place from which clients are told what happened."""

from server.broadcaster.broadcaster import Broadcaster

__all__ = ["Broadcaster"]
