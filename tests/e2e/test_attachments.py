"""Files over REST and sockets, as a browser has them."""

import asyncio
import io
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from tests.support.clients import JsHost
from tests.support.clinic import Clinic, Pair, Person
from tests.support.flows import accepted, joined, refused
from tests.support.hostile import HOSTILE, HOSTILE_NAMES
from tests.support.rest import Rest
from tests.support.specimens import GOOD, pdf, photo
from tests.support.uploads import PATH, upload


async def uploaded(rest: Rest, clinic: Clinic, pair: Pair, data: bytes, name: str = "letter.pdf") -> dict[str, Any]:
    status, body = await upload(rest.session, clinic.url, pair.patient, pair.conversation_id, data, name)
    assert status == 201, body
    attachment: dict[str, Any] = body["attachment"]
    return attachment


async def fetch(
    rest: Rest, clinic: Clinic, path: str, who: Person | None, **headers: str
) -> tuple[int, Mapping[str, str], bytes]:
    if who is not None:
        headers["Authorization"] = f"Bearer {who.token}"
    async with rest.session.get(f"{clinic.url}{path}", headers=headers) as reply:
        return reply.status, {**reply.headers}, await reply.read()


async def test_every_type_goes_to_the_other_over_both_transports(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    files = [await uploaded(rest, clinic, pair, make(), name) for name, (make, _) in GOOD.items()]
    assert [file["mediaType"] for file in files] == [media_type for _, media_type in GOOD.values()]
    assert [file["name"] for file in files] == list(GOOD)
    doctor = await js.connected(clinic.url, pair.doctor.token)
    patient = await js.connected(clinic.url, pair.patient.token)
    await joined(doctor, pair.conversation_id)
    ids = [file["id"] for file in files]
    body: dict[str, object] = {
        "conversationId": pair.conversation_id,
        "content": "",
        "attachmentIds": ids[:5],
        "type": "file",
    }
    acked = accepted(await patient.ask("send_message", body))["message"]
    told = await doctor.event("new_message", lambda data: data["message"]["id"] == acked["id"])
    assert told["message"]["attachments"] == acked["attachments"] == files[:5]
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    sent = await rest.of(pair.patient.token).post(path, {"content": "by REST", "attachmentIds": ids[5:]})
    assert sent["message"]["attachments"] == files[5:]
    page = await rest.of(pair.doctor.token).get(path)
    assert [item["attachments"] for item in page["items"]] == [files[:5], files[5:]]
    again = await patient.ask("send_message", body)
    assert refused(again) == "VALIDATION_FAILED"
    assert "attachmentIds" in again["error"]["fields"]


async def test_hostile_files_and_names_are_refused_over_rest(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    """Promise 14, the whole way. What needs no look inside costs nothing; the rest are taken a few at a time."""
    turns = asyncio.Semaphore(4)

    async def attempt(name: str, data: bytes) -> tuple[str, int, str]:
        async with turns:
            status, body = await upload(rest.session, clinic.url, pair.patient, pair.conversation_id, data, name)
            return name, status, body["error"]["code"]

    seen = await asyncio.gather(*(attempt(name, make()) for name, make, _ in HOSTILE))
    assert [each for each in seen if each[1:] != (415, "UNSUPPORTED_FILE")] == []
    named = await asyncio.gather(*(attempt(name, pdf()) for name in HOSTILE_NAMES))
    # A backslash in a header is an escape: what is left of such a name may be a type that is not taken.
    assert [each for each in named if each[1:] not in ((400, "VALIDATION_FAILED"), (415, "UNSUPPORTED_FILE"))] == []
    assert await attempt("big.pdf", pdf() + bytes(10_000_000)) == ("big.pdf", 413, "PAYLOAD_TOO_LARGE")
    assert await attempt("empty.pdf", b"") == ("empty.pdf", 400, "VALIDATION_FAILED")


async def test_a_file_is_never_shown_in_place(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    file = await uploaded(rest, clinic, pair, pdf(), "lettre d’été\u200d.pdf")
    status, headers, body = await fetch(rest, clinic, f"{PATH}/{file['id']}", pair.patient)
    assert (status, body) == (200, pdf())
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith('attachment; filename="lettre d__t__.pdf"; filename*=UTF-8')
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["Cache-Control"] == "private, no-store"


async def test_ranges(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    file = await uploaded(rest, clinic, pair, photo(), "photo.jpg")
    path, size = f"{PATH}/{file['id']}", file["size"]
    _, _, whole = await fetch(rest, clinic, path, pair.patient)
    assert len(whole) == size
    for asked, expected in (
        ("0-0", whole[:1]),
        ("100-199", whole[100:200]),
        ("-10", whole[-10:]),
        ("5000-", whole[5000:]),
    ):
        status, headers, body = await fetch(rest, clinic, path, pair.patient, Range=f"bytes={asked}")
        assert (status, body) == (206, expected)
        assert headers["Content-Range"].endswith(f"/{size}")
    for ignored in ("bytes=0-1,4-5", "lines=0-1", "bytes=9-1", "bytes=-"):
        assert (await fetch(rest, clinic, path, pair.patient, Range=ignored))[0] == 200
    for beyond in (f"bytes={size}-", "bytes=-0"):
        status, headers, _ = await fetch(rest, clinic, path, pair.patient, Range=beyond)
        assert (status, headers["Content-Range"]) == (416, f"bytes */{size}")


async def test_a_ticket_is_for_one_file_one_minute_and_one_session(
    clinic: Clinic, rest: Rest, pair: Pair, stranger: Pair
) -> None:
    one, two = [await uploaded(rest, clinic, pair, photo(), "photo.jpg") for _ in range(2)]
    me = rest.of(pair.patient.token)
    small = await me.post(f"{PATH}/{one['id']}/ticket", {"thumbnail": True})
    assert small["expiresIn"] == 60
    url = (await me.post(f"{PATH}/{one['id']}/ticket", {}))["url"]
    status, headers, body = await fetch(rest, clinic, url, None)
    assert (status, headers["Content-Type"], len(body)) == (200, "image/jpeg", one["size"])
    assert len((await fetch(rest, clinic, small["url"], None))[2]) < len(body)
    ticket = url.partition("ticket=")[2]
    for wrong in (
        f"{PATH}/{two['id']}/content?ticket={ticket}",
        url[:-3] + "AAA",
        f"{PATH}/{one['id']}/content?ticket=x",
    ):
        assert (await fetch(rest, clinic, wrong, None))[0] == 401
    assert (await rest.of(stranger.doctor.token).call("POST", f"{PATH}/{one['id']}/ticket", {})).status == 404
    assert ticket not in clinic.log
    await me.call("DELETE", f"/api/auth/sessions/{pair.patient.session_id}")
    assert (await fetch(rest, clinic, url, None))[0] == 401


@pytest.mark.parametrize("thumbnail", ["false", "true"])
async def test_whoever_has_no_part_gets_the_same_answer_as_for_nothing(
    clinic: Clinic, rest: Rest, pair: Pair, stranger: Pair, thumbnail: str
) -> None:
    file = await uploaded(rest, clinic, pair, photo(), "photo.jpg")
    answers = []
    for who, attachment_id in ((stranger.doctor, file["id"]), (pair.doctor, file["id"]), (stranger.doctor, 10**15)):
        status, _, body = await fetch(rest, clinic, f"{PATH}/{attachment_id}?thumbnail={thumbnail}", who)
        answers.append((status, b"NOT_FOUND" in body, len(body)))
    assert len(set(answers)) == 1 and answers[0][:2] == (404, True)
    status, body = await upload(rest.session, clinic.url, stranger.patient, pair.conversation_id, pdf())
    assert (status, body["error"]["code"]) == (404, "NOT_FOUND")


async def test_which_conversation_it_is_may_be_said_behind_the_file(
    clinic: Clinic, rest: Rest, pair: Pair, stranger: Pair
) -> None:
    async def post(conversation_id: int, data: bytes) -> tuple[int, Any]:
        form = aiohttp.FormData()
        form.add_field("file", data, filename="a.pdf")
        form.add_field("conversationId", str(conversation_id))
        headers = {"Authorization": f"Bearer {pair.patient.token}"}
        async with rest.session.post(f"{clinic.url}{PATH}", data=form, headers=headers) as reply:
            return reply.status, await reply.json()

    status, body = await post(pair.conversation_id, pdf())
    assert status == 201
    message = {"content": "", "attachmentIds": [body["attachment"]["id"]]}
    sent = await Rest(rest.session, clinic.url, pair.patient.token).post(
        f"/api/messaging/conversations/{pair.conversation_id}/messages", message
    )
    assert [file["name"] for file in sent["message"]["attachments"]] == ["a.pdf"]
    assert (await post(stranger.conversation_id, pdf()))[0] == 404
    status, body = await post(pair.conversation_id, b"no such file")
    assert (status, body["error"]["code"]) == (415, "UNSUPPORTED_FILE")


async def test_forms_of_another_make_are_refused(clinic: Clinic, rest: Rest, pair: Pair) -> None:
    headers = {"Authorization": f"Bearer {pair.patient.token}"}

    async def post(data: Any, **more: str) -> int:
        async with rest.session.post(f"{clinic.url}{PATH}", data=data, headers=headers | more) as reply:
            return reply.status

    def form(*parts: tuple[str, str | None]) -> aiohttp.FormData:
        made = aiohttp.FormData(default_to_multipart=True)
        for name, filename in parts:
            value = pdf() if filename else str(pair.conversation_id)
            made.add_field(name, value, filename=filename)
        return made

    field, file = ("conversationId", None), ("file", "a.pdf")
    assert await post(form(field, file)) == 201
    assert await post(form(file, field)) == 201
    for wrong in (
        (field, file, field),
        (file, field, field),
        (file, field, file),
        (file, field, ("another", None)),
        (field,),
        (field, field, file),
        (field, file, file),
        (field, ("other", "a.pdf")),
        (file,),
    ):
        assert await post(form(*wrong)) == 400
    assert await post(b"{}", **{"Content-Type": "application/json"}) == 400
    form_type = {"Content-Type": "multipart/form-data; boundary=x"}
    head = b'--x\r\nContent-Disposition: form-data; name="'
    many = b"".join(head + b'f%d"\r\n\r\n1\r\n' % n for n in range(10_000))
    for wrong_body in (b"nothing", head + b'conversationId"', many + b"--x--\r\n"):
        assert await post(io.BytesIO(wrong_body), **form_type) == 400
