"""The OpenAPI document against the server that wrote it: schemathesis calls everything with whatever fits and does not fit."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.postgres import DatabaseServer
from tests.support.site import Site

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
# Of chance, for each call, beside those that are worked out from its schema. `make fuzz` tries many more.
EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "3")
# What is worked out from its schema, some fifty calls of each, is for whom it is meant: others are refused before anybody
# looks at what they say, and who uses it does not change how it is read. `make fuzz` makes no difference.
IN_FULL = {"patient": "^/api/(?!admin/)", "admin": "^/api/(admin|questions|answers)"}
OTHERS = """
[[operations]]
exclude-path-regex = "{in_full}"
phases.coverage.enabled = false
"""
# With these an administrator would end the own session, and the rest would answer 401.
EXCLUDED = {"patient": (), "admin": ("--exclude-path-regex", "^/api/admin/users/")}


@pytest.fixture(scope="module")
def site(cluster: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with cluster.fresh_database() as database:
        running = Site(database, tmp_path_factory.mktemp("schemathesis"), REQUEST_RATE="0", LOGIN_RATE="0")
        yield running
        running.stop()


def say_something(url: str, pair: dict[str, Any]) -> None:
    """Message 1 is in conversation 1."""
    request = urllib.request.Request(
        f"{url}/api/messaging/conversations/{pair['conversationId']}/messages",
        data=b'{"content": "hello", "clientMessageId": "7f1b4f0e-6f0a-4a3c-9f55-0a4c1d2e3f40"}',
        headers={"Authorization": f"Bearer {pair['patient']['token']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in (200, 201)


def configuration(role: str, existing_id: int) -> str:
    """Ids that exist, or nearly every call would end at NOT_FOUND."""
    others = "" if "FUZZ_EXAMPLES" in os.environ else OTHERS.format(in_full=IN_FULL[role])
    return f'[parameters]\n"path.id" = {existing_id}\n{others}'


@pytest.mark.timeout(300 + 30 * int(EXAMPLES))
@pytest.mark.parametrize("role", ["patient", "admin"])
def test_no_5xx_and_no_undocumented_answer(site: Site, role: str, tmp_path: Path) -> None:
    node = site.nodes[0] if site.nodes else site.node()
    [pair] = site.pairs(1)
    say_something(node.url, pair)
    (tmp_path / "schemathesis.toml").write_text(configuration(role, pair["conversationId"]), "utf-8")
    token = pair["patient"]["token"] if role == "patient" else site.administrator()
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "schemathesis"),
            "run",
            node.url + "/api/openapi.json",
            *("--checks", CHECKS),
            *("--header", f"Authorization: Bearer {token}"),
            *("--phases", "examples,coverage,fuzzing"),
            *("--max-examples", EXAMPLES),
            *EXCLUDED[role],
            *("--seed", "1"),
            "--suppress-health-check=all",
            "--no-color",
        ],
        cwd=tmp_path,
        # What measures the coverage of ours would only slow down theirs.
        env={name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
