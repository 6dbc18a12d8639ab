"""Fact → event: the only place from which clients are told what happened."""

from server.broadcaster.broadcaster import Broadcaster
from server.broadcaster.digest import Digest
from server.broadcaster.forum import ForumTeller
from server.broadcaster.notices import NoticeTeller
from server.broadcaster.tracks import RoomTracks

__all__ = ["Broadcaster", "Digest", "ForumTeller", "NoticeTeller", "RoomTracks"]
