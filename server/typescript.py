"""The contract as TypeScript: one type a schema, and three tables (events of both directions, endpoints), from the same
OpenAPI and AsyncAPI documents that the server hands out. `python -m server.documents` writes it for the web client."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

REFERENCE = "#/components/schemas/"
HEAD = "// Made from the server's code by `python -m server.documents`. Not to be edited.\n"
PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
JSON = "application/json"

Schema = Mapping[str, Any]


def typescript(*, openapi: Schema, asyncapi: Schema, codes: list[str]) -> str:
    """`codes`: the errors of both transports."""
    schemas = {**asyncapi["components"]["schemas"], **openapi["components"]["schemas"]}
    made = [
        HEAD,
        "export type Nothing = undefined;\n",
        f"export type ErrorCode = {_union(json.dumps(code) for code in codes)};\n",
    ]
    made += [f"export interface {name} {type_of(schema)}\n" for name, schema in sorted(schemas.items())]
    made.append(_table("ClientEvents", _client_events(asyncapi)))
    made.append(_table("ServerEvents", _server_events(asyncapi)))
    made.append(_table("Endpoints", _endpoints(openapi)))
    return "\n".join(made)


def type_of(schema: Schema, indent: str = "") -> str:
    """What of TypeScript takes the values of this JSON schema."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "enum" in schema:
        return _union(json.dumps(value) for value in schema["enum"])
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return _union(type_of(one, indent) for one in schema[key])
    kinds = schema.get("type", [])
    return _union(_of_kind(kind, schema, indent) for kind in ([kinds] if isinstance(kinds, str) else kinds))


def _of_kind(kind: str, schema: Schema, indent: str) -> str:
    if kind == "array":
        item = type_of(schema.get("items", {}), indent)
        return f"({item})[]" if " | " in item else f"{item}[]"
    if kind != "object":
        return "Blob" if schema.get("format") == "binary" else PRIMITIVES[kind]
    if "properties" in schema:
        return _object(schema, indent)
    if schema.get("additionalProperties") is False:
        return "Record<string, never>"
    return f"Record<string, {type_of(schema.get('additionalProperties', {}), indent)}>"


def _object(schema: Schema, indent: str) -> str:
    required = set(schema.get("required", ()))
    lines = [
        f"{indent}  {name if name.isidentifier() else json.dumps(name)}{'' if name in required else '?'}: "
        f"{type_of(inner, indent + '  ')};\n"
        for name, inner in schema["properties"].items()
    ]
    return "".join(("{\n", *lines, indent, "}"))


def _union(kinds: Iterator[str] | Any) -> str:
    return " | ".join(dict.fromkeys(kinds)) or "unknown"


def _table(name: str, rows: Iterator[tuple[str, str]]) -> str:
    lines = (f"  {json.dumps(key)}: {value};\n" for key, value in rows)
    return "".join((f"export interface {name} {{\n", *lines, "}\n"))


def _client_events(asyncapi: Schema) -> Iterator[tuple[str, str]]:
    messages = asyncapi["components"]["messages"]
    for name in messages:
        if name.endswith(".sent"):
            event = name.removesuffix(".sent")
            data, ack = (type_of(messages[f"{event}.{part}"]["payload"]) for part in ("sent", "ack"))
            yield event, f"{{ data: {data}; ack: {ack} }}"


def _server_events(asyncapi: Schema) -> Iterator[tuple[str, str]]:
    for name, message in asyncapi["components"]["messages"].items():
        if "." not in name and name != "refused":
            yield name, type_of(message["payload"])


def _endpoints(openapi: Schema) -> Iterator[tuple[str, str]]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            parts = {
                "path": _parameters(operation, "path"),
                "query": _parameters(operation, "query"),
                "body": _body(operation.get("requestBody")),
                "reply": _reply(operation["responses"]),
            }
            yield f"{method.upper()} {path}", "{ " + "; ".join(f"{key}: {value}" for key, value in parts.items()) + " }"


def _parameters(operation: Schema, where: str) -> str:
    """Numbers and words may stand for one another: they are text in an address."""
    named = [item for item in operation.get("parameters", ()) if item["in"] == where]
    if not named:
        return "Nothing"
    wanted = (f"{item['name']}{'' if item['required'] else '?'}: {_in_address(item['schema'])}" for item in named)
    return "{ " + "; ".join(wanted) + " }"


def _in_address(schema: Schema) -> str:
    kind = type_of(schema)
    return "string | number" if kind in ("string", "number") else kind


def _body(body: Schema | None) -> str:
    if body is None:
        return "Nothing"
    return type_of(body["content"][JSON]["schema"]) if JSON in body["content"] else "FormData"


def _reply(responses: Schema) -> str:
    contents = [answer.get("content", {}) for status, answer in responses.items() if status < "300"]
    return _union(
        "Nothing" if not content else type_of(content[JSON]["schema"]) if JSON in content else "Blob"
        for content in contents
    )
