"""What a node remembers of its rooms lasts as long as somebody is in them."""

from server.broadcaster.tracks import RoomTracks
from server.node_view import NodeView
from server.reconciler import RoomPosition, Told
from services.resume import Position, Update
from tests.realtime.conftest import Serve

CONVERSATION = 7


def page(*, up_to: int) -> Update:
    return Update(
        conversation_id=CONVERSATION,
        last_seq=up_to,
        last_change=up_to,
        messages=(),
        changes=(),
        position=Position(up_to, up_to),
        has_more=False,
        resync=False,
        participants=(),
    )


async def test_a_page_for_who_has_gone_meanwhile_begins_no_room(serve: Serve) -> None:
    """Whoever came next would get everything since that page as new, though it is in their own page."""
    served = await serve()
    tracks = RoomTracks()
    view = NodeView(realtime=served.realtime, tracks=tracks, told=Told())
    view.joined(page(up_to=1))
    assert not tracks.conversations()
    client = await served.client()
    assert (await client.call("join", {"conversationId": CONVERSATION}))["ok"] is True
    view.joined(page(up_to=3))
    assert view.rooms() == {CONVERSATION: RoomPosition(change=3, seq=3)}
