"""A member finds a mentor and writes to them in two clicks; a mentor says what is said of them. Seen from outside."""

import io

from PIL import Image

from tests.support.clients import JsHost
from tests.support.clinic import Clinic
from tests.support.flows import accepted, joined, say
from tests.support.rest import Rest
from tests.support.specimens import pdf, photo
from tests.support.uploads import show_oneself

PATH = "/api/mentors"


async def test_from_the_directory_to_a_conversation_in_two_calls(clinic: Clinic, js: JsHost, rest: Rest) -> None:
    member, mentor = clinic.person("paul"), clinic.person("david")
    by = rest.of(member.token)
    online = await js.connected(clinic.url, mentor.token)
    [found] = (await by.get(PATH, q="emergncy", country="NG"))["items"]
    assert (found["firstName"], found["availability"], found["online"]) == ("David", "limited", True)
    profile = (await by.get(f"{PATH}/{found['id']}"))["mentor"]
    assert (profile["canMessage"], profile["conversationId"]) == (True, None)
    assert "Lagos" in profile["bio"]
    opened = await by.call("POST", "/api/messaging/conversations", {"participantId": found["id"]})
    again = await by.call("POST", "/api/messaging/conversations", {"participantId": found["id"]})
    assert (opened.status, again.status) == (201, 200)
    conversation_id = opened.body["conversation"]["id"]
    assert again.body["conversation"]["id"] == conversation_id
    assert (await online.event("conversation_created"))["conversation"]["id"] == conversation_id
    await joined(online, conversation_id)
    socket = await js.connected(clinic.url, member.token)
    asked = await say(socket, conversation_id, "Bonsoir ! 🌙")
    assert (await online.event("new_message"))["message"] == asked
    assert (await by.get(f"{PATH}/{found['id']}"))["mentor"]["conversationId"] == conversation_id
    accepted(await online.ask("add_reaction", {"messageId": asked["id"], "emoji": "👋🏾"}))
    assert (await socket.event("conversation_updated"))["conversation"]["id"] == conversation_id


async def test_the_demo_has_twelve_mentors_and_counts_that_agree(clinic: Clinic, rest: Rest) -> None:
    by = rest.of(clinic.person("ines").token)
    seen: list[int] = []
    before: dict[str, str] = {}
    while True:
        page = await by.get(PATH, limit=5, **before)
        seen += [mentor["id"] for mentor in page["items"]]
        if not page["hasMore"]:
            break
        before = {"before": page["next"]}
    counts = await by.get(f"{PATH}/counts")
    assert len(seen) == len(set(seen)) == counts["total"] >= 12
    assert len(counts["countries"]) >= 10
    french = next(one["count"] for one in counts["languages"] if one["value"] == "fr")
    assert len((await by.get(PATH, language="fr"))["items"]) == french
    for wrong in (
        {"country": "XX"},
        {"country": "fr"},
        {"language": "French"},
        {"availability": "now"},
        {"before": "x"},
    ):
        answer = await by.call("GET", PATH, **wrong)
        assert (answer.status, list(answer.body["error"]["fields"])) == (400, list(wrong)), wrong


async def test_a_mentor_says_who_they_are_and_shows_a_face(clinic: Clinic, rest: Rest) -> None:
    mentor, member = clinic.person("sofia"), clinic.person("ines")
    by, other = rest.of(mentor.token), rest.of(member.token)
    before = (await by.get(f"{PATH}/me"))["mentor"]
    change = {
        "headline": "  <b>Grants</b> & careers 🎓 ",
        "specialties": ["Recherche", "Bourses  européennes"],
        "country": None,
    }
    changed = (await by.patch(f"{PATH}/me", change))["mentor"]
    assert (changed["headline"], changed["country"], changed["bio"]) == (
        "<b>Grants</b> & careers 🎓",
        None,
        before["bio"],
    )
    assert changed["specialties"] == ["Recherche", "Bourses européennes"]
    [found] = (await other.get(PATH, specialty="bourses EUROPEENNES"))["items"]
    assert found["id"] == mentor.id

    shown = await show_oneself(rest.session, rest.url, mentor, photo(secret="where I live"))
    assert shown.status == 200, shown
    assert shown.body["mentor"]["hasAvatar"] is True
    headers = {"Authorization": f"Bearer {member.token}"}
    async with rest.session.get(f"{rest.url}{PATH}/{mentor.id}/avatar", headers=headers) as reply:
        small = await reply.read()
        assert (reply.status, reply.content_type) == (200, "image/jpeg")
    with Image.open(io.BytesIO(small)) as picture:
        assert max(picture.size) <= 320
    assert b"where I live" not in small
    for data, name in ((pdf(), "me.pdf"), (b"GIF89a", "me.gif"), (pdf(), "me.jpg")):
        refused = await show_oneself(rest.session, rest.url, mentor, data, name)
        assert (refused.status, refused.body["error"]["code"]) == (415, "UNSUPPORTED_FILE"), name
    assert (await by.delete(f"{PATH}/me/avatar"))["mentor"]["hasAvatar"] is False
    assert (await other.call("GET", f"{PATH}/{mentor.id}/avatar")).status == 404
    for wrong in (
        {"headline": "x" * 161},
        {"bio": "x" * 4001},
        {"country": "ZZ"},
        {"languages": ["french"]},
        {"specialties": ["…"]},
        {"specialties": ["x"] * 11},
        {"availability": "soon"},
        {"answersAccepted": 99},
    ):
        answer = await by.call("PATCH", f"{PATH}/me", wrong)
        assert (answer.status, answer.body["error"]["code"]) == (400, "VALIDATION_FAILED"), wrong
