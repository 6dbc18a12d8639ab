"""Makes the parts of the documents that the code knows best: `python -m server.documents [--check]`.

A part stands between `<!-- made:NAME -->` and `<!-- end -->`; what is around it is written by people.
"""

import inspect
import re
import secrets as random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import click
from marshmallow import Schema

from controllers.asyncapi import asyncapi_document
from controllers.errors import STATUS
from controllers.messages_en import SENTENCES
from controllers.rest.contract import Access, Endpoint
from controllers.rest.openapi import openapi_document
from controllers.schemas.events import SERVER_EVENTS
from controllers.socket.contract import SocketEvent
from server import VERSION
from server.app import create_app
from server.catalogue import CATALOGUE, Catalogue
from server.observability.metrics import Metrics
from server.observability.watched import watch
from server.security.master_keys import KEY_BYTES, MasterKeys
from server.security.secrets_store import Secrets
from server.settings import Settings, documented
from server.typescript import typescript

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "docs/operations.md")
CONTRACT = "web/src/sdk/contract.ts"
EXAMPLE = "docs/examples/chat.js"
WATCHED = re.compile(r'watch(?:_many)?\(\s*"(?P<name>\w+)",.*?"(?P<about>[^"]+)",?\s*\)\n', re.DOTALL)
PART = re.compile(r"(?P<head><!-- made:(?P<name>[a-z_]+) -->\n).*?(?P<foot><!-- end -->)", re.DOTALL)
WHO = {Access.PUBLIC: "anybody", Access.USER: "signed in", Access.ADMIN: "administrators"}
# No REST call has an event that could be unknown.
SOCKET_ONLY = frozenset({"UNKNOWN_EVENT"})
ADVICE = {
    "VALIDATION_FAILED": "Correct the `fields`; trying again as it is does not help",
    "AUTH_REQUIRED": "Sign in",
    "SESSION_EXPIRED": "Refresh the token once, else sign in",
    "FORBIDDEN": "Hide what led here; `message` says why",
    "CONTEXT_ACCESS_DENIED": "Hide what led here",
    "NOT_FOUND": "Treat it as absent; there is no telling whether it is",
    "CONFLICT": "Load the present state",
    "PAYLOAD_TOO_LARGE": "Send less",
    "UNSUPPORTED_FILE": "Send another file",
    "RATE_LIMIT_EXCEEDED": "Try again after `retryAfter` seconds",
    "UNKNOWN_EVENT": "Correct the client",
    "INTERNAL": "Report the `requestId`",
    "UNAVAILABLE": "Try again after `retryAfter` seconds, a send with the same `clientMessageId`",
}

Parts = Mapping[str, Callable[[], str]]


def catalogue() -> Catalogue:
    """Of an application that was built and not started."""
    secrets = Secrets(random.token_bytes(KEY_BYTES), MasterKeys({"k1": random.token_bytes(KEY_BYTES)}))
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing")
    return create_app(settings, secrets=secrets)[CATALOGUE]


def parts() -> Parts:
    """By name. Each is made when asked for."""
    known = catalogue()
    return {
        "settings": _settings,
        "errors": _errors,
        "client_events": partial(_client_events, known.events),
        "server_events": _server_events,
        "endpoints": partial(_endpoints, known.endpoints),
        "metrics": _metrics,
        "example": _example,
    }


def renewed(text: str, made: Parts) -> str:
    """`text` with each of its parts made anew. Raises KeyError for a part that nobody makes."""
    return PART.sub(lambda match: f"{match['head']}{made[match['name']]()}{match['foot']}", text)


def contract() -> str:
    """What the web client's types are made of."""
    known = catalogue()
    return typescript(
        openapi=openapi_document(known.endpoints, version=VERSION),
        asyncapi=asyncapi_document(known.events, SERVER_EVENTS.values(), version=VERSION),
        codes=list(STATUS),
    )


def fresh() -> Iterator[tuple[Path, str]]:
    """Every file that is made, wholly or in part, with what should be in it."""
    made = parts()
    for name in DOCUMENTS:
        path = ROOT / name
        yield path, renewed(path.read_text("utf-8"), made)
    yield ROOT / CONTRACT, contract()


def _settings() -> str:
    rows = [(f"`{name}`", f"`{default}`" if default else "–", about) for name, default, about in documented()]
    return _table(("Variable", "Default", "What it does"), rows)


def _errors() -> str:
    rows = [
        (f"`{code}`", "–" if code in SOCKET_ONLY else str(status), SENTENCES[code], ADVICE[code])
        for code, status in STATUS.items()
    ]
    return _table(("Code", "REST", "What a person is told", "What a client does"), rows)


def _client_events(events: Sequence[SocketEvent]) -> str:
    rows = [
        (f"`{event.name}`", _shape(event.schema, optional=True), _shape(event.ack, ok=True), event.summary)
        for event in events
    ]
    return _table(("Event", "Data", "Ack", "Effect"), rows)


def _server_events() -> str:
    rows = [(f"`{event.name}`", _shape(event.schema), event.summary) for event in SERVER_EVENTS.values()]
    return _table(("Event", "Data", "When"), rows)


def _endpoints(endpoints: Sequence[Endpoint]) -> str:
    ordered = sorted(endpoints, key=lambda row: [row.tag for row in endpoints].index(row.tag))
    rows = [(f"`{row.method} {row.path}`", _asked(row), WHO[row.access], row.summary) for row in ordered]
    return _table(("Call", "Query or body", "Who", "What"), rows)


def _asked(endpoint: Endpoint) -> str:
    if endpoint.body is not None and (shape := _shape(endpoint.body, optional=True)) != "`{}`":
        return shape
    if endpoint.query is None:
        return "–"
    return f"`?{'&'.join(_keys(endpoint.query))}`"


def _metrics() -> str:
    """Gauges are read from the text of `watch`: what they show hangs on a running application."""
    rows = [(f"`{family.name}`", family.type, family.documentation) for family in Metrics().registry.collect()]
    rows += [(f"`colloque_{name}`", "gauge", about) for name, about in WATCHED.findall(inspect.getsource(watch))]
    return _table(("Metric", "Kind", "What"), sorted(rows))


def _example() -> str:
    return f"```js\n{(ROOT / EXAMPLE).read_text('utf-8').strip()}\n```\n"


def _shape(schema: type[Schema], *, optional: bool = False, ok: bool = False) -> str:
    """`{conversationId, afterSeq?}`: the keys on the wire, with a question mark where one may be left out."""
    keys = [f"{key}?" if optional and not required else key for key, required in _keys(schema).items()]
    if optional:
        keys.sort(key=lambda key: key.endswith("?"))
    return f"`{{{', '.join([*(['ok'] if ok else []), *keys])}}}`"


def _keys(schema: type[Schema]) -> dict[str, bool]:
    """On the wire → whether it must be there."""
    return {field.data_key or name: field.required for name, field in schema().fields.items()}


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; fail when something is out of date.")
def main(check: bool) -> None:
    """Renew the made parts of README.md and docs/operations.md, and the web client's types."""
    stale = []
    for path, text in fresh():
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(path.relative_to(ROOT).as_posix())
            if not check:
                path.write_text(text, "utf-8")
    if stale and check:
        raise click.ClickException(f"Out of date: {', '.join(stale)}. Run: python -m server.documents")
    click.echo(f"Renewed {', '.join(stale)}." if stale else "Up to date.")


if __name__ == "__main__":
    main()
