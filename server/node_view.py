"""server.reconciler.LocalView: what the sockets of this node have been told, and who they are."""

from collections.abc import Iterable, Mapping

from server.broadcaster.tracks import RoomTracks
from server.realtime import Realtime
from server.reconciler import LocalSocket, RoomPosition, Told
from services.resume import Update
from services.room_names import conversation_room, watched_in


class NodeView:
    def __init__(self, *, realtime: Realtime, tracks: RoomTracks, told: Told) -> None:
        self._realtime = realtime
        self._tracks = tracks
        self._told = told

    def joined(self, update: Update) -> None:
        """A socket has its page of the conversation up to here."""
        conversation_id = update.conversation_id
        if not self._realtime.anybody_in(conversation_room(conversation_id)):
            # It went, or was expelled, while its page was read: nobody would leave the room, and so it would not be forgotten.
            return
        self._tracks.start(conversation_id, change=update.last_change, seq=update.last_seq)
        self._told.start(
            conversation_id,
            [(state.row.user_id, state.row.read_seq, state.row.delivered_seq) for state in update.participants],
        )

    def left(self, conversation_id: int) -> None:
        """A socket left the room; with the last one the room is forgotten."""
        if not self._realtime.anybody_in(conversation_room(conversation_id)):
            self._tracks.forget(conversation_id)
            self._told.forget(conversation_id)

    def rooms(self) -> Mapping[int, RoomPosition]:
        return {
            key: RoomPosition(
                change=track.changes.floor or 0,
                seq=track.seqs.floor or 0,
                changes_ahead=track.changes.ahead,
                seqs_ahead=track.seqs.ahead,
            )
            for key, track in self._tracks.started().items()
        }

    def sitting(self) -> Iterable[tuple[int, int]]:
        for conversation_id in self._tracks.started():
            for user_id in self._realtime.users_in(conversation_room(conversation_id)):
                yield conversation_id, user_id

    def sockets(self) -> Iterable[LocalSocket]:
        return {LocalSocket(it.user_id, it.session_id, it.role) for it in self._realtime.principals()}

    def watching(self) -> Iterable[tuple[int, int]]:
        for room, watched in watched_in(self._realtime.rooms()):
            for user_id in self._realtime.users_in(room):
                yield user_id, watched

    def settle(self, conversation_id: int, *, change: int, seq: int) -> None:
        self._tracks.settle(conversation_id, change=change, seq=seq)
