"""A node's second look in the database, for hints that never came."""

from server.reconciler.reconciler import Reconciler
from server.reconciler.told import Told
from server.reconciler.view import LocalSocket, LocalView, RoomPosition

__all__ = ["LocalSocket", "LocalView", "Reconciler", "RoomPosition", "Told"]
