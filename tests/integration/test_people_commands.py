"""user, link and token on the command line, as an operator runs them."""

import base64
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from server.cli.links import link
from server.cli.tokens import token
from server.cli.users import user
from services.principal import DOCTOR, PATIENT
from tests.support.postgres import ScratchDatabase, connected

Run = Callable[..., Result]
COMMANDS = {command.name: command for command in (user, link, token)}


@pytest.fixture
def run(clean_database: ScratchDatabase) -> Run:
    environment = {
        "DATABASE_URL": clean_database.server_url,
        "MIGRATE_DATABASE_URL": clean_database.owner_url,
        "JWT_SECRET": "a secret for tests that is long enough",
        "ENCRYPTION_KEYS": f"test:{base64.b64encode(bytes(32)).decode()}",
    }

    def invoke(command: str, *arguments: str, given: str = "") -> Result:
        return CliRunner().invoke(COMMANDS[command], arguments, input=given, env=environment)

    return invoke


def add(run: Run, username: str, role: str, *more: str, given: str = "") -> Result:
    names = ("--first-name", "Léa", "--last-name", "Roy")
    return run("user", "add", "--username", username, "--role", role, *names, *more, given=given)


def listed(run: Run, *arguments: str) -> list[dict[str, object]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_password_costs_what_is_set(
    run: Run, clean_database: ScratchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(run, "roy", DOCTOR)
    monkeypatch.setenv("PASSWORD_COST", "small")
    add(run, "blanc", PATIENT)
    with connected(clean_database.owner_url) as cursor:
        cursor.execute("SELECT username, split_part(password_hash, '$', 4) FROM users ORDER BY id")
        assert cursor.fetchall() == [("roy", "m=65536,t=3,p=4"), ("blanc", "m=19456,t=2,p=1")]


def test_users(run: Run) -> None:
    result = add(run, "roy", DOCTOR, "--email", "roy@example.org", "--external-id", "h-1")
    assert result.exit_code == 0, result.output
    assert "id 1" in result.output
    assert "Password: " in result.output
    given = add(run, "blanc", PATIENT, "--password-stdin", given="a good long password\n")
    assert given.exit_code == 0
    assert "assword" not in given.output
    rows = listed(run, "user", "list")
    assert [(row["id"], row["username"], row["disabled"]) for row in rows] == [(2, "blanc", False), (1, "roy", False)]
    assert "disabled" in (run("user", "disable", "1").output + run("user", "list", "--role", DOCTOR).output)
    assert listed(run, "user", "list", "--q", "h-1")[0]["disabled"] is True
    assert run("user", "enable", "1").exit_code == 0
    assert listed(run, "user", "list", "--role", DOCTOR)[0]["disabled"] is False


def test_users_that_cannot_be(run: Run) -> None:
    add(run, "roy", DOCTOR, "--external-id", "h-1")
    for result, sentence in (
        (add(run, "ROY", DOCTOR), "The user name is taken"),
        (add(run, "new", DOCTOR, "--external-id", "h-1"), "The external id is taken"),
        (add(run, "new", DOCTOR, "--password-stdin", given="short\n"), "This password will not do: too_short:10"),
        (run("user", "disable", "99"), "There is no user with id 99"),
        (add(run, "new", "king"), "'king' is not one of"),
    ):
        assert result.exit_code != 0
        assert sentence in result.output
        assert "Traceback" not in result.output


def test_links(run: Run) -> None:
    add(run, "patient", PATIENT), add(run, "doctor", DOCTOR)
    both = ("--patient", "1", "--doctor", "2")
    assert "Linked" in run("link", "add", *both).output
    assert "There was a link already" in run("link", "add", *both).output
    assert [row["active"] for row in listed(run, "link", "list")] == [True]
    assert "Ended" in run("link", "end", *both).output
    assert "Léa Roy (1)" in run("link", "list", "--all").output
    assert listed(run, "link", "list") == []
    for result, sentence in (
        (run("link", "end", *both), "have no open link"),
        (run("link", "add", "--patient", "2", "--doctor", "2"), "Patient 2 has another role"),
        (run("link", "end", "--patient", "1", "--doctor", "9"), "Doctor 9 is no user"),
    ):
        assert result.exit_code == 1
        assert sentence in result.output


def test_a_token_and_nothing_else(run: Run) -> None:
    add(run, "roy", DOCTOR)
    result = run("token", "--user", "1", "--ttl", "12h")
    assert result.exit_code == 0
    claims = result.stdout.strip().split(".")[1]
    payload = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert (payload["sub"], payload["exp"] - payload["iat"]) == ("1", 43_200)
    assert run("token", "--user", "9").exit_code == 1
    for ttl in ("0", "1y", "forever", "366d"):
        assert run("token", "--user", "1", "--ttl", ttl).exit_code == 2


@pytest.mark.parametrize("command", [("user", "add"), ("user", "list"), ("link", "end"), ("token",)])
def test_help_says_how(run: Run, command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "python -m server" in result.output
