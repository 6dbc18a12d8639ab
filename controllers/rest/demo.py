"""GET /api/demo: who can log in to try the product. Only served by `serve --demo`."""

from collections.abc import Sequence
from dataclasses import dataclass

from marshmallow import fields

from controllers.rest.contract import Access, Call, Endpoint, Reply
from controllers.schemas.base import ReplySchema


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Made up for the demo clinic, password included."""

    username: str
    password: str
    first_name: str
    last_name: str
    role: str


class DemoUserSchema(ReplySchema):
    username = fields.String(required=True)
    password = fields.String(required=True)
    first_name = fields.String(data_key="firstName", required=True)
    last_name = fields.String(data_key="lastName", required=True)
    role = fields.String(required=True)


class DemoSchema(ReplySchema):
    users = fields.List(fields.Nested(DemoUserSchema), required=True)


class DemoEndpoints:
    def __init__(self, *, users: Sequence[DemoUser]) -> None:
        self._users = users

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint(
                "GET",
                "/api/demo",
                self.list,
                "The people of the demo clinic",
                "demo",
                access=Access.PUBLIC,
                replies={200: DemoSchema},
            )
        ]

    async def list(self, call: Call) -> Reply:
        return Reply({"users": self._users})
