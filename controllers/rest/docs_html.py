"""The pages of /api/docs as HTML, made on the server: readable without a script and without the internet."""

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

NAVIGATION = (
    '<nav><a href="/api/docs">REST</a> <a href="/api/docs/events">Events</a> <a href="/api/docs/try">Try it</a> '
    '<a href="/api/openapi.json">openapi.json</a> <a href="/api/asyncapi.json">asyncapi.json</a></nav>'
)


def rest_page(document: Mapping[str, Any]) -> str:
    """Every operation of an OpenAPI document, by tag."""
    by_tag: dict[str, list[str]] = {}
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            if isinstance(operation, dict):
                tag = (operation.get("tags") or ["other"])[0]
                by_tag.setdefault(tag, []).append(_operation(method, path, operation))
    body = "".join(f"<h2>{escape(tag)}</h2>{''.join(items)}" for tag, items in by_tag.items())
    return _page("REST", document["info"], body)


def events_page(document: Mapping[str, Any]) -> str:
    """Every event of an AsyncAPI document, by direction."""
    operations = document["operations"].values()
    messages = document["components"]["messages"]
    received = "".join(_event(item, messages) for item in operations if item["action"] == "receive")
    sent = "".join(_event(item, messages) for item in operations if item["action"] == "send")
    body = f"<h2>Client to server</h2>{received}<h2>Server to client</h2>{sent}"
    return _page("Events", document["info"], body)


def try_page(scripts: Iterable[str], styles: Iterable[str]) -> str:
    """Swagger UI, when its files are installed."""
    links = "".join(f'<link rel="stylesheet" href="{escape(style)}">' for style in styles)
    loads = "".join(f'<script src="{escape(script)}" defer></script>' for script in scripts)
    loads = loads or "<p>Swagger UI is not installed (make web). The reference is on the page REST.</p>"
    return _frame("Try it", f'{links}{NAVIGATION}<div id="swagger"></div>{loads}')


def _page(title: str, info: Mapping[str, Any], body: str) -> str:
    about = f"<p>{escape(info.get('description', ''))}</p>"
    head = f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>"
    return _frame(title, f"{NAVIGATION}<main>{head}{about}{body}</main>")


def _frame(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Colloque</title>"
        f'<link rel="stylesheet" href="/api/docs/assets/docs.css"></head><body>{body}</body></html>'
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    public = "" if operation.get("security") else " <em>no token</em>"
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><b>{escape(method.upper())}</b> '
        f"<code>{escape(path)}</code> {escape(operation.get('summary', ''))}{public}</summary>"
        f"{_parameters(operation.get('parameters', []))}{_body(operation.get('requestBody'))}"
        f"{_responses(operation['responses'])}</details>"
    )


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(item['name'])}</code></td><td>{escape(item['in'])}</td>"
        f"<td>{'required' if item.get('required') else ''}</td>"
        f"<td><code>{escape(json.dumps(item['schema'], ensure_ascii=False))}</code></td></tr>"
        for item in parameters
    )
    return f"<h3>Parameters</h3><table>{rows}</table>" if rows else ""


def _body(body: Mapping[str, Any] | None) -> str:
    if body is None:
        return ""
    [(media_type, content)] = body["content"].items()
    return f"<h3>Body</h3><p>{escape(media_type)}</p>{_json(content['example'])}"


def _responses(responses: Mapping[str, Any]) -> str:
    parts = []
    for status, response in responses.items():
        content = response.get("content", {}).get("application/json", {})
        example = _json(content["example"]) if "example" in content else ""
        parts.append(f"<h3>{escape(status)}</h3><p>{escape(response['description'])}</p>{example}")
    return "".join(parts)


def _event(operation: Mapping[str, Any], messages: Mapping[str, Any]) -> str:
    message = _referred(operation["messages"][0], messages)
    replies = [_referred(item, messages) for item in operation.get("reply", {}).get("messages", [])]
    answers = "".join(f"<h3>{escape(item['name'])}</h3>{_json(item['examples'][0]['payload'])}" for item in replies)
    return (
        f'<details id="{escape(operation["action"])}-{escape(message["name"])}">'
        f"<summary><code>{escape(message['name'])}</code> {escape(operation['summary'])}</summary>"
        f"<h3>Data</h3>{_json(message['examples'][0]['payload'])}{answers}</details>"
    )


def _referred(reference: Mapping[str, str], messages: Mapping[str, Any]) -> Any:
    return messages[reference["$ref"].rpartition("/")[2]]


def _json(value: Any) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
