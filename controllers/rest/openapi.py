"""OpenAPI 3.1 from the table of endpoints: what is served is what is documented."""

import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields, validate

from controllers.errors import STATUS
from controllers.examples import example_of
from controllers.i18n import say
from controllers.rest.contract import Access, Endpoint
from controllers.schemas.base import ReplySchema

BEARER = "accessToken"
BINARY = {"type": "string", "format": "binary"}
DESCRIPTION = (
    "Private conversations of patients and doctors, members and mentors, and a forum. "
    "Errors have one envelope; see the schema Error."
)


class ErrorBodySchema(ReplySchema):
    """`message` is in the language asked for by Accept-Language (fr or en)."""

    code = fields.String(required=True, validate=validate.OneOf(tuple(STATUS)))
    message = fields.String(required=True)
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields")
    retry_after = fields.Float(data_key="retryAfter", validate=validate.Range(min=0))
    request_id = fields.String(data_key="requestId", required=True)


class ErrorSchema(ReplySchema):
    error = fields.Nested(ErrorBodySchema, required=True)


def openapi_document(endpoints: Iterable[Endpoint], *, version: str) -> dict[str, Any]:
    """`version` is that of the program."""
    spec = new_spec(version, new_plugin())
    spec.components.security_scheme(BEARER, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    spec.components.schema("Error", schema=ErrorSchema)
    operations: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operations.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    for path, methods in operations.items():
        spec.path(path=path, operations=methods)
    document: dict[str, Any] = spec.to_dict()
    return document


def new_plugin() -> MarshmallowPlugin:
    """Names schemas as their classes, without "Schema"."""
    return MarshmallowPlugin(schema_name_resolver=schema_name)


def new_spec(version: str, plugin: MarshmallowPlugin) -> APISpec:
    """An empty document."""
    return APISpec(
        title="Colloque",
        version=version,
        openapi_version="3.1.0",
        info={"description": DESCRIPTION},
        plugins=[plugin],
    )


def schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema")


def error_codes(endpoint: Endpoint) -> list[str]:
    """What this endpoint may refuse with, those that any may included."""
    codes = {"INTERNAL", "UNAVAILABLE", *endpoint.errors}
    if endpoint.parameters or endpoint.query or endpoint.body or endpoint.form:
        codes.add("VALIDATION_FAILED")
    if endpoint.access is not Access.PUBLIC:
        codes |= {"AUTH_REQUIRED", "SESSION_EXPIRED"}
    if endpoint.access is Access.ADMIN:
        codes.add("FORBIDDEN")
    if endpoint.body or endpoint.form:
        codes.add("PAYLOAD_TOO_LARGE")
    if endpoint.limit:
        codes.add("RATE_LIMIT_EXCEEDED")
    return [code for code in STATUS if code in codes]


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": operation_id(endpoint),
        "summary": endpoint.summary,
        "tags": [endpoint.tag],
        "parameters": [*_parameters("path", endpoint.parameters), *_parameters("query", endpoint.query)],
        "responses": {**_successes(endpoint), **_failures(endpoint)},
        "security": [] if endpoint.access is Access.PUBLIC else [{BEARER: []}],
    }
    if endpoint.body is not None:
        operation["requestBody"] = {"required": _needs_body(endpoint.body), "content": _content(endpoint.body)}
    if endpoint.form is not None:
        operation["requestBody"] = {"required": True, "content": _form(endpoint.form)}
    return operation


def _form(schema: type[Schema]) -> dict[str, Any]:
    """The fields, and the file behind them."""
    before = {field.data_key or name: {"type": "string"} for name, field in schema().fields.items()}
    properties = {**before, "file": BINARY}
    whole = {"type": "object", "properties": properties, "required": [*properties]}
    return {"multipart/form-data": {"schema": whole, "example": {**dict.fromkeys(before, "42"), "file": "letter.pdf"}}}


def operation_id(endpoint: Endpoint) -> str:
    """getMessagingConversationsId: stable as long as the path is."""
    words: list[str] = re.findall(r"[A-Za-z0-9]+", f"{endpoint.method.lower()} {endpoint.path.removeprefix('/api')}")
    return words[0] + "".join(word[0].upper() + word[1:] for word in words[1:])


def _parameters(where: str, schema: type[Schema] | None) -> list[dict[str, Any]]:
    return [] if schema is None else [{"in": where, "schema": schema}]


def _needs_body(schema: type[Schema]) -> bool:
    return any(field.required for field in schema().fields.values())


def _content(schema: type[Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": schema, "example": example_of(schema())}}


def _successes(endpoint: Endpoint) -> dict[str, Any]:
    if endpoint.gives_file or endpoint.streams:
        # Of any type: what a file is stands in its Content-Type.
        content: dict[str, Any] = {"content": {"*/*": {"schema": {}}}}
        return {str(status): {"description": endpoint.summary, **content} for status in endpoint.replies}
    return {
        str(status): {"description": endpoint.summary, **({} if schema is None else {"content": _content(schema)})}
        for status, schema in endpoint.replies.items()
    }


def _failures(endpoint: Endpoint) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in error_codes(endpoint):
        by_status.setdefault(STATUS[code], []).append(code)
    return {str(status): _failure(status, codes) for status, codes in by_status.items()}


def _failure(status: int, codes: list[str]) -> dict[str, Any]:
    bodies = {code: _error_example(code) for code in codes}
    response: dict[str, Any] = {
        "description": ", ".join(codes),
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/Error"},
                "examples": {code: {"value": {"error": body}} for code, body in bodies.items()},
            }
        },
    }
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"description": "Whole seconds", "schema": {"type": "integer"}}}
    return response


def _error_example(code: str) -> dict[str, Any]:
    body: dict[str, Any] = {"code": code, "message": say(code, "en"), "requestId": "0f8b6c7a5d3e4f21"}
    if code == "VALIDATION_FAILED":
        body["fields"] = {"name": say("required", "en")}
    if STATUS[code] in (429, 503):
        body["retryAfter"] = 1
    return body
