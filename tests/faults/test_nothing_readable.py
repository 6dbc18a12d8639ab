"""Promises 16 and 17 with everything on: what people say, and what lets somebody in, is readable nowhere behind them.

Words that are nowhere else are planted wherever people can put some, over two nodes and Valkey; then the dump of the
database, the folder of both nodes, all that went through Valkey, logs, metrics and every refusal are searched for them.
"""

import asyncio
import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import redis

from tests.support.clinic import Pair, pair_of
from tests.support.contexts import Subject
from tests.support.postgres import dumped
from tests.support.processes import ServerProcess
from tests.support.rest import Answer, Rest
from tests.support.site import Site
from tests.support.specimens import docx, photo
from tests.support.uploads import upload
from tests.support.valkey import Valkey
from tests.support.wire_client import WireClient

END = "the test has ended"
SEARCH = "/api/messaging/messages/search"


def forms(word: str) -> Iterator[str]:
    """As itself, in hexadecimal as bytea is dumped, and in base64 wherever it may begin."""
    yield from (word, word.encode().hex())
    yield from (base64.b64encode(b"x" * shift + word.encode()).decode()[8:-8] for shift in range(3))


@contextmanager
def overheard(url: str) -> Iterator[list[str]]:
    """Every command that Valkey gets meanwhile."""
    heard: list[str] = []
    client = redis.Redis.from_url(url, decode_responses=True, socket_timeout=None)
    with client.monitor() as monitor:  # type: ignore[no-untyped-call]  # redis-py has no types here

        def listen() -> None:
            for command in monitor.listen():
                heard.append(str(command["command"]))
                if END in heard[-1]:
                    return

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            yield heard
        finally:
            redis.Redis.from_url(url).echo(END)
            listener.join(10)


@dataclass
class Planted:
    """`said`: what goes to nobody but the two. `told`: what the trail keeps in words, for those whom it concerns. `refusals`:
    bodies of answers that were no."""

    said: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)

    def word(self, where: str) -> str:
        return self.said.setdefault(where, f"canary{uuid4().hex}")

    def reason(self, where: str) -> str:
        return self.told.setdefault(where, f"canary{uuid4().hex}")

    def refused(self, answer: Answer) -> None:
        assert answer.status >= 400, answer
        self.refusals.append(answer.body if isinstance(answer.body, str) else json.dumps(answer.body))


class Gardener:
    def __init__(self, http: aiohttp.ClientSession, nodes: list[ServerProcess], pair: Pair, admin: str) -> None:
        self._http, self._nodes, self._pair = http, nodes, pair
        self._patient = Rest(http, nodes[0].url, pair.patient.token)
        self._doctor = Rest(http, nodes[1].url, pair.doctor.token)
        self._admin = Rest(http, nodes[1].url, admin)
        self._path = f"/api/messaging/conversations/{pair.conversation_id}"
        self.planted = Planted()

    async def plant(self) -> None:
        await self.messages()
        await self.files()
        await self.contexts()
        await self.searches()
        await self.exports()
        await self.reasons()
        await self.refusals()

    async def messages(self) -> None:
        word = self.planted.word
        clients = [
            await WireClient(self._http, node.url, person.token).connect()
            for node, person in zip(self._nodes, (self._pair.patient, self._pair.doctor), strict=True)
        ]
        here = {"conversationId": self._pair.conversation_id}
        for client in clients:
            assert (await client.call("join_room", here))["ok"]
        sent = await clients[0].call("send_message", {**here, "content": word("content by socket")})
        await clients[1].wait_for("new_message", lambda data: data["message"]["id"] == sent["message"]["id"])
        await self._patient.patch(
            f"/api/messaging/messages/{sent['message']['id']}", {"content": word("edited content")}
        )
        gone = await self._patient.post(f"{self._path}/messages", {"content": word("deleted content")})
        await self._patient.delete(f"/api/messaging/messages/{gone['message']['id']}")
        quoting = {"content": word("quoting content"), "replyToId": sent["message"]["id"], "isUrgent": True}
        await self._doctor.post(f"{self._path}/messages", quoting)
        for client in clients:
            await client.close()

    async def files(self) -> None:
        letter = docx(text=self.planted.word("file bytes"))
        name = f"{self.planted.word('file name')}.docx"
        url, number = self._nodes[0].url, self._pair.conversation_id
        for sent in (True, False):
            status, body = await upload(self._http, url, self._pair.patient, number, letter, name)
            assert status == 201, body
            if sent:
                message = {"content": "", "attachmentIds": [body["attachment"]["id"]]}
                await self._patient.post(f"{self._path}/messages", message)
        async with self._http.post(f"{url}/api/messaging/attachments", data=letter) as reply:
            assert reply.status == 401
        status, body = await upload(self._http, url, self._pair.patient, number, photo(), "photo.jpg")
        ticket = await self._patient.post(f"/api/messaging/attachments/{body['attachment']['id']}/ticket", {})
        self.planted.said["a ticket that works"] = ticket["url"].partition("ticket=")[2]
        assert (await self._patient.of(None).call("GET", ticket["url"])).status == 200
        hostile = f"{self.planted.word('name of a refused file')}.html"
        status, body = await upload(self._http, url, self._pair.patient, number, b"<html>", hostile)
        self.planted.refused(Answer(status, body))

    async def contexts(self) -> None:
        subject = Subject(self._admin, self._pair)
        assert (await subject.put(title=self.planted.word("title of a context"))).status == 201
        await subject.say(self._pair.patient.token, self.planted.word("content about a context"))
        assert (await subject.put(version=2, title=self.planted.word("new title"))).status == 200

    async def searches(self) -> None:
        q = self.planted.word("edited content")
        for _ in range(200):
            if (await self._doctor.get(SEARCH, q=q))["items"]:
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail("what was said is never found")
        await self._doctor.get(SEARCH, q=self.planted.word("search that finds nothing"))
        await self._patient.get("/api/messaging/search-users", q=self.planted.word("search for people"))

    async def exports(self) -> None:
        asked = await self._patient.call("POST", f"{self._path}/exports", {"format": "zip"})
        path = f"/api/messaging/exports/{asked.body['exportId']}"
        while (await self._patient.get(path))["state"] != "ready":
            await asyncio.sleep(0.05)
        assert (await self._patient.call("GET", f"{path}/file")).status == 200

    async def reasons(self) -> None:
        path = f"/api/admin/conversations/{self._pair.conversation_id}"
        await self._admin.post(f"{path}/break-glass", {"reason": self.planted.reason("break-glass")})
        assert self.planted.said["quoting content"] in json.dumps(await self._admin.get(f"{path}/messages"))
        hold = {"conversationId": self._pair.conversation_id, "reason": self.planted.reason("legal hold")}
        await self._admin.post("/api/admin/legal-holds", hold)

    async def refusals(self) -> None:
        word, refused, nobody = self.planted.word, self.planted.refused, self._patient.of(None)
        secret = word("password")
        refused(await nobody.call("POST", "/api/auth/login", {"username": word("login"), "password": secret}))
        refused(await self._patient.call("POST", f"{self._path}/messages", {"content": [word("wrong type")]}))
        # The answer names the field to whoever sent it, and nobody else hears of it.
        await self._patient.call("POST", f"{self._path}/messages", {word("unheard of field"): 1})
        refused(await self._patient.call("GET", f"/{word('an address')}"))
        refused(await self._patient.call("GET", f"/api/messaging/conversations/{word('an id')}"))
        refused(await self._patient.of(word("a token")).call("GET", self._path))
        ticket = {"ticket": word("a ticket")}
        refused(await nobody.call("GET", "/api/messaging/attachments/1/content", **ticket))


