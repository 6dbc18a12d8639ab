"""Which Python `make` builds the environment with."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from requirements.choose_python import Found, choice, on_path, tried_out

ROOT = Path(__file__).parents[2]
# What the Makefile calls beside Python.
TOOLS = ("make", "sh", "cat", "cksum", "tr", "find", "rm", "sed")
# A Python in which each call costs something more, as in one that was built without optimisations.
SLOWLY = "import sys; sys.setprofile(lambda *_: None); exec(sys.argv[2])"


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A folder with a slow python3.11, which calls itself by a name of its own."""
    environment = tmp_path / "slow"
    venv.create(environment, symlinks=True)
    python = f"'{environment}/bin/python'"
    return script(
        tmp_path / "slow_bin" / "python3.11",
        f'case $1 in -c) exec {python} -c \'{SLOWLY}\' "$@";; *) exec {python} "$@";; esac',
    )


@pytest.fixture
def fast(tmp_path: Path) -> Path:
    return script(tmp_path / "fast_bin" / "python3.11", f"exec '{sys.executable}' \"$@\"")


@pytest.fixture
def makefile(tmp_path: Path) -> Path:
    """A folder where it can be tried, with the tools that it needs and no Python."""
    folder = tmp_path / "project"
    (folder / "tools").mkdir(parents=True)
    shutil.copytree(ROOT / "requirements", folder / "requirements")
    shutil.copy(ROOT / "Makefile", folder)
    for tool in TOOLS:
        (folder / "tools" / tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool} here"))
    return folder


def script(path: Path, line: str) -> Path:
    path.parent.mkdir()
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path.parent


def made(makefile: Path, *folders: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(map(str, [*folders, makefile / "tools"]))
    without = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "PYTHON", "COV"))}
    return subprocess.run(
        ["make", ".venv/bin/python"],
        cwd=makefile,
        env=without | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_fastest_is_taken_wherever_it_stands(makefile: Path, slow: Path, fast: Path) -> None:
    done = made(makefile, slow, fast)
    assert done.returncode == 0, done.stderr
    assert f"Making .venv with {sys.executable} …" in done.stdout
    assert "times as long as" in done.stderr
    assert (makefile / ".venv" / "bin" / "python").exists()


def test_without_any_it_says_what_to_do(makefile: Path) -> None:
    done = made(makefile)
    assert done.returncode
    assert "Colloque needs Python 3.11 or 3.12. Install it" in done.stderr
    assert not (makefile / ".venv").exists()


def test_what_is_no_python_of_ours_is_passed_over(tmp_path: Path, fast: Path) -> None:
    broken = script(tmp_path / "broken_bin" / "python3.11", "echo 'python3.11: command not found' >&2; exit 127")
    found = on_path("python3.11", map(str, [broken, tmp_path / "not there", fast]))
    assert [python.path for python in tried_out(found)] == [sys.executable]


def test_two_doors_to_one_python_are_one(tmp_path: Path, fast: Path) -> None:
    again = script(tmp_path / "again_bin" / "python3.11", f"exec '{sys.executable}' \"$@\"")
    linked = tmp_path / "linked_bin"
    linked.symlink_to(fast)
    paths = list(on_path("python3.11", map(str, [fast, linked, again])))
    assert paths == [str(fast / "python3.11"), str(again / "python3.11")]
    assert [python.path for python in tried_out(paths)] == [sys.executable]


def test_the_first_on_path_stays_unless_another_is_worth_it() -> None:
    first, alike, faster = Found("a", 1.0), Found("b", 0.95), Found("c", 0.8)
    assert choice([first, alike]) is first
    assert choice([first, alike, faster]) is faster
    assert choice([faster, first]) is faster
