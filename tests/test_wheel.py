"""What is installed from the wheel has the built web client in it."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("server", "controllers", "services", "repositories", "sql", "web/dist", "requirements")
FILES = ("setup.cfg", "pyproject.toml", "README.md")
REFERRED = re.compile(r'(?:src|href)="/([^"]+)"')


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built from a copy: setuptools leaves things where it works."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for part in PARTS:
        shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, source / name)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    done = subprocess.run(
        [*build, "--wheel-dir", str(target), str(source)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    [path] = target.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_web_client_is_in_the_wheel_with_all_that_its_page_asks_for(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    page = wheel.read("web/dist/index.html").decode()
    referred = REFERRED.findall(page)
    assert any(name.endswith(".js") for name in referred)
    assert {f"web/dist/{name}" for name in referred} <= names


def test_the_wheel_has_every_file_of_the_build_and_every_statement(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    for folder in ("web/dist", "sql"):
        there = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        missing = {name for name in there - names if "__pycache__" not in name and "/.built-" not in name}
        assert missing == set()


def test_the_server_looks_for_the_client_where_the_wheel_puts_it(wheel: zipfile.ZipFile) -> None:
    assert 'WEB = Path(__file__).parent.parent / "web"' in wheel.read("server/app.py").decode()
