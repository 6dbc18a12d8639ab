"""retention and keys on the command line, as an operator runs them."""

import base64
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from server.__main__ import main
from tests.support.postgres import ScratchDatabase, connected

Run = Callable[..., Result]


def encoded(byte: int) -> str:
    return base64.b64encode(bytes([byte]) * 32).decode()


@pytest.fixture
def run(clean_database: ScratchDatabase) -> Run:
    environment = {
        "DATABASE_URL": clean_database.server_url,
        "MIGRATE_DATABASE_URL": clean_database.owner_url,
        "JWT_SECRET": "a secret for tests that is long enough",
        "ENCRYPTION_KEYS": f"k1:{encoded(1)}",
    }

    def invoke(*arguments: str, keys: str = "") -> Result:
        more = {"ENCRYPTION_KEYS": keys} if keys else {}
        return CliRunner().invoke(main, arguments, env=environment | more)

    return invoke


@pytest.fixture
def three_old_ones(run: Run, clean_database: ScratchDatabase) -> list[int]:
    assert run("seed", "--pairs", "3").exit_code == 0
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE conversations SET created_at = now() - interval '8 years' RETURNING id")
        return sorted(int(row[0]) for row in cursor.fetchall())


def test_a_dry_run_says_what_a_run_then_does(run: Run, three_old_ones: list[int]) -> None:
    held = run("retention", "hold", "--conversation", str(three_old_ones[0]), "--reason", "case 12", "--by", "A. Roy")
    assert held.output == f"Hold 1 is placed on conversation {three_old_ones[0]}.\n"
    dry = run("retention", "run", "--dry-run")
    assert "care        kept 2557 days  3 over, 0 messages, 1 held" in dry.output
    assert "A run would shred 2 conversations." in dry.output
    rows = [json.loads(line) for line in run("retention", "run", "--dry-run", "--json").stdout.splitlines()]
    assert [(row["conversationId"], row["held"]) for row in rows] == [
        (conversation_id, conversation_id == three_old_ones[0]) for conversation_id in three_old_ones
    ]
    assert "Shredded 2 conversations." in run("retention", "run").output
    assert "Shredded 0 conversations." in run("retention", "run").output


def test_holds_are_listed_and_lifted(run: Run, three_old_ones: list[int]) -> None:
    assert run("retention", "hold", "--user", "1", "--reason", "inquiry", "--by", "A. Roy").exit_code == 0
    assert "user 1" in run("retention", "holds").output
    lifted = run("retention", "release", "1", "--reason", "over", "--by", "B. Kent")
    assert lifted.output == "Hold 1 on user 1 is lifted.\n"
    assert run("retention", "holds").output == ""
    assert "inquiry  (lifted" in run("retention", "holds", "--all").output
    for arguments, code, sentence in (
        (("release", "1", "--reason", "over", "--by", "B"), 1, "There is no open hold 1"),
        (("hold", "--user", "99", "--reason", "x", "--by", "B"), 1, "There is no such conversation or user"),
        (("hold", "--user", "1", "--reason", " ", "--by", "B"), 1, "may not be empty"),
        (("hold", "--reason", "x", "--by", "B"), 2, "Give one of"),
        (("hold", "--user", "1", "--by", "B"), 2, "--reason"),
        (("run", "--json"), 2, "--dry-run"),
    ):
        result = run("retention", *arguments)
        assert (result.exit_code, sentence in result.output) == (code, True), result.output


def test_a_data_key_that_does_not_open_is_named_and_the_rest_is_rotated(
    run: Run, three_old_ones: list[int], clean_database: ScratchDatabase
) -> None:
    both, damaged = f"k2:{encoded(2)},k1:{encoded(1)}", three_old_ones[0]
    run("keys", "list")
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("UPDATE conversations SET data_key = 'x' WHERE id = %s", (damaged,))
    rotated = run("keys", "rotate", keys=both)
    assert rotated.exit_code == 1
    assert f"1 data keys do not open and stay as they are: conversations {damaged}. 2 others" in rotated.output
    assert "start again" in rotated.output


def test_keys_are_rotated_listed_and_left_out(
    run: Run, three_old_ones: list[int], clean_database: ScratchDatabase
) -> None:
    both, only_new = f"k2:{encoded(2)},k1:{encoded(1)}", f"k2:{encoded(2)}"
    assert run("keys", "list").output.split() == ["k1", "current", "wraps", "3", "conversations"]
    refused = run("keys", "rotate", keys=only_new)
    assert refused.exit_code == 1
    assert "lacks the key 'k1'" in refused.output
    rotated = run("keys", "rotate", keys=both)
    assert rotated.exit_code == 0
    assert "0 of 3 data keys wrapped anew under 'k2', 3 left" in rotated.output
    assert "Wrapped 3 data keys anew. All are under 'k2'" in rotated.output
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT action, object_id, reason, device FROM audit WHERE object_type = 'master_key'")
        assert cursor.fetchall() == [("key.rotate", "k2", "3", "command line")]
    listed = run("keys", "list", keys=both).output.splitlines()
    assert [line.split()[:2] for line in listed] == [["k2", "current"], ["k1", "listed"]]
    assert listed[1].endswith("wraps nothing")
    assert run("keys", "list", keys=only_new).exit_code == 0
    assert "not the one this database was used with" in run("keys", "list", keys=f"k2:{encoded(3)}").output
