"""What a hospital's security officer tries by hand: the edges of files, and what an insider bends behind the server."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.clinic import Clinic, Pair
from tests.support.postgres import connected
from tests.support.rest import Rest
from tests.support.site import headers
from tests.support.specimens import ebml, pdf, webm
from tests.support.uploads import PATH, upload
from tests.support.wire_client import WireClient

MOST = 10_000_000


def voice_of(size: int) -> bytes:
    return webm(extra=ebml(b"\x1fC\xb6u", bytes(size - len(webm(extra=ebml(b"\x1fC\xb6u", b""))))))


def store_of(clinic: Clinic) -> Path:
    return clinic.server.log.parent / "var" / "files"


async def put(rest: Rest, clinic: Clinic, pair: Pair, data: bytes, name: str) -> tuple[int, Any]:
    return await upload(rest.session, clinic.url, pair.patient, pair.conversation_id, data, name)


async def sent(rest: Rest, clinic: Clinic, pair: Pair, *files: bytes) -> list[int]:
    """Each in a message of its own."""
    ids = []
    for data in files:
        status, body = await put(rest, clinic, pair, data, "letter.pdf")
        assert status == 201, body
        ids.append(int(body["attachment"]["id"]))
        path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
        await rest.of(pair.patient.token).post(path, {"content": "", "attachmentIds": [ids[-1]]})
    return ids


async def fetched(rest: Rest, clinic: Clinic, pair: Pair, path: str) -> bytes | None:
    """None: refused, or broken off."""
    try:
        async with rest.session.get(f"{clinic.url}{path}", headers=headers(pair.doctor.token)) as reply:
            data = await reply.read()
            return data if reply.status == 200 else None
    except aiohttp.ClientError:
        return None


async def test_edges_of_files(rest: Rest, clinic: Clinic, pair: Pair) -> None:
    whole, over = voice_of(MOST), voice_of(MOST + 1)
    assert (len(whole), len(over)) == (MOST, MOST + 1)
    assert (await put(rest, clinic, pair, whole, "voix.webm"))[0] == 201
    assert (await put(rest, clinic, pair, over, "voix.webm"))[0] == 413
    for name in ("été à l’hôpital 病院 😀.pdf", "e\u0301te\u0301.pdf", "x" * 251 + ".pdf", "نتيجة.pdf"):
        status, body = await put(rest, clinic, pair, pdf(), name)
        assert status == 201, (name, body)
    ids = [(await put(rest, clinic, pair, pdf(), "a.pdf"))[1]["attachment"]["id"] for _ in range(6)]
    by, path = rest.of(pair.patient.token), f"/api/messaging/conversations/{pair.conversation_id}/messages"
    assert (await by.call("POST", path, {"content": "x", "attachmentIds": ids})).status == 400
    assert (await by.call("POST", path, {"content": "x", "attachmentIds": [ids[0]] * 2})).status == 400
    # The text is not lost with the file that fails, nor does the file go with it half.
    assert (await by.call("POST", path, {"content": "x", "attachmentIds": [ids[0], 2**40]})).status == 400
    assert (await by.get(path))["items"] == []
    assert (await by.call("POST", path, {"content": "x", "attachmentIds": ids[:5]})).status == 201


async def test_what_an_insider_bends_is_not_given_out(rest: Rest, clinic: Clinic, pair: Pair, stranger: Pair) -> None:
    """In the store and in the rows: swapped, cut, changed, brought from elsewhere. Each fails closed, and is mended again."""
    one, two = await sent(rest, clinic, pair, pdf(title="un"), pdf(title="deux"))
    [other] = await sent(rest, clinic, stranger, pdf(title="autre"))
    with connected(clinic.owner_url) as cursor:
        cursor.execute("SELECT id, token FROM attachments WHERE id = ANY (%s)", ([one, two, other],))
        places = {row[0]: store_of(clinic) / str(row[1])[:2] / f"{row[1].hex}00" for row in cursor.fetchall()}
    path = f"{PATH}/{one}"
    good = await fetched(rest, clinic, pair, path)
    assert good == pdf(title="un")
    kept = {key: place.read_bytes() for key, place in places.items()}
    bends: dict[str, Callable[[], bytes]] = {
        "swapped": lambda: kept[two],
        "of another conversation": lambda: kept[other],
        "cut": lambda: kept[one][:-1],
        "changed": lambda: kept[one][:-20] + bytes([kept[one][-20] ^ 1]) + kept[one][-19:],
        "emptied": lambda: b"",
        "longer": lambda: kept[one] + b"\0",
    }
    seen = {}
    for name, bend in bends.items():
        places[one].write_bytes(bend())
        seen[name] = await fetched(rest, clinic, pair, path)
        places[one].write_bytes(kept[one])
    assert {name: data for name, data in seen.items() if data not in (None, good)} == {}
    assert {name for name, data in seen.items() if data is not None} <= {"longer"}, "what follows the end is not read"
    for column, value in (("size", "size - 1"), ("media_type", "'image/png'"), ("uploader_id", "uploader_id + 1")):
        with connected(clinic.owner_url) as cursor:
            cursor.execute(f"SELECT {column} FROM attachments WHERE id = %s", (one,))  # noqa: S608  # names of ours
            [before] = cursor.fetchone()
            cursor.execute(f"UPDATE attachments SET {column} = {value} WHERE id = %s", (one,))  # noqa: S608  # as above
        assert await fetched(rest, clinic, pair, path) is None, column
        with connected(clinic.owner_url) as cursor:
            cursor.execute(f"UPDATE attachments SET {column} = %s WHERE id = %s", (before, one))  # noqa: S608  # as above
    assert await fetched(rest, clinic, pair, path) == good


async def test_exports_end_with_their_time_and_are_as_they_were_asked_for(
    rest: Rest, clinic: Clinic, pair: Pair
) -> None:
    """What is said while one is made is not in it; past its time its link is nobody's; a changed file does not open."""
    by, own = rest.of(pair.doctor.token), f"/api/messaging/conversations/{pair.conversation_id}"
    for number in range(30):
        await by.post(f"{own}/messages", {"content": f"avant {number}"})

    async def talk() -> None:
        for number in range(30):
            await by.post(f"{own}/messages", {"content": f"après {number}"})

    talking = asyncio.create_task(talk())
    export = f"/api/messaging/exports/{(await by.post(f'{own}/exports', {'format': 'json'}))['exportId']}"
    async with asyncio.timeout(20):
        while (found := await by.get(export))["state"] != "ready":
            await asyncio.sleep(0.02)
    await talking
    data = await fetched(rest, clinic, pair, f"{export}/file")
    assert data is not None
    seqs = [message["seq"] for message in json.loads(data)["messages"]]
    assert seqs == list(range(1, len(seqs) + 1)) and 30 <= len(seqs) <= 60
    with connected(clinic.owner_url) as cursor:
        cursor.execute("SELECT token FROM exports WHERE id = %s", (found["exportId"],))
        token = cursor.fetchone()[0].hex
    place = store_of(clinic) / token[:2] / f"{token}e0"
    sealed = place.read_bytes()
    place.write_bytes(sealed[:-20] + bytes([sealed[-20] ^ 1]) + sealed[-19:])
    assert await fetched(rest, clinic, pair, f"{export}/file") is None
    place.write_bytes(sealed)
    assert await fetched(rest, clinic, pair, f"{export}/file") == data
    with connected(clinic.owner_url) as cursor:
        cursor.execute("UPDATE exports SET expires_at = now() WHERE id = %s", (found["exportId"],))
    assert (await by.call("GET", f"{export}/file")).status == 409
    assert (await by.get(export))["url"] is None


