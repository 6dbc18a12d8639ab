"""What the server says of itself (OpenAPI, AsyncAPI), as things to try: every operation, every event, every field of both."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.rest import Rest

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
SOME_UUID = "3f2b1c9e-7a64-4d18-9b0f-5e6d7c8a9b10"
VALUES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 7,
    "number": 1.5,
    "string": "no such thing",
    "array": [[]],
    "object": {"unheard of": 1},
}
BEYOND = (2**63, 2**200, -1)


@dataclass(frozen=True, slots=True)
class Spoilt:
    """`data` is good but for what `field` holds."""

    field: str
    value: Any
    data: Any


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    parameters: list[Schema]
    body: Schema | None
    is_public: bool

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


class Document:
    """One of the two documents, with its references resolved on the way."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def resolved(self, schema: Schema) -> Schema:
        if "$ref" not in schema:
            return schema
        found: Any = self._document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return self.resolved(found)

    def operations(self) -> Iterator[Operation]:
        for path, operations in self._document["paths"].items():
            for method in METHODS:
                if (operation := operations.get(method)) is not None:
                    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
                    body = self.resolved(content["schema"]) if content else None
                    is_public = operation.get("security") == []
                    parameters = [*operations.get("parameters", []), *operation.get("parameters", [])]
                    yield Operation(method.upper(), path, [self.resolved(one) for one in parameters], body, is_public)

    def events(self) -> Iterator[tuple[str, Schema]]:
        """What a client may send."""
        for name, message in self._document["components"]["messages"].items():
            if name.endswith(".sent"):
                yield name.removesuffix(".sent"), self.resolved(message["payload"])

    def sample(self, schema: Schema) -> Any:
        """The least that is well formed."""
        schema = self.resolved(schema)
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("format") == "uuid":
            return SOME_UUID
        kind = min(self.types(schema) - {"null"})
        if kind == "object":
            properties = schema.get("properties", {})
            return {name: self.sample(properties[name]) for name in schema.get("required", [])}
        if kind == "array":
            return [self.sample(schema["items"])] * schema.get("minItems", 0)
        return {"integer": 1, "number": 1.5, "string": "text", "boolean": True}[kind]

    def types(self, schema: Schema) -> set[str]:
        schema = self.resolved(schema)
        if "anyOf" in schema:
            return set().union(*(self.types(one) for one in schema["anyOf"]))
        declared = schema["type"]
        return {declared} if isinstance(declared, str) else set(declared)

    def spoilt(self, schema: Schema) -> Iterator[Spoilt]:
        """The sample with each field replaced by each wrong type, missing, or joined by one nobody knows."""
        sample = self.sample(schema)
        for name, part in schema.get("properties", {}).items():
            for value in self.wrong(part):
                yield Spoilt(name, value, {**sample, name: value})
        for name in schema.get("required", []):
            yield Spoilt(name, "(missing)", {key: value for key, value in sample.items() if key != name})
        yield Spoilt("unheard of", 1, {**sample, "unheard of": 1})

    def wrong(self, schema: Schema) -> Iterator[Any]:
        """Values that cannot be meant, the same one level down, and numbers that fit nowhere."""
        types = self.types(schema)
        for kind, value in VALUES.items():
            if kind not in types and not (kind == "integer" and "number" in types):
                yield copy.deepcopy(value)
        if "integer" in types:
            yield from (value for value in BEYOND if value not in self.resolved(schema).get("enum", ()))
        yield from self._wrong_within(self.resolved(schema))

    def _wrong_within(self, schema: Schema) -> Iterator[Any]:
        for part in schema.get("anyOf", []):
            yield from self._wrong_within(self.resolved(part))
        if "items" in schema:
            yield from ([value] for value in self.wrong(schema["items"]))
        if schema.get("properties"):
            yield from (one.data for one in self.spoilt(schema))
        if isinstance(further := schema.get("additionalProperties"), dict):
            yield from ({"1": value} for value in self.wrong(further))
            yield {"no id": self.sample(further)}


async def openapi(rest: Rest) -> Document:
    return Document(await rest.get("/api/openapi.json"))


async def asyncapi(rest: Rest) -> Document:
    return Document(await rest.get("/api/asyncapi.json"))
