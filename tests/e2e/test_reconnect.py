"""Outages made for real: the client comes back by itself and then knows exactly what it would have known."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.clients import POLLING, POLLING_THEN_WEBSOCKET, WEBSOCKET, JsClient, JsHost
from tests.support.clinic import Clinic, Pair, running_clinic
from tests.support.flows import accepted, joined, say
from tests.support.follower import Follower
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest
from tests.support.tcp_proxy import tcp_proxy

WAYS = {"default": POLLING_THEN_WEBSOCKET, "websocket": WEBSOCKET, "polling": POLLING}


@pytest.fixture(scope="module")
def clinic(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    """A server that is killed and stopped here, and so is nobody else's."""
    with running_clinic(cluster, tmp_path_factory.mktemp("restarting")) as running:
        yield running


def _path(pair: Pair) -> str:
    return f"/api/messaging/conversations/{pair.conversation_id}/messages"


async def _shown_by_the_server(rest: Rest, pair: Pair) -> list[tuple[int, int, str, bool]]:
    page = await rest.of(pair.doctor.token).get(_path(pair), limit=200)
    return [(one["seq"], one["change"], one["content"], one["deletedAt"] is not None) for one in page["items"]]


async def _followed(client: JsClient, pair: Pair, rest: Rest) -> tuple[Follower, list[int]]:
    """The doctor has seen five messages of the patient; the ids of these."""
    follower = Follower(client, pair.conversation_id)
    await joined(client, pair.conversation_id)
    by = rest.of(pair.patient.token)
    sent = [await by.post(_path(pair), {"content": f"before {number}"}) for number in range(5)]
    await client.event("new_message", lambda data: data["message"]["seq"] == 5)
    follower.hear()
    return follower, [one["message"]["id"] for one in sent]


async def _missed(pair: Pair, rest: Rest, known: list[int]) -> None:
    """An edit, a deletion, three new ones, one of which is edited and one deleted: five messages look new."""
    by = rest.of(pair.patient.token)
    fresh = [await by.post(_path(pair), {"content": f"while away {number}"}) for number in range(3)]
    await by.patch(f"/api/messaging/messages/{known[1]}", {"content": "before 1, edited"})
    await by.delete(f"/api/messaging/messages/{known[3]}")
    await by.patch(f"/api/messaging/messages/{fresh[0]['message']['id']}", {"content": "while away 0, edited"})
    await by.delete(f"/api/messaging/messages/{fresh[1]['message']['id']}")


@pytest.mark.parametrize("how", ["join_room", "sync"])
async def test_after_a_cut_connection_exactly_what_was_missed_comes(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, how: str
) -> None:
    async with tcp_proxy(clinic.server.port) as wire:
        client = await js.connected(wire.url, pair.doctor.token)
        follower, known = await _followed(client, pair, rest)
        await wire.cut()
        await client.happened("disconnect")
        await _missed(pair, rest, known)
        client.forget()
        await wire.mend()
        await client.happened("connect")
        count = await (follower.catch_up() if how == "join_room" else follower.sync())
        assert count == 5
        assert len(follower.told) == len(set(follower.told))
        assert follower.as_shown() == await _shown_by_the_server(rest, pair)
        assert await (follower.catch_up() if how == "join_room" else follower.sync()) == 0
        await client.close()


async def test_five_hundred_missed_messages_come_in_pages_and_in_time(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    sender = await js.connected(clinic.url, pair.patient.token, options=WEBSOCKET)
    wanted = [f"number {number}" for number in range(500)]
    for start in range(0, 500, 100):
        await asyncio.gather(*(say(sender, pair.conversation_id, text) for text in wanted[start : start + 100]))
    client = await js.connected(clinic.url, pair.doctor.token, options=WEBSOCKET)
    follower = Follower(client, pair.conversation_id)
    async with asyncio.timeout(2):
        assert await follower.catch_up() == 500
    assert [follower.messages[seq]["content"] for seq in range(1, 501)] == wanted


@pytest.mark.parametrize("way", WAYS)
async def test_after_a_killed_server_clients_return_and_nothing_acked_is_lost(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, way: str
) -> None:
    patient = await js.connected(clinic.url, pair.patient.token, options=WAYS[way])
    doctor = await js.connected(clinic.url, pair.doctor.token, options=WAYS[way])
    follower = Follower(doctor, pair.conversation_id)
    await joined(doctor, pair.conversation_id)
    ids = [str(uuid4()) for _ in range(20)]

    async def sent_for_sure(client_id: str) -> int:
        """As an app does it: again with the same id until there is an ack."""
        body = {"conversationId": pair.conversation_id, "content": client_id, "clientMessageId": client_id}
        while True:
            try:
                ack = await patient.ask("send_message", body)
            except TimeoutError:
                continue
            if ack.get("ok") or ack["error"]["code"] != "UNAVAILABLE":
                seq: int = accepted(ack)["message"]["seq"]
                return seq

    first = await asyncio.gather(*(sent_for_sure(one) for one in ids[:5]))
    under_way = asyncio.gather(*(sent_for_sure(one) for one in ids[5:]))
    clinic.server.kill()
    for client in (patient, doctor):
        await client.happened("disconnect")
        client.forget()
    clinic.server.start()
    for client in (patient, doctor):
        await client.event("connection_established")
    seqs = [*first, *await under_way]
    assert sorted(seqs) == list(range(1, 21))
    follower.position = {"seq": 0, "change": 0}
    await follower.catch_up()
    assert [follower.messages[seq]["content"] for seq in seqs] == ids


@pytest.mark.parametrize("way", WAYS)
async def test_after_an_orderly_stop_clients_return_by_themselves(
    clinic: Clinic, js: JsHost, pair: Pair, way: str
) -> None:
    client = await js.connected(clinic.url, pair.patient.token, options=WAYS[way])
    clinic.server.terminate()
    assert clinic.server.exit_code(patience=10) == 0
    lost = await client.happened("disconnect")
    assert lost.data["active"] is True, f"told not to come back: {lost.name}"
    client.forget()
    # From the main thread: the server is bound to the life of the thread that starts it.
    clinic.server.start()
    await client.event("connection_established", patience=10)
    await say(client, pair.conversation_id, "back again")


async def test_a_position_from_the_future_means_to_load_anew(clinic: Clinic, js: JsHost, pair: Pair) -> None:
    """As after a restored backup."""
    client = await js.connected(clinic.url, pair.patient.token)
    await say(client, pair.conversation_id, "the only one")
    ahead = {"conversationId": pair.conversation_id, "afterSeq": 7, "afterChange": 9}
    page = accepted(await client.ask("join_room", ahead))
    assert (page["resync"], page["messages"], page["lastSeq"]) == (True, [], 1)
    positions = {str(pair.conversation_id): {"seq": 7, "change": 9}}
    reply = accepted(await client.ask("sync", {"positions": positions}))
    assert reply["conversations"][str(pair.conversation_id)]["resync"] is True


async def test_sync_tells_of_conversations_the_client_did_not_name_and_of_those_that_are_not_its_own(
    clinic: Clinic, js: JsHost, pair: Pair, stranger: Pair
) -> None:
    client = await js.connected(clinic.url, pair.patient.token)
    reply = accepted(await client.ask("sync", {"positions": {str(stranger.conversation_id): {"seq": 0, "change": 0}}}))
    assert reply["gone"] == [stranger.conversation_id]
    assert [one["id"] for one in reply["others"]] == [pair.conversation_id]
    assert reply["conversations"] == {}
