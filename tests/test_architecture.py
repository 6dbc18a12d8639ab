"""The rules of the house, as tests: who breaks one learns here which and why."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from controllers.limit_names import address_limit
from controllers.rest.contract import Access, Endpoint
from controllers.schemas.events import SERVER_EVENTS
from controllers.socket.contract import SocketEvent
from repositories.statements import load_queries
from server.app import create_app
from server.catalogue import CATALOGUE, Catalogue
from server.limits import limits_of
from server.security.secrets_store import Secrets
from server.settings import Settings
from services import events

ROOT = Path(__file__).parent.parent
LAYERS = ("server", "controllers", "services", "repositories")
LONGEST_FILE = 300
PUBLIC = {
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/auth/logout"),
    ("GET", "/api/demo"),
    # Whoever has a ticket: 60 s, one file, one session.
    ("GET", "/api/messaging/attachments/{id}/content"),
}


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    """(path, text) of our Python files."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text("utf-8")


@pytest.fixture(scope="module")
def catalogue(secrets: Secrets) -> Catalogue:
    """Everything that a client can call, as the application has it."""
    app = create_app(Settings(database_url="postgresql://nobody@127.0.0.1:1/none"), secrets=secrets, demo_users=())
    return app[CATALOGUE]


def test_imports_point_down_only() -> None:
    # As a program of its own: it sets up logging as it likes.
    linter = str(Path(sys.executable).parent / "lint-imports")
    done = subprocess.run([linter, "--config", "setup.cfg"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_broadcaster_tells_clients_what_happened() -> None:
    tellers = {"to_room", "to_user", "to_socket", "emit"}
    offenders = [
        f"{path}:{node.lineno}"
        for path, text in sources(*LAYERS)
        if not path.startswith(("server/broadcaster/", "server/realtime/"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in tellers
    ]
    assert offenders == []


def test_every_route_asks_who_calls_or_is_on_the_public_list(catalogue: Catalogue) -> None:
    public = {(row.method, row.path) for row in catalogue.endpoints if row.access is Access.PUBLIC}
    assert public <= PUBLIC
    administration = [row for row in catalogue.endpoints if row.path.startswith("/api/admin/")]
    assert administration
    assert all(row.access is Access.ADMIN for row in administration)


def is_change(row: Endpoint) -> bool:
    return row.method in ("POST", "PUT", "PATCH", "DELETE")


def test_every_change_by_rest_has_a_schema_and_a_limit(catalogue: Catalogue) -> None:
    limits = limits_of(Settings())
    for row in filter(is_change, catalogue.endpoints):
        assert row.limit in limits, f"{row.method} {row.path} has no rate limit"
        bodyless = (
            row.method == "DELETE"
            or row.path in ("/api/auth/refresh", "/api/auth/logout", "/api/messaging/archives")
            or "participants" in row.path
        )
        assert row.body is not None or row.form is not None or bodyless, f"{row.method} {row.path} has no schema"
    for row in catalogue.endpoints:
        assert ("{" in row.path) == (row.parameters is not None), f"{row.method} {row.path}: parameters"
        assert row.replies, f"{row.method} {row.path} documents no reply"


def test_every_change_is_limited_by_person_and_by_address(catalogue: Catalogue) -> None:
    """The boundaries take both (tests/unit/controllers), so both must be in the table, and none of them off."""
    limits = limits_of(Settings())
    named = {row.limit for row in filter(is_change, catalogue.endpoints)} | {row.limit for row in catalogue.events}
    for name in filter(None, named):
        for limit in (name, address_limit(name)):
            assert limit in limits, f"{limit} is in no table"
            assert not limits[limit].off, f"{limit} is off"
        # Many share an address: it must bear more than one of them.
        assert limits[address_limit(name)].rate_per_second > limits[name].rate_per_second


def test_every_event_has_schemas_and_a_limit(catalogue: Catalogue) -> None:
    limits = limits_of(Settings())
    names = [row.name for row in catalogue.events]
    assert len(names) == len(set(names))
    for row in catalogue.events:
        assert isinstance(row, SocketEvent)
        assert row.limit in limits, f"{row.name} has no rate limit"
        assert set(row.tells) <= set(SERVER_EVENTS), f"{row.name} tells what is in no table"


def test_every_fact_has_a_row_in_the_broadcaster(catalogue: Catalogue) -> None:
    facts = {
        kind
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, events.Fact) and kind is not events.Fact
    }
    assert set(catalogue.facts) == facts


def test_every_named_query_is_used_once_defined() -> None:
    code = "\n".join(text for _, text in sources("repositories"))
    unused = [name for name in load_queries() if f'"{name}"' not in code]
    assert unused == []


def test_room_names_are_made_in_one_place() -> None:
    made = re.compile(r"f[\"'](conversation|user|presence)_\{")
    offenders = [path for path, text in sources(*LAYERS) if made.search(text) and path != "services/room_names.py"]
    assert offenders == []


def test_files_stay_readable() -> None:
    lengths = {path: text.count("\n") for path, text in sources(*LAYERS)}
    assert {path: count for path, count in lengths.items() if count > LONGEST_FILE} == {}
    ordered = sorted(count for count in lengths.values() if count)
    assert ordered[len(ordered) // 2] < 100


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows what is kept")
def test_nothing_binary_is_kept_but_the_pictures_of_the_documents() -> None:
    """A file that a tool left behind, a wheel for one, is easily committed with everything else, and stays in the history."""
    # Whoever runs the tests need not be who cloned.
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"]
    kept = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in kept.split("\0") if name]
    binary = [path for path in paths if path.is_file() and b"\0" in path.read_bytes()]
    assert {path.parent for path in binary} == {ROOT / "docs" / "pictures"}


def test_suppressions_explain_themselves() -> None:
    marker = re.compile(r"#\s*(noqa|type: ignore)(?P<rest>.*)$")
    silent = [
        f"{path}:{number}"
        for path, text in sources(*LAYERS, "tests")
        for number, line in enumerate(text.splitlines(), 1)
        if (match := marker.search(line)) and "#" not in match["rest"]
    ]
    assert silent == []
