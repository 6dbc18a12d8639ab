"""The example of the README does what it says, in node; tests/browser runs it in a browser."""

import asyncio
from pathlib import Path

from tests.support.clinic import Clinic
from tests.support.example import EXAMPLE, NODE_MODULES, ROOT, example
from tests.support.node import node
from tests.support.rest import Rest

PATIENCE = 20.0


def test_the_readme_shows_the_very_file() -> None:
    assert EXAMPLE.read_text("utf-8") in (ROOT / "README.md").read_text("utf-8")


async def test_the_example_sends_and_receives(clinic: Clinic, rest: Rest, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    script = tmp_path / "chat.mjs"
    script.write_text(example(clinic), "utf-8")
    process = await asyncio.create_subprocess_exec(node(), str(script), stdout=asyncio.subprocess.PIPE)
    try:
        assert "stored as number" in await _printed(process, "stored as number")
        doctor = rest.of(clinic.person("dr.martin").token)
        page = await doctor.get("/api/messaging/conversations", q="Durand")
        path = f"/api/messaging/conversations/{page['items'][0]['id']}/messages"
        assert "Bonjour !" in [item["content"] for item in (await doctor.get(path))["items"]]
        await doctor.post(path, {"content": "Bonjour Amélie"})
        assert "Claire Martin: Bonjour Amélie" in await _printed(process, "Bonjour Amélie")
    finally:
        process.kill()
        await process.wait()


async def _printed(process: asyncio.subprocess.Process, wanted: str) -> str:
    """What it prints, up to the line with these words."""
    assert process.stdout is not None
    text = ""
    async with asyncio.timeout(PATIENCE):
        while wanted not in text:
            line = await process.stdout.readline()
            assert line, f"it ended after:\n{text}"
            text += line.decode()
    return text
