"""The people and conversations on which the matrix is played, made over REST as everybody would."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.clinic import Clinic, Pair, Person, running_clinic
from tests.support.contexts import Subject
from tests.support.matrix.rules import ADMIN, EVERYBODY, JUNIOR, LINKED, OTHERS, SENIOR, State
from tests.support.matrix.table import Thread
from tests.support.postgres import DatabaseServer
from tests.support.rest import Rest
from tests.support.specimens import pdf
from tests.support.uploads import upload
from tests.support.wire_client import WireClient

ROLES = {"care": ("patient", "medecin"), "contextual": ("patient", "medecin"), "mentoring": ("member", "mentor")}
PASSWORD = "le singulier colloque 7"


@dataclass(slots=True)
class Spare:
    """Of tests.support.matrix.table.Spare."""

    stage: "Stage"
    thread: Thread
    link: str
    victim: Person
    victim_name: str
    doomed: Person

    @property
    def host(self) -> Rest:
        return self.stage.host

    async def session(self) -> str:
        return (await self.stage.log_in(self.victim_name)).session_id


@dataclass(slots=True)
class Scene:
    """Of tests.support.matrix.table.Scene."""

    who: str
    thread: Thread
    spare: Spare
    session: aiohttp.ClientSession
    url: str
    sockets: dict[str, WireClient]

    @property
    def me(self) -> Person:
        return self.thread.people[self.who]

    @property
    def other(self) -> Person:
        return self.thread.people[SENIOR if self.who == JUNIOR else JUNIOR]

    @property
    def rest(self) -> Rest:
        return Rest(self.session, self.url, self.me.token)

    @property
    def senior(self) -> Rest:
        return Rest(self.session, self.url, self.thread.people[SENIOR].token)

    @property
    def some_message(self) -> int:
        return self.thread.messages[JUNIOR]

    async def emit(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        return await self.sockets[self.who].call(event, data)


class Stage:
    def __init__(self, clinic: Clinic, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.url = clinic.url
        self.admin = clinic.person("admin")
        self.host = Rest(session, clinic.url, self.admin.token)
        self._strangers: dict[str, Person] = {}
        self._sockets: dict[str, WireClient] = {}
        self.spare: Spare

    async def build(self) -> "Stage":
        roles = dict(
            zip((*LINKED, *OTHERS), ("patient", "medecin", "patient", "medecin", "member", "mentor"), strict=True)
        )
        self._strangers = {ADMIN: self.admin, **{who: await self.person(role) for who, role in roles.items()}}
        self._sockets = {who: await self._socket(person) for who, person in self._strangers.items()}
        thread = await self.thread(State("contextual"))
        name = await self._user("patient")
        link, victim = f"spare-{secrets.token_hex(4)}", await self.log_in(name)
        self.spare = Spare(self, thread, link, victim, name, await self.person("patient"))
        await self._link(self.spare.link, thread.people[JUNIOR], thread.people[SENIOR])
        return self

    async def close(self) -> None:
        for socket in self._sockets.values():
            await socket.close()

    async def scenes(self, thread: Thread) -> dict[str, Scene]:
        """By who; the two of the thread with sockets of their own."""
        sockets = {**self._sockets, **{who: await self._socket(thread.people[who]) for who in (JUNIOR, SENIOR)}}
        return {who: Scene(who, thread, self.spare, self._session, self.url, sockets) for who in EVERYBODY}

    async def person(self, role: str) -> Person:
        return await self.log_in(await self._user(role))

    async def log_in(self, username: str) -> Person:
        nobody = Rest(self._session, self.url, None)
        reply = await nobody.post("/api/auth/login", {"username": username, "password": PASSWORD})
        return Person(reply["user"]["id"], reply["user"]["role"], reply["accessToken"])

    async def thread(self, state: State) -> Thread:
        """A conversation of two new people, talked in, and then brought into that state."""
        junior, senior = [await self.person(role) for role in ROLES[state.kind]]
        link = f"link-{secrets.token_hex(4)}"
        if state.kind != "mentoring":
            await self._link(f"{link}-1", junior, self._strangers.get("doctor of the same patient", senior))
            await self._link(f"{link}-2", self._strangers.get("patient of the same doctor", junior), senior)
        thread = await self._opened(state, junior, senior, link)
        await self._talk(thread)
        await self._left_behind(thread)
        await self._post(thread)
        await self._bring(thread, link)
        return thread

    async def _opened(self, state: State, junior: Person, senior: Person, link: str) -> Thread:
        by, subject = self.host.of(junior.token), None
        if state.kind == "contextual":
            subject = Subject(self.host, Pair(0, junior, senior))
            conversation_id = await subject.opened()
        else:
            if state.kind == "care":
                await self._link(link, junior, senior)
            made = await by.post("/api/messaging/conversations", {"participantId": senior.id})
            conversation_id = made["conversation"]["id"]
        return Thread(state, {**self._strangers, JUNIOR: junior, SENIOR: senior}, conversation_id, subject)

    async def _talk(self, thread: Thread) -> None:
        for who in (JUNIOR, SENIOR):
            sent = await self.host.of(thread.people[who].token).post(f"{thread.path}/messages", {"content": "a word"})
            thread.messages[who] = sent["message"]["id"]
        files = []
        for _ in range(2):
            status, body = await upload(self._session, self.url, thread.people[JUNIOR], thread.conversation_id, pdf())
            assert status == 201, body
            files.append(body["attachment"]["id"])
        thread.sent, thread.unsent = files
        with_file = {"content": "a word and a file", "attachmentIds": [thread.sent]}
        await self.host.of(thread.people[JUNIOR].token).post(f"{thread.path}/messages", with_file)

    async def _left_behind(self, thread: Thread) -> None:
        """What the server makes of it in the background, for the junior."""
        person = thread.people[JUNIOR]
        by = self.host.of(person.token)
        asked = await by.call("POST", f"{thread.path}/exports", {"format": "json"})
        thread.export = asked.body["exportId"]
        while (await by.get(f"/api/messaging/exports/{thread.export}"))["state"] != "ready":
            await asyncio.sleep(0.05)
        while not (told := await by.get(f"/api/messaging/notifications/{person.role}/{person.id}"))["items"]:
            await asyncio.sleep(0.05)
        thread.notification = told["items"][0]["id"]

    async def _post(self, thread: Thread) -> None:
        """In the forum, which knows of no conversations."""
        junior, senior = [self.host.of(thread.people[who].token) for who in (JUNIOR, SENIOR)]
        question = {"title": "How does one find a mentor?", "body": "Please tell me.", "tags": ["mentoring"]}
        thread.question = (await junior.post("/api/questions", question))["question"]["id"]
        path = f"/api/questions/{thread.question}"
        thread.answer = (await senior.post(f"{path}/answers", {"body": "Like this."}))["answer"]["id"]
        thread.foreign_answer = (await self.host.post(f"{path}/answers", {"body": "Or not."}))["answer"]["id"]
        thread.report = (await senior.post(f"{path}/report", {"reason": "spam"}))["reportId"]

    async def _bring(self, thread: Thread, link: str) -> None:
        state = thread.state
        if state.closed:
            await self.host.of(thread.people[SENIOR].token).patch(thread.path, {"status": "closed"})
        if state.left is not None:
            await self.host.delete(
                f"/api/admin/conversations/{thread.conversation_id}/participants/{thread.people[state.left].id}"
            )
        if state.ended and thread.subject is not None:
            await thread.subject.end()
        elif state.ended:
            await self.host.delete(f"/api/admin/care-links/{link}")

    async def _user(self, role: str) -> str:
        name = f"{role}-{secrets.token_hex(4)}"
        user = {"username": name, "firstName": "M", "lastName": "X", "role": role, "password": PASSWORD}
        await self.host.post("/api/admin/users", user)
        return name

    async def _link(self, name: str, patient: Person, doctor: Person) -> None:
        body = {"patientId": patient.id, "doctorId": doctor.id}
        answer = await self.host.call("PUT", f"/api/admin/care-links/{name}", body)
        assert answer.status in (200, 201), answer

    async def _socket(self, person: Person) -> WireClient:
        return await WireClient(self._session, self.url, person.token).connect()


@contextmanager
def theatre(cluster: DatabaseServer, folder: Path) -> Iterator[Clinic]:
    """Where stages are built: all that is played there is not held up by limits, nor waits for what is notified late."""
    with running_clinic(cluster, folder, SEARCH_RATE="0", NOTIFICATION_DELAY="0.3") as running:
        yield running


@asynccontextmanager
async def built_stage(clinic: Clinic) -> AsyncIterator[Stage]:
    async with aiohttp.ClientSession() as session:
        built = await Stage(clinic, session).build()
        yield built
        await built.close()
