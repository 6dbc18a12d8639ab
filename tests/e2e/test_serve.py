"""`python -m server serve` as an operator meets it: starts from nothing, stops, comes back, says what to do."""

import os
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from server import compiled
from server.__main__ import main
from tests.support.postgres import DatabaseServer
from tests.support.processes import STOP_PATIENCE, ServerProcess, run_command, server_process
from tests.support.site import Site


@pytest.fixture
def site(cluster: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    """An installation with a database of its own and nothing running."""
    with cluster.fresh_database() as database:
        empty = Site(database, tmp_path)
        empty.pairs(1)
        yield empty


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text("ascii")


def postmaster_of(folder: Path) -> int:
    return int((folder / "pg" / "data" / "postmaster.pid").read_text("ascii").splitlines()[0])


@pytest.mark.timeout(180)
def test_from_nothing_through_ctrl_c_and_sigkill_with_the_demo_clinic(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with server_process({"DATA_DIR": str(var)}, folder=tmp_path, arguments=("serve", "--demo")) as server:
        said = server.tail()
        assert f"Colloque is ready: {server.url}" in said
        [amelie] = [line.split() for line in said.splitlines() if " amelie " in line]
        login = urllib.request.Request(
            server.url + "/api/auth/login",
            data=f'{{"username": "amelie", "password": "{amelie[2]}"}}'.encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(login, timeout=10) as answer:
            assert answer.status == 200
        with urllib.request.urlopen(server.url + "/", timeout=10) as answer:
            assert b"<title>" in answer.read()
        postmaster = postmaster_of(var)
        server.interrupt()
        assert server.exit_code(patience=10) == 0
        assert not alive(postmaster)

        server.start()
        assert amelie[2] in server.tail()
        postmaster = postmaster_of(var)
        server.kill()
        server.start()
        assert "amelie" in server.tail()
        server.terminate()
        assert server.exit_code(patience=10) == 0
        assert not alive(postmaster)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("how", [ServerProcess.interrupt, ServerProcess.terminate], ids=["Ctrl-C", "SIGTERM"])
def test_who_is_impatient_does_not_kill_the_orderly_end(tmp_path: Path, how: Callable[[ServerProcess], None]) -> None:
    """PostgreSQL's among it: it would have to mend its files at the next start."""
    var = tmp_path / "var"
    with server_process({"DATA_DIR": str(var)}, folder=tmp_path) as server:
        postmaster = postmaster_of(var)
        patience = time.monotonic() + STOP_PATIENCE
        while server.is_running:
            assert time.monotonic() < patience
            how(server)
            time.sleep(0.002)  # quicker than any hand
        assert server.exit_code() == 0
    assert not alive(postmaster)
    assert "database system is shut down" in (var / "pg" / "postgres.log").read_text("utf-8")


def refused(environment: dict[str, str], *arguments: str) -> str:
    """What it says when it will not start."""
    done = run_command(*(arguments or ("serve",)), environment=environment)
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken(tmp_path: Path, site: Site, workers: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = refused({**site.environment, "PORT": str(taken.getsockname()[1]), "WORKERS": workers})
    assert "Cannot listen on 127.0.0.1" in said
    assert "PORT" in said


def test_wrong_settings_are_all_named_at_once(tmp_path: Path) -> None:
    said = refused({"DATA_DIR": str(tmp_path), "PORT": "many", "MESSAGE_RATE": "-1", "CONVERSATION_KINDS": "chat"})
    assert all(name in said for name in ("PORT", "MESSAGE_RATE", "CONVERSATION_KINDS"))


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("name", "value"),
    [("REDIS_URL", "redis://127.0.0.1:1?nonsense=1"), ("SMTP_URL", "smtp://[::1"), ("REDIS_URL", "redis://[::1")],
)
def test_a_malformed_address_is_refused_with_one_line(site: Site, workers: str, name: str, value: str) -> None:
    assert name in refused({**site.environment, "PORT": "0", "WORKERS": workers, name: value})


def test_a_secret_that_is_too_short_or_missing_or_another_one(tmp_path: Path, site: Site) -> None:
    assert "32" in refused({"DATA_DIR": str(tmp_path), "JWT_SECRET": "short"})
    assert "JWT_SECRET" in refused({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "DATA_DIR": str(tmp_path)})
    assert "JWT_SECRET" in refused({**site.environment, "JWT_SECRET": "x" * 40, "PORT": "0"})


@pytest.mark.timeout(180)
def test_several_workers_from_nothing_with_the_demo_clinic(tmp_path: Path) -> None:
    """The embedded PostgreSQL is the parent's, and ends with it."""
    var = tmp_path / "var"
    arguments = ("serve", "--demo", "--workers", "2")
    with server_process({"DATA_DIR": str(var)}, folder=tmp_path, arguments=arguments) as server:
        said = server.tail()
        assert f"Colloque is ready: {server.url}" in said
        assert said.count("API documents") == 1
        for _ in range(2):  # each worker in its turn
            with urllib.request.urlopen(server.url + "/api/demo", timeout=10) as answer:
                assert b"amelie" in answer.read()
        postmaster, workers = postmaster_of(var), server.workers
        assert len(workers) == 2
        server.interrupt()
        assert server.exit_code(patience=10) == 0
        assert not any(alive(pid) for pid in (postmaster, *workers))


def test_a_database_out_of_reach(tmp_path: Path, site: Site) -> None:
    away = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "MIGRATE_DATABASE_URL": ""}
    assert "out of reach" in refused({**site.environment, **away})


def test_a_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    said = refused({"DATA_DIR": str(tmp_path / "var")})
    assert "var" in said


def _commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            inner = command.get_command(click.Context(command), name)
            assert inner is not None
            yield from _commands(inner, (*words, name))


def test_every_command_explains_itself() -> None:
    done = run_command("--help", environment={})
    assert (done.returncode, "Usage: python -m server" in done.stdout) == (0, True), done
    every = list(_commands(main))
    assert ("user", "add") in every
    for words in every:
        result = CliRunner().invoke(main, [*words, "--help"], prog_name="python -m server")
        assert result.exit_code == 0, words
        assert result.output.startswith(" ".join(["Usage: python -m server", *words])), words


def test_seeding_twice_adds_nothing(site: Site) -> None:
    first = run_command("seed", "--pairs", "3", "--json", environment=site.environment)
    again = run_command("seed", "--pairs", "3", "--json", environment=site.environment)

    def ids(text: str) -> list[str]:
        return [line.split('"patient"')[0] for line in text.splitlines()]

    assert len(ids(first.stdout)) == 3
    assert ids(first.stdout) == ids(again.stdout)
    assert run_command("seed", environment=site.environment).returncode == 2


def test_the_servers_role_alone_is_enough_once_the_schema_is_there(site: Site, cluster: DatabaseServer) -> None:
    """AUTO_MIGRATE is on by default; a role that owns nothing must not stumble over it."""
    site.command("seed", "--pairs", "1", MIGRATE_DATABASE_URL="")
    with cluster.fresh_database(template="template0") as empty:
        said = refused({**site.environment, "DATABASE_URL": empty.server_url, "MIGRATE_DATABASE_URL": ""})
    assert "MIGRATE_DATABASE_URL" in said


@pytest.mark.parametrize("wanted", ["yes", "no"])
def test_what_every_message_passes_is_compiled_where_that_is_there_and_wanted(
    site: Site, tmp_path: Path, wanted: str
) -> None:
    with server_process(site.environment | {compiled.SWITCH: wanted}, folder=tmp_path) as server:
        expected = wanted == "yes" and compiled.state() == "fresh"
        assert f'"compiled": {str(expected).lower()}, "event": "hot_modules"' in server.log.read_text("utf-8")
        assert ("/build/compiled/" in Path(f"/proc/{server.pid}/maps").read_text("utf-8")) == expected
