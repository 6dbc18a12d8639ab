"""A REST caller for tests: one person, one server."""

import json
from dataclasses import dataclass
from typing import Any

import aiohttp


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any


class Rest:
    def __init__(self, session: aiohttp.ClientSession, url: str, token: str | None) -> None:
        self.session = session
        self.url = url
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    def of(self, token: str | None) -> "Rest":
        """The same server for somebody else."""
        return Rest(self.session, self.url, token)

    async def call(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """A body is sent as JSON, with lone surrogates as escapes if it has any."""
        data = None if body is None else json.dumps(body).encode()
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        url, params = f"{self.url}{path}", {name: str(value) for name, value in query.items()}
        async with self.session.request(method, url, data=data, params=params, headers=headers) as reply:
            text = await reply.text(errors="replace")
            is_json = reply.content_type == "application/json" and text
            return Answer(reply.status, json.loads(text) if is_json else text)

    async def get(self, path: str, **query: Any) -> Any:
        """The body of a 200. Anything else is an AssertionError."""
        answer = await self.call("GET", path, **query)
        assert answer.status == 200, (path, answer)
        return answer.body

    async def post(self, path: str, body: Any) -> Any:
        answer = await self.call("POST", path, body)
        assert answer.status in (200, 201, 202), (path, answer)
        return answer.body

    async def patch(self, path: str, body: Any) -> Any:
        answer = await self.call("PATCH", path, body)
        assert answer.status == 200, (path, answer)
        return answer.body

    async def delete(self, path: str, **query: Any) -> Any:
        answer = await self.call("DELETE", path, **query)
        assert answer.status in (200, 204), (path, answer)
        return answer.body
