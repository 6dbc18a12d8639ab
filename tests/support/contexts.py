"""Prescriptions and exams of a clinic under test, put as a host application would."""

import itertools
from typing import Any

from tests.support.clinic import Pair
from tests.support.rest import Answer, Rest

_numbers = itertools.count(1)


class Subject:
    """One context of a pair. `rest` speaks for an administrator."""

    def __init__(self, rest: Rest, pair: Pair, *, kind: str = "ordonnance") -> None:
        self._rest = rest
        self._pair = pair
        self.type = kind
        self.id = f"{kind}/{next(_numbers)} é"

    @property
    def named(self) -> dict[str, str]:
        return {"contextType": self.type, "contextId": self.id}

    @property
    def path(self) -> str:
        """As it stands in an address."""
        return f"{self.type}/{self.in_address}"

    @property
    def in_address(self) -> str:
        return self.id.replace("/", "%2F")

    async def put(self, **changes: Any) -> Answer:
        people = {"patientId": self._pair.patient.id, "doctorId": self._pair.doctor.id}
        body = {"type": self.type, "version": 1, "title": "Amoxicilline 500 mg", **people, **changes}
        return await self._rest.call("PUT", f"/api/admin/contexts/{self.in_address}", body)

    async def end(self) -> Answer:
        return await self._rest.call("DELETE", f"/api/admin/contexts/{self.in_address}", type=self.type)

    async def opened(self) -> int:
        """Put, and the conversation about it by its patient."""
        assert (await self.put()).status in (200, 201)
        reply = await self._rest.of(self._pair.patient.token).post("/api/messaging/sessions", self.named)
        conversation_id: int = reply["conversation"]["id"]
        return conversation_id

    async def say(self, token: str, content: str, **more: Any) -> Any:
        body = {**self.named, "content": content, **more}
        return (await self._rest.of(token).post("/api/messaging/send", body))["message"]
