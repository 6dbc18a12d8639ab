"""Reactions and replies that quote, over both transports, as the stock client sees them."""

import json
from collections.abc import Callable
from typing import Any

from tests.support.clients import JsHost
from tests.support.clinic import Clinic, Pair
from tests.support.flows import accepted, joined, refused, say
from tests.support.follower import Follower
from tests.support.rest import Rest

# Each comes back with the bytes that were sent; every kind of sequence that Unicode has for emojis, and one to come.
EMOJIS = (
    "👍",
    "👍🏿",
    "❤️",
    "❤",
    "©️",
    "1️⃣",
    "🇫🇷",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "👨‍👩‍👧‍👦",
    "🧑🏽‍❤️‍💋‍🧑🏻",
    "🏳️‍🌈",
    "\U0001fae8",
    "\U0001fadc",
)
NO_EMOJIS = ("", "a", "1", "👍👍", "👍 ", "🏽", "🇫", "♔", "\u200d", "<b>", "👍\u200d", "e\u0301", "\U000e0067")


def having(name: str, value: int) -> Callable[[Any], bool]:
    """For events about a message."""
    return lambda data: bool(data["message"][name] == value)


async def test_a_reaction_is_told_to_the_room_and_to_who_comes_back(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, stranger: Pair
) -> None:
    people = (pair.patient, pair.doctor, stranger.doctor)
    patient, doctor, outsider = [await js.connected(clinic.url, person.token) for person in people]
    follower = Follower(doctor, pair.conversation_id)
    await joined(patient, pair.conversation_id)
    sent = await say(patient, pair.conversation_id, "bonjour")
    await follower.catch_up()
    path = f"/api/messaging/messages/{sent['id']}/reactions"
    acked = accepted(await doctor.ask("add_reaction", {"messageId": sent["id"], "emoji": "👍🏿"}))
    replied = await rest.of(pair.patient.token).post(path, {"emoji": "❤️"})
    expected = [
        {"emoji": "👍🏿", "count": 1, "userIds": [pair.doctor.id]},
        {"emoji": "❤️", "count": 1, "userIds": [pair.patient.id]},
    ]
    assert (acked["changed"], acked["message"]["reactions"]) == (True, expected[:1])
    assert (replied["changed"], replied["message"]["reactions"]) == (True, expected)
    for client in (patient, doctor):
        for change, message in ((2, acked["message"]), (3, replied["message"])):
            told = await client.event("reactions_changed", having("change", change))
            assert told == {"conversationId": pair.conversation_id, "change": change, "message": message}
    again = accepted(await doctor.ask("add_reaction", {"messageId": sent["id"], "emoji": "👍🏿"}))
    assert (again["changed"], again["message"]) == (False, replied["message"])

    accepted(await doctor.ask("leave_room", {"conversationId": pair.conversation_id}))
    follower.hear()
    gone = await rest.of(pair.doctor.token).delete(path, emoji="👍🏿")
    assert (gone["changed"], gone["message"]["reactions"]) == (True, expected[1:])
    accepted(await patient.ask("add_reaction", {"messageId": sent["id"], "emoji": "👍"}))
    assert await follower.catch_up() == 1, "one message, whatever happened to it"
    assert follower.messages[1]["reactions"] == [
        *expected[1:],
        {**expected[0], "emoji": "👍", "userIds": [pair.patient.id]},
    ]
    assert len(patient.all("reactions_changed")) == 4

    for event in ("add_reaction", "remove_reaction"):
        assert refused(await outsider.ask(event, {"messageId": sent["id"], "emoji": "👍"})) == "NOT_FOUND"
    answer = await rest.of(stranger.doctor.token).call("POST", path, {"emoji": "👍"})
    assert answer.status == 404
    assert outsider.all("reactions_changed") == []
    assert clinic.log.count("👍") == 0


async def test_any_emoji_comes_back_byte_for_byte_and_nothing_else_is_taken(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair
) -> None:
    patient, doctor = await js.connected(clinic.url, pair.patient.token), rest.of(pair.doctor.token)
    sent = await say(patient, pair.conversation_id, "bonjour")
    path = f"/api/messaging/messages/{sent['id']}/reactions"
    kept: list[str] = []
    for emoji in EMOJIS[:12]:
        by_socket = accepted(await patient.ask("add_reaction", {"messageId": sent["id"], "emoji": emoji}))
        kept.append(emoji)
        assert [one["emoji"] for one in by_socket["message"]["reactions"]] == kept
    one_too_many = await patient.ask("add_reaction", {"messageId": sent["id"], "emoji": EMOJIS[12]})
    assert refused(one_too_many) == "CONFLICT"
    for emoji in (*kept[:11], EMOJIS[12]):
        await doctor.post(path, {"emoji": emoji})
    [item] = (await doctor.get(f"/api/messaging/conversations/{pair.conversation_id}/messages"))["items"]
    assert [one["emoji"] for one in item["reactions"]] == [*kept, EMOJIS[12]]
    assert [one["count"] for one in item["reactions"]] == [2] * 11 + [1, 1]
    for emoji in EMOJIS:
        assert (await doctor.delete(path, emoji=emoji))["changed"] is (emoji != kept[11])
    for wrong in NO_EMOJIS:
        ack = await patient.ask("add_reaction", {"messageId": sent["id"], "emoji": wrong})
        assert (refused(ack), list(ack["error"]["fields"])) == ("VALIDATION_FAILED", ["emoji"]), ascii(wrong)
        assert (await doctor.call("DELETE", path, emoji=wrong)).status == 400, ascii(wrong)


async def test_a_reply_shows_what_it_answers_to_everybody(
    clinic: Clinic, js: JsHost, rest: Rest, pair: Pair, stranger: Pair
) -> None:
    patient, doctor = [await js.connected(clinic.url, person.token) for person in (pair.patient, pair.doctor)]
    await joined(doctor, pair.conversation_id)
    asked = await say(patient, pair.conversation_id, "Quand prendre\nle comprimé ?")
    quote = {
        "id": asked["id"],
        "seq": 1,
        "senderId": pair.patient.id,
        "senderName": asked["senderName"],
        "type": "text",
        "excerpt": "Quand prendre le comprimé ?",
        "deleted": False,
    }
    path = f"/api/messaging/conversations/{pair.conversation_id}/messages"
    by_rest = (await rest.of(pair.doctor.token).post(path, {"content": "le soir", "replyToId": asked["id"]}))["message"]
    by_socket = await say(patient, pair.conversation_id, "merci", replyToId=asked["id"])
    for message in (by_rest, by_socket):
        assert (message["replyTo"], message["replyToId"]) == (quote, asked["id"])
        told = await doctor.event("new_message", having("seq", message["seq"]))
        assert told["message"] == message
    await rest.of(pair.patient.token).delete(f"/api/messaging/messages/{asked['id']}")
    [_, answer, _] = (await rest.of(pair.doctor.token).get(path))["items"]
    assert answer["replyTo"] == {**quote, "excerpt": "", "deleted": True}
    assert (asked["replyTo"], asked["reactions"]) == (None, [])

    elsewhere = await js.connected(clinic.url, stranger.patient.token)
    foreign = {"conversationId": stranger.conversation_id, "content": "x", "replyToId": asked["id"]}
    ack = await elsewhere.ask("send_message", foreign)
    assert (refused(ack), list(ack["error"]["fields"])) == ("VALIDATION_FAILED", ["replyToId"])
    assert "comprim" not in json.dumps(ack)
