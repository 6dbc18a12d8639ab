"""OpenAPI, AsyncAPI and the pages made from them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from jsonschema import Draft202012Validator
from marshmallow import fields

from controllers.asyncapi import asyncapi_document
from controllers.examples import example_of
from controllers.rest.docs import Docs
from controllers.rest.openapi import openapi_document
from controllers.schemas.base import Id, ReplySchema, RequestSchema, Seq, Timestamp
from controllers.schemas.events import ServerEvent
from controllers.socket.contract import Reply, SocketCall, SocketEvent
from tests.unit.controllers.toy_server import Ask, ThingSchema, Toy, make_toy


class JoinSchema(RequestSchema):
    conversation_id = Id(data_key="conversationId", required=True)


class JoinedSchema(ReplySchema):
    last_seq = Seq(data_key="lastSeq", required=True)
    thing = fields.Nested(ThingSchema, allow_none=True)
    things = fields.Nested(ThingSchema, many=True)
    at = Timestamp()
    extra = fields.Raw()


async def _join(_call: SocketCall) -> Reply:
    return Reply()


EVENTS = [SocketEvent("join_room", _join, JoinSchema, JoinedSchema, "event", "Enters a room", ("room_joined",))]
SERVER_EVENTS = [
    ServerEvent("room_joined", JoinedSchema, "You are <in>"),
    ServerEvent("room_left", ThingSchema, "You are out"),
]


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    return openapi_document(make_toy()[0].endpoints(), version="1.2.3")


@pytest.fixture(scope="module")
def asyncapi() -> dict[str, Any]:
    return asyncapi_document(EVENTS, SERVER_EVENTS, version="1.2.3")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def found(document: Any, reference: str) -> Any:
    node = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


@pytest.mark.parametrize("which", ["openapi", "asyncapi"])
def test_every_reference_leads_somewhere_and_every_schema_is_json_schema(
    which: str, request: pytest.FixtureRequest
) -> None:
    document = request.getfixturevalue(which)
    seen = list(references(document))
    assert seen
    for reference in seen:
        found(document, reference)
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def checked(document: Any, schema: Any, value: Any) -> None:
    Draft202012Validator({**schema, "components": document["components"]}).validate(value)


def test_examples_fit_their_schemas(openapi: dict[str, Any], asyncapi: dict[str, Any]) -> None:
    count = 0
    for operations in openapi["paths"].values():
        for operation in operations.values():
            for part in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in part.get("content", {}).values():
                    examples = [item["value"] for item in content.get("examples", {}).values()]
                    for example in [*examples, *([content["example"]] if "example" in content else [])]:
                        checked(openapi, content["schema"], example)
                        count += 1
    for message in asyncapi["components"]["messages"].values():
        checked(asyncapi, message["payload"], message["examples"][0]["payload"])
        count += 1
    assert count > 25


def test_the_document_says_what_the_table_says(openapi: dict[str, Any]) -> None:
    assert openapi["openapi"] == "3.1.0"
    assert openapi["info"]["version"] == "1.2.3"
    make = openapi["paths"]["/api/things"]["post"]
    assert set(make["responses"]) == {"200", "400", "401", "413", "429", "500", "503"}
    assert make["security"] == [{"accessToken": []}]
    assert make["requestBody"]["required"] is True
    assert make["operationId"] == "postThings"
    assert "Retry-After" in make["responses"]["429"]["headers"]
    assert make["responses"]["401"]["description"] == "AUTH_REQUIRED, SESSION_EXPIRED"
    assert set(openapi["paths"]["/api/things"]["delete"]["responses"]) == {"200", "401", "403", "500", "503"}
    cookie = openapi["paths"]["/api/cookie"]["post"]
    assert (cookie["security"], cookie["requestBody"]["required"]) == ([], False)
    assert "content" not in cookie["responses"]["204"]


def test_limits_of_fields_reach_the_document(openapi: dict[str, Any]) -> None:
    body = openapi["components"]["schemas"]["ThingBody"]
    assert body["additionalProperties"] is False
    assert body["required"] == ["content", "ownerId"]
    assert body["properties"]["ownerId"] == {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1}
    assert body["properties"]["clientMessageId"] == {"type": "string", "format": "uuid"}
    assert openapi["components"]["schemas"]["Part"]["properties"]["name"] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 20,
    }
    parameters = {item["name"]: item for item in openapi["paths"]["/api/things"]["get"]["parameters"]}
    assert parameters["limit"]["schema"] == {
        "type": "integer",
        "format": "int64",
        "minimum": 1,
        "maximum": 200,
        "default": 50,
    }
    assert parameters["loud"]["schema"]["type"] == "boolean"
    path = openapi["paths"]["/api/things/{id}"]["get"]["parameters"][0]
    assert (path["name"], path["in"], path["required"]) == ("id", "path", True)


def test_both_directions_of_events(asyncapi: dict[str, Any]) -> None:
    assert asyncapi["asyncapi"] == "3.0.0"
    operations = asyncapi["operations"]
    assert {name: item["action"] for name, item in operations.items()} == {
        "on.join_room": "receive",
        "send.room_joined": "send",
        "send.room_left": "send",
    }
    replies = [found(asyncapi, item["$ref"]) for item in operations["on.join_room"]["reply"]["messages"]]
    names = [found(asyncapi, item["$ref"])["name"] for item in replies]
    assert names == ["join_room ack", "refused"]
    ack = asyncapi["components"]["messages"]["join_room.ack"]
    assert ack["examples"][0]["payload"]["ok"] is True
    with pytest.raises(Exception, match="'ok' is a required property"):
        checked(asyncapi, ack["payload"], {"lastSeq": 1})


def test_an_example_has_every_field() -> None:
    assert set(example_of(JoinedSchema())) == {"lastSeq", "thing", "things", "at", "extra"}
    assert isinstance(example_of(JoinedSchema())["things"], list)


def swagger(folder: Path) -> Path:
    (folder / "swagger-ui.css").write_text("body{}")
    (folder / "swagger-ui-bundle.js").write_text("1")
    (folder / "package.json").write_text("secret")
    return folder


@pytest.mark.parametrize("installed", [True, False])
async def test_the_pages_need_nothing_from_elsewhere_and_nothing_inline(
    aiohttp_client: Any, tmp_path: Path, openapi: dict[str, Any], asyncapi: dict[str, Any], installed: bool
) -> None:
    app = web.Application()
    folder = swagger(tmp_path) if installed else tmp_path / "absent"
    app.router.add_routes(Docs(openapi=lambda: openapi, asyncapi=lambda: asyncapi, swagger_folder=folder).routes())
    client = await aiohttp_client(app)
    asked = {"/api/docs", "/api/docs/events", "/api/docs/try"}
    linked: set[str] = set()
    for path in asked:
        response = await client.get(path)
        html = await response.text()
        assert response.status == 200
        assert not re.search(
            r"<script(?![^>]*src=)|<style| style=| on[a-z]+=|https?:|//", html.replace("<!doctype html>", "")
        ), path
        linked |= set(re.findall(r'(?:src|href)="([^"#]+)"', html))
    assert ("/api/docs/assets/start.js" in linked) is installed
    for path in linked:
        assert (await client.get(path)).status == 200, path
    assert (await client.get("/api/docs/assets/package.json")).status == 404
    assert (await client.get("/api/docs/assets/..%2Fpackage.json")).status == 404
    events = await (await client.get("/api/docs/events")).text()
    assert "join_room" in events
    assert "You are &lt;in&gt;" in events
    rest = await (await client.get("/api/docs")).text()
    assert "/api/things/{id}" in rest
    assert await (await client.get("/api/openapi.json")).json() == openapi
    assert await (await client.get("/api/asyncapi.json")).json() == asyncapi


@pytest.mark.parametrize("token", ["user", "admin"])
async def test_answers_are_as_documented(toy: Toy, ask: Ask, openapi: dict[str, Any], token: str) -> None:
    for path, method, options in (
        ("/api/things/5", "GET", {}),
        ("/api/things/x", "GET", {}),
        ("/api/things", "GET", {}),
        ("/api/things", "DELETE", {}),
        ("/api/things", "POST", {"json": {"ownerId": 1, "content": "a"}}),
        ("/api/things", "POST", {"json": {}}),
    ):
        status, body = await ask(method, path, token, **options)
        pattern = "/api/things/{id}" if path.count("/") == 3 else path
        documented = openapi["paths"][pattern][method.lower()]["responses"][str(status)]
        checked(openapi, documented["content"]["application/json"]["schema"], body)


def test_the_document_is_openapi_3_1(openapi: dict[str, Any]) -> None:
    schemathesis.openapi.from_dict(openapi).validate()
    with pytest.raises(Exception, match=r"paths|valid"):
        schemathesis.openapi.from_dict({**openapi, "paths": {"/x": {"get": {"responses": 5}}}}).validate()
