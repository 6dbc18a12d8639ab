"""What the documents say is so: tables are those of the code, links lead somewhere, commands exist."""

import base64
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from controllers.errors import STATUS
from controllers.schemas.events import SERVER_EVENTS
from server import compiled
from server.__main__ import main
from server.cli.commands import PLACES, imported
from server.documents import CONTRACT, DOCUMENTS, EXAMPLE, PART, ROOT, contract, parts, renewed
from server.security.signing import Ed25519Signer, derived_signing_key
from server.settings import Settings, documented

PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))
    if not any(part.startswith((".", "node_modules")) for part in path.relative_to(ROOT).parts)
)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (?P<text>.+)$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
ADR_LINES = 40


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def codes(path: Path) -> Iterator[str]:
    """Every piece of code in a page, fenced or not."""
    for match in CODE.finditer(path.read_text("utf-8")):
        yield match[1] or match[2]


def anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = FENCE.sub("", path.read_text("utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", match["text"].lower()).strip().replace(" ", "-") for match in HEADING.finditer(text)
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_made_from_the_code_is_up_to_date(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert text == renewed(text, parts()), f"{name} is out of date. Run: python -m server.documents"


def test_every_part_is_in_a_document() -> None:
    used = {match["name"] for name in DOCUMENTS for match in PART.finditer((ROOT / name).read_text("utf-8"))}
    assert used == set(parts())


def test_the_readme_names_every_setting_event_and_code() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    wanted = [name for name, _, _ in documented()] + [*SERVER_EVENTS, *STATUS]
    assert [name for name in wanted if f"| `{name}` |" not in text] == []


def test_the_readme_names_every_command_and_every_setting_that_can_be_a_file() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in PLACES if f"| `python -m server {name}" not in text] == []
    sentence = text.split(" can be given as files")[0].rsplit("\n\n", 1)[1]
    secrets = [item.name.upper() for item in fields(Settings) if item.metadata["kind"] == "secret"]
    assert sorted(re.findall(r"`(\w+)`", sentence)) == sorted(secrets)


def test_the_example_stands_in_the_readme_as_it_is_run() -> None:
    example = (ROOT / EXAMPLE).read_text("utf-8").strip()
    assert f"```js\n{example}\n```" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["sdk", "embedding"])
def test_examples_of_the_client_stand_in_their_pages_as_the_compiler_sees_them(name: str) -> None:
    example = (ROOT / f"web/tests/examples/{name}.tsx").read_text("utf-8").strip()
    assert f"```tsx\n{example}\n```" in (ROOT / f"docs/{name}.md").read_text("utf-8")


def test_the_types_of_the_web_client_are_those_of_the_server() -> None:
    assert (ROOT / CONTRACT).read_text("utf-8") == contract(), "Run: python -m server.documents"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_links_lead_somewhere(path: Path) -> None:
    broken = []
    for match in LINK.finditer(FENCE.sub("", path.read_text("utf-8"))):
        target, _, anchor = match["target"].partition("#")
        if "://" in target:
            continue
        there = (path.parent / target).resolve() if target else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(match["target"])
    assert broken == []


@pytest.mark.parametrize("name", PLACES)
def test_every_command_is_where_it_is_looked_for(name: str) -> None:
    assert imported(name).name == name