async def test_closing_while_others_send_leaves_no_message_behind_the_end(
    rest: Rest, clinic: Clinic, pair: Pair
) -> None:
    own = f"/api/messaging/conversations/{pair.conversation_id}"
    async with aiohttp.ClientSession() as session:
        patient = await WireClient(session, clinic.url, pair.patient.token).connect()
        here = {"conversationId": pair.conversation_id}
        acks = [await patient.send("send_message", {**here, "content": str(number)}) for number in range(20)]
        closing = asyncio.create_task(rest.of(pair.doctor.token).patch(own, {"status": "closed"}))
        acks += [await patient.send("send_message", {**here, "content": str(number)}) for number in range(20, 40)]
        answers = await asyncio.gather(*acks)
        await closing
        codes = [None if ack["ok"] else ack["error"]["code"] for ack in answers]
        stored = codes.count(None)
        assert codes == [None] * stored + ["CONFLICT"] * (40 - stored)
        assert (await patient.call("send_message", {**here, "content": "encore"}))["error"]["code"] == "CONFLICT"
        await patient.close()
    page = await rest.of(pair.doctor.token).get(f"{own}/messages", limit=200)
    assert [item["content"] for item in page["items"]] == [str(number) for number in range(stored)]


async def test_who_was_erased_is_linked_to_nobody_again(rest: Rest, clinic: Clinic) -> None:
    pair, admin = clinic.pairs(1)[0], rest.of(clinic.person("admin").token)
    await admin.post(f"/api/admin/users/{pair.patient.id}/erasure", {"reason": "letter of 3 May"})
    people = {"patientId": pair.patient.id, "doctorId": pair.doctor.id}
    answer = await admin.call("PUT", "/api/admin/care-links/host-1", people)
    assert (answer.status, answer.body["error"]["fields"].keys()) == (400, {"patientId"})