def bytes_of(folder: Path) -> str:
    """All files, one after the other, byte for byte as characters."""
    return "\n".join(path.read_bytes().decode("latin-1") for path in sorted(folder.rglob("*")) if path.is_file())


def found(words: dict[str, str], text: str) -> list[str]:
    return [where for where, word in words.items() if any(form in text for form in forms(word))]


@pytest.mark.timeout(180)
async def test_nothing_is_readable_behind_anybody(
    site: Site, http: aiohttp.ClientSession, redis_server: Valkey
) -> None:
    site.environment |= {"REDIS_URL": redis_server.url, "LOG_LEVEL": "DEBUG", "REQUEST_RATE": "0"}
    [row], admin = await asyncio.to_thread(site.pairs, 1), await asyncio.to_thread(site.administrator)
    pair = pair_of(row)
    with overheard(redis_server.url) as heard:
        nodes = [await asyncio.to_thread(site.node) for _ in range(2)]
        gardener = Gardener(http, nodes, pair, admin)
        await gardener.plant()
        metrics = [await (await http.get(f"{node.url}/metrics")).text() for node in nodes]
        store = redis.Redis.from_url(redis_server.url)
        kept = [str(store.dump(key)) for key in store.scan_iter()]
        for node in nodes:
            await asyncio.to_thread(node.stop)
    planted = gardener.planted
    places: dict[str, Any] = {
        "logs": "\n".join(node.log.read_text("utf-8") for node in nodes),
        "metrics": "\n".join(metrics),
        "Valkey": "\n".join((*heard, *kept)),
        "refusals": "\n".join(planted.refusals),
        "files": bytes_of(Path(site.environment["DATA_DIR"])),
        "dump": await asyncio.to_thread(dumped, site.database),
    }
    secrets = {"token": pair.patient.token, "other": pair.doctor.token, "signing": site.environment["JWT_SECRET"]}
    secrets["master key"] = site.environment["ENCRYPTION_KEYS"].partition(":")[2]
    seen = {name: found(planted.said | secrets, text) for name, text in places.items()}
    seen["logs"] += found(planted.told, places["logs"])
    seen["Valkey"] += found(planted.told, places["Valkey"])
    assert seen == {name: [] for name in places}
    # The search would find something where there is something.
    assert found(planted.told, places["dump"]) == list(planted.told)
    assert str(pair.conversation_id) in places["Valkey"]
    assert all(len(text) > 500 for text in places.values())