def is_command(words: list[str]) -> bool:
    """Whether these words after `python -m server` begin with a command, and its options exist."""
    command: click.Command = main
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        if found is None:
            return False
        command = found
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return all(word in known for word in words if word.startswith("--"))


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_commands_that_are_named_exist(path: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = "\n".join(codes(path)).replace("\\\n", " ")
    for called in re.findall(r"^make ([^#\n]*)", text, re.MULTILINE):
        words = [word for word in called.split() if "=" not in word]
        assert set(words) <= targets, f"make {called}"
    for called in re.findall(r"(?:python -m server|(?<![\w/.-])colloque) ([a-z-][^#\n)…&]*)", text):
        assert is_command(called.split()), f"python -m server {called}"


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_variables_that_are_set_somewhere_are_settings(path: Path) -> None:
    """Beside those of make and of docs/examples/colloque, and what is read before there are settings."""
    others = {"TESTS", "PYTHON", "BROWSER", "CODE", compiled.SWITCH}
    known = {name.upper() for name in Settings.__dataclass_fields__} | others
    assigned = set(re.findall(r"\b([A-Z][A-Z_]{3,})=", "\n".join(codes(path))))
    assert {name for name in assigned if name.removesuffix("_FILE") not in known} == set()


def test_examples_for_operators_set_what_there_is_to_set() -> None:
    known = {name.upper() for name in Settings.__dataclass_fields__}
    text = "".join((ROOT / "docs/examples" / name).read_text("utf-8") for name in ("env", "colloque@.service"))
    assigned = set(re.findall(r"(?:^|Environment=| )([A-Z][A-Z_]{3,})=", text, re.MULTILINE))
    foreign = {"PYTHONDONTWRITEBYTECODE"}
    assert {name.removesuffix("_FILE") for name in assigned} - known == foreign


def test_the_example_of_a_unit_may_write_where_its_data_are() -> None:
    unit, env = ((ROOT / "docs/examples" / name).read_text("utf-8") for name in ("colloque@.service", "env"))
    assert "ProtectSystem=strict" in unit
    folder = re.search(r"^StateDirectory=(\w+)$", unit, re.MULTILINE)
    assert folder is not None
    assert f"\nDATA_DIR=/var/lib/{folder[1]}\n" in env
    # A database that is away for a minute is no reason to be away for good.
    assert "\nStartLimitIntervalSec=0\n" in unit and "\nRestart=always\n" in unit


def test_the_example_of_a_command_line_has_the_settings_and_keys_of_the_service(tmp_path: Path) -> None:
    """From the folder where one is, which holds a trap; a value with & in it is one value."""
    script = (ROOT / "docs/examples/colloque").read_text("utf-8")
    for there, here in (
        ("/etc/colloque", tmp_path),
        ("$code/.venv/bin/python", sys.executable),
        ("/opt/colloque}", f"{ROOT}}}"),
    ):
        assert there in script
        script = script.replace(there, str(here))
    (tmp_path / "colloque").write_text(script)
    (tmp_path / "env").write_text('DATABASE_URL="postgresql://nobody@127.0.0.1:1/none?a=b&c=d"\nDATA_DIR=/nowhere\n')
    (tmp_path / "jwt_secret").write_text("a secret for tests that is long enough\n")
    (tmp_path / "encryption_keys").write_text(f"k1:{base64.b64encode(b'1' * 32).decode()}\n")
    (tmp_path / "server.py").write_text("raise SystemExit('not the code')")
    run = ["sh", "colloque", "export", "key"]
    said = subprocess.run(run, cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
    key = Ed25519Signer(derived_signing_key(b"a secret for tests that is long enough")).public_key
    assert (said.stdout, said.returncode) == (f"{key}\n", 0), said.stderr


def test_the_example_of_nginx_lets_whole_files_through_and_keeps_nothing_readable() -> None:
    text = (ROOT / "docs/examples/nginx.conf").read_text("utf-8")
    largest = max(Settings().max_attachment_bytes, Settings().max_body_bytes)
    allowed = re.findall(r"^ *client_max_body_size (\d+)m;$", text, re.MULTILINE)
    assert [int(megabytes) * 2**20 > largest for megabytes in allowed] == [True]
    assert "proxy_request_buffering  off;" in text and "proxy_max_temp_file_size 0;" in text
    logged = re.findall(r"^log_format (\w+) (.*?);$", text, re.MULTILINE | re.DOTALL)
    assert not re.search(r"\$(request|request_uri|args|query_string|arg_\w+|http_referer)\b", logged[0][1])
    used = re.findall(r"^ *access_log +(.*);$", text, re.MULTILINE)
    assert all(log == "off" or log.split()[1] == logged[0][0] for log in used) and len(used) > 1


def test_decisions_are_short_and_of_one_form() -> None:
    decisions = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04d}" for number in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert text.count("\n") <= ADR_LINES, path.name
        assert re.findall(r"^## (\w+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name
