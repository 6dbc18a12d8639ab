"""The embedded PostgreSQL with real processes: who starts it, who joins, who is killed, and what is left afterwards."""

import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest

from server.postgres.account import account_for
from server.postgres.binaries import find_binaries
from server.postgres.embedded import EmbeddedPostgres, join
from server.postgres.folders import Folders
from tests.support.postgres import connected, kill_postmaster, postmaster

PATIENCE = 30.0
ROOT = Path(__file__).parent.parent.parent
USER = """
import sys
from pathlib import Path
from server.postgres.cluster import Cluster
from server.postgres.embedded import EmbeddedPostgresError, join
try:
    with join(Path(sys.argv[1]), durable=False) as postgres:
        print("started" if postgres.started else "joined", flush=True)
        sys.stdin.read()
except EmbeddedPostgresError as error:
    print(error, flush=True)
"""
STRANGER = 65432
as_root = os.geteuid() == 0


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A short path that everybody may enter; pytest's own belong to one user and are long."""
    folder = Path(tempfile.mkdtemp(prefix="colloque-"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


class User:
    """Another process that uses the database until it is told to stop, or killed."""

    def __init__(self, data_dir: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data_dir)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().strip()

    def leave(self) -> None:
        self.process.communicate(timeout=PATIENCE)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def users(data_dir: Path) -> Iterator[Callable[[], User]]:
    with ExitStack() as stack:

        def start() -> User:
            user = User(data_dir)
            stack.callback(user.kill)
            return user

        yield start
    await_gone(data_dir)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def alive(data_dir: Path) -> list[str]:
    """The command lines of what still runs on that folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue  # It ended while we looked.
        if str(data_dir.parent) in command and ("postgres -D" in command or "server.postgres.supervisor" in command):
            found.append(command)
    return found


def await_gone(data_dir: Path) -> None:
    wait_until(lambda: not alive(data_dir))


def supervisor_of(data_dir: Path) -> int:
    status = Path(f"/proc/{postmaster(data_dir)}/status").read_text("ascii")
    return int(next(line for line in status.splitlines() if line.startswith("PPid:")).split()[1])


def kill_and_await(pid: int) -> None:
    handle = os.pidfd_open(pid)
    signal.pidfd_send_signal(handle, signal.SIGKILL)
    select.select([handle], [], [], PATIENCE)
    os.close(handle)


def shut_down_cleanly(data_dir: Path) -> bool:
    control = find_binaries().program("pg_controldata")
    shown = subprocess.run([control, Folders.under(data_dir).data], capture_output=True, text=True, check=True).stdout
    return any(
        line.startswith("Database cluster state:") and line.endswith(" shut down") for line in shown.splitlines()
    )


def remembered(postgres: EmbeddedPostgres) -> list[int]:
    with connected(postgres.owner_url) as cursor:
        cursor.execute("SELECT n FROM remembered ORDER BY n")
        return [n for (n,) in cursor.fetchall()]


def remember(postgres: EmbeddedPostgres, number: int) -> None:
    with connected(postgres.owner_url) as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS remembered (n int)")
        cursor.execute("INSERT INTO remembered VALUES (%s)", (number,))


def test_first_start_then_again_with_the_data_still_there(data_dir: Path) -> None:
    with join(data_dir) as postgres:
        assert postgres.started
        remember(postgres, 1)
        with connected(postgres.owner_url) as cursor:
            cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
            assert cursor.fetchone() == ("on", "on")
            cursor.execute("SELECT current_setting('listen_addresses'), current_setting('server_encoding')")
            assert cursor.fetchone() == ("", "UTF8")
            cursor.execute("SHOW client_connection_check_interval")
            assert cursor.fetchone() == ("2s",)
    assert alive(data_dir) == []
    assert shut_down_cleanly(data_dir)
    with join(data_dir) as postgres:
        assert remembered(postgres) == [1]


def test_the_server_role_cannot_touch_what_the_owner_has(data_dir: Path) -> None:
    with join(data_dir, durable=False) as postgres:
        remember(postgres, 1)
        with connected(postgres.server_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT n FROM remembered")
        with connected(postgres.owner_url) as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT pg_read_file('/etc/hostname')")


def test_a_second_user_joins_and_the_last_one_out_stops_it(data_dir: Path, users: Callable[[], User]) -> None:
    first = users()
    assert first.said == "started"
    second = users()
    assert second.said == "joined"
    with join(data_dir, durable=False) as third:
        assert not third.started
        first.leave()
        second.leave()
        remember(third, 3)
        assert remembered(third) == [3]
    assert alive(data_dir) == []
    assert shut_down_cleanly(data_dir)


def test_many_who_come_at_once_start_one(users: Callable[[], User]) -> None:
    assert sorted(user.said for user in [users() for _ in range(3)]) == ["joined", "joined", "started"]


def test_ctrl_c_and_sigterm_to_the_supervisor_leave_the_users_their_database(
    data_dir: Path, users: Callable[[], User]
) -> None:
    users()
    supervisor = supervisor_of(data_dir)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(supervisor, number)
    with join(data_dir, durable=False) as postgres:
        assert not postgres.started
        remember(postgres, 1)
    assert supervisor_of(data_dir) == supervisor


def test_a_session_of_its_own_keeps_the_terminal_s_signals_away(data_dir: Path, users: Callable[[], User]) -> None:
    users()
    assert os.getsid(supervisor_of(data_dir)) != os.getsid(0)


def test_sigkill_of_the_only_user_stops_it_cleanly(data_dir: Path, users: Callable[[], User]) -> None:
    users().kill()
    await_gone(data_dir)
    assert shut_down_cleanly(data_dir)
    assert users().said == "started"


def test_sigkill_of_the_supervisor_stops_it_cleanly_and_the_next_start_works(
    data_dir: Path, users: Callable[[], User]
) -> None:
    users()
    with join(data_dir, durable=False) as postgres:
        remember(postgres, 7)
    kill_and_await(supervisor_of(data_dir))
    again = join(data_dir, durable=False)  # At once: it waits for the old PostgreSQL itself.
    try:
        assert again.started
        assert remembered(again) == [7]
    finally:
        again.release()


def test_a_killed_postmaster_is_started_again_for_its_users(data_dir: Path, users: Callable[[], User]) -> None:
    users()
    with join(data_dir, durable=False) as postgres:
        remember(postgres, 5)
        before = postmaster(data_dir)
        kill_postmaster(data_dir)

        def answers() -> bool:
            try:
                return remembered(postgres) == [5]
            except psycopg2.OperationalError:
                return False

        wait_until(answers)
        assert postmaster(data_dir) != before


def test_everything_killed_at_once_comes_back(data_dir: Path, users: Callable[[], User]) -> None:
    user = users()
    with join(data_dir, durable=False) as postgres:
        remember(postgres, 9)
        pids = [supervisor_of(data_dir), postmaster(data_dir)]
    for pid in pids:
        kill_and_await(pid)
    user.kill()
    with join(data_dir, durable=False) as postgres:
        assert remembered(postgres) == [9]


def test_a_left_over_pid_file_that_names_a_stranger_is_no_obstacle(data_dir: Path) -> None:
    with join(data_dir, durable=False):
        note = Folders.under(data_dir).data / "postmaster.pid"
        text = note.read_text("utf-8").splitlines()
    stranger = subprocess.Popen(["sleep", "60"], preexec_fn=account_for(Folders.under(data_dir).root).become)
    try:
        note.write_text("\n".join([str(stranger.pid), *text[1:]]) + "\n", "utf-8")
        with join(data_dir, durable=False) as postgres:
            assert postgres.started
    finally:
        stranger.kill()
        stranger.wait()


def test_a_start_that_was_cut_short_leaves_no_half_made_data_folder(data_dir: Path) -> None:
    unfinished = Folders.under(data_dir).root / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("17", "utf-8")
    with join(data_dir, durable=False) as postgres:
        assert postgres.started
    assert not unfinished.exists()


def test_nobody_else_may_enter_the_folder_of_data_and_socket(data_dir: Path) -> None:
    with join(data_dir, durable=False):
        folders = Folders.under(data_dir)
        assert stat.S_IMODE(folders.root.stat().st_mode) == 0o700
        assert stat.S_IMODE(Path(folders.socket() or "").stat().st_mode) == 0o700


def test_a_long_path_gets_its_socket_elsewhere(data_dir: Path) -> None:
    deep = data_dir / ("d" * 100)
    with join(deep, durable=False) as postgres:
        socket = Path(Folders.under(deep).socket() or "")
        assert not socket.is_relative_to(deep)
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        remember(postgres, 1)
    assert not socket.exists()
