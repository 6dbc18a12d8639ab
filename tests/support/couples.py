"""Two who write to each other over a server of several workers, whatever becomes of those, and what the workers say."""

import asyncio
import uuid
from dataclasses import dataclass

import aiohttp

from tests.support.clients import POLLING, POLLING_THEN_WEBSOCKET, WEBSOCKET, JsClient, JsHost
from tests.support.flows import joined
from tests.support.follower import Follower
from tests.support.processes import ServerProcess
from tests.support.site import Site

WAYS = (POLLING_THEN_WEBSOCKET, POLLING, WEBSOCKET)
# What a killed worker committed and did not tell is found by a second look, at once.
REPAIRED_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Couple:
    """Two who are connected; the doctor is in the room and writes down what it is told."""

    conversation_id: int
    patient: JsClient
    doctor: JsClient
    follower: Follower
    acked: list[str]

    @property
    def both(self) -> tuple[JsClient, JsClient]:
        return self.patient, self.doctor

    async def send(self, content: str) -> None:
        """Again and again, until it is acked."""
        message = {"conversationId": self.conversation_id, "content": content, "clientMessageId": str(uuid.uuid4())}
        while True:
            try:
                ack = await self.patient.ask("send_message", message)
            except TimeoutError:
                continue
            if ack["ok"]:
                self.acked.append(content)
                return

    async def send_many(self, count: int) -> None:
        for number in range(count):
            await self.send(str(number))

    def was_cut(self) -> bool:
        return any(seen.kind == "disconnect" for client in self.both for seen in client.seen)

    async def everything(self, count: int) -> list[str]:
        """What the doctor has, who asks again only after a cut, from the first gap on."""
        cut = any(seen.kind == "disconnect" for seen in self.doctor.seen)
        if cut:
            await self.doctor.happened("connect", times=2)
        self.follower.hear()
        if cut:
            whole = next(seq for seq in range(count + 1) if seq + 1 not in self.follower.messages)
            self.follower.position = {"seq": whole, "change": whole}
            await self.follower.catch_up()
        async with asyncio.timeout(REPAIRED_SECONDS):
            while len(self.follower.messages) < count:
                await asyncio.sleep(0.05)
                self.follower.hear()
        return [content for _, _, content, _ in self.follower.as_shown()]


async def couples(js: JsHost, server: ServerProcess, site: Site, count: int) -> list[Couple]:
    """Connected in each of the ways in turn."""
    made = []
    for number, pair in enumerate(site.pairs(count)):
        way = WAYS[number % len(WAYS)]
        patient, doctor = [
            await js.connected(server.url, pair[who]["token"], options=way) for who in ("patient", "doctor")
        ]
        if way is POLLING_THEN_WEBSOCKET:
            await patient.happened("upgrade")
            await doctor.happened("upgrade")
        conversation_id = pair["conversationId"]
        await joined(doctor, conversation_id)
        made.append(Couple(conversation_id, patient, doctor, Follower(doctor, conversation_id), []))
    return made


async def samples(http: aiohttp.ClientSession, server: ServerProcess, name: str) -> dict[str, float]:
    """Of one metric without other labels, by worker."""
    async with http.get(f"{server.url}/metrics") as reply:
        lines = (await reply.text()).splitlines()
    found = [line.removeprefix(f'{name}{{worker="').split('"} ') for line in lines if line.startswith(f"{name}{{")]
    return {worker: float(value) for worker, value in found}
