"""What is compiled stands in for its sources only while they are the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from requirements import compile_modules
from requirements.compile_modules import why_not
from server import compiled

# Imports one hot module as the server does, and says where it came from.
PROGRAM = """
import sys
from pathlib import Path
from server import compiled
if sys.argv[2:]:
    import services.outcome
compiled.use(Path(sys.argv[1]))
import services.outcome
print(compiled.in_use(), services.outcome.__file__)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv(compiled.SWITCH, raising=False)
    return tmp_path


def made(folder: Path, of: str) -> None:
    (folder / compiled.MADE_OF).write_text(of, "ascii")


def imported(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(folder), *words]
    return subprocess.run(command, cwd=compiled.ROOT, capture_output=True, text=True, check=False)


def test_the_modules_are_there() -> None:
    assert [name for name in compiled.MODULES if not compiled.source_of(name).is_file()] == []
    assert sorted(set(compiled.MODULES)) == list(compiled.MODULES)


def test_what_is_there_is_used_while_the_sources_are_those_that_it_was_made_of(folder: Path) -> None:
    assert compiled.state(folder) == "none"
    made(folder, of=compiled.fingerprint())
    assert (compiled.state(folder), compiled.is_forgotten(folder)) == ("fresh", False)
    made(folder, of="something else")
    assert (compiled.state(folder), compiled.is_forgotten(folder)) == ("stale", True)


@pytest.mark.parametrize("word", ["no", "off", "False", "0"])
def test_it_can_be_left_aside(folder: Path, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    made(folder, of=compiled.fingerprint())
    monkeypatch.setenv(compiled.SWITCH, word)
    assert imported(folder).stdout.split() == ["False", str(compiled.source_of("services.outcome"))]
    made(folder, of="something else")
    assert not compiled.is_forgotten(folder)


def test_any_change_of_a_source_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in compiled.PACKAGES:
        (tmp_path / package).mkdir()
    monkeypatch.setattr(compiled, "ROOT", tmp_path)
    seen = {compiled.fingerprint()}
    source = tmp_path / "services" / "outcome.py"
    source.write_text("one = 1\n", "utf-8")
    seen.add(compiled.fingerprint())
    source.write_text("one = 2\n", "utf-8")
    seen.add(compiled.fingerprint())
    source.rename(source.with_name("income.py"))
    seen.add(compiled.fingerprint())
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "compile.txt").write_text("mypy==3\n", "utf-8")
    seen.add(compiled.fingerprint())
    assert len(seen) == 5


def test_what_is_compiled_stands_in_for_the_source(folder: Path) -> None:
    """As it is on this machine; a whole `make test` compiles before."""
    fresh = compiled.state() == "fresh"
    in_use, file = imported(compiled.FOLDER).stdout.split()
    assert (in_use, Path(file).parent) == (str(fresh), (compiled.FOLDER if fresh else compiled.ROOT) / "services")


def test_too_late_is_said_and_not_half_done(folder: Path) -> None:
    made(folder, of=compiled.fingerprint())
    late = imported(folder, "late")
    assert late.returncode == 1
    assert "imported before what is compiled could stand in for it" in late.stderr


def test_what_is_stale_is_left_aside(folder: Path) -> None:
    made(folder, of="something else")
    assert imported(folder).stdout.split() == ["False", str(compiled.source_of("services.outcome"))]


@pytest.mark.parametrize(
    ("missing", "said"), [("CC", "there is no C compiler (not-there;"), ("headers", "Python's headers are missing")]
)
def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, missing: str, said: str) -> None:
    monkeypatch.setenv("CC", "not-there -O1" if missing == "CC" else sys.executable)
    if missing == "headers":
        monkeypatch.setattr("sysconfig.get_path", lambda name: "/nowhere")
    assert said in str(why_not())


def test_nothing_is_remembered_of_what_was_compiled_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mypyc's memory of other states of the sources made it fail when somebody had changed the branch."""
    workshop = folder / "compiling"
    remembered = workshop / "types" / "outcome.ir.json"
    remembered.parent.mkdir(parents=True)
    remembered.write_text("of another branch", "ascii")
    monkeypatch.chdir(compiled.ROOT)
    monkeypatch.setattr(compile_modules, "WORKSHOP", workshop)
    monkeypatch.setattr(compiled, "FOLDER", folder / "compiled")
    monkeypatch.setattr("setuptools.setup", lambda ext_modules, **options: (workshop / "made").mkdir(parents=True))
    there: list[bool] = []
    monkeypatch.setattr("mypyc.build.mypycify", lambda *args, **options: there.append(remembered.exists()))
    assert compile_modules.main(["--here"]) == 0
    assert there == [False]
    assert compiled.state(folder / "compiled") == "fresh"
