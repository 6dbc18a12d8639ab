"""The page's own modules: its reducer under node's test runner, and its texts in both languages."""

import json
import re
import subprocess
from pathlib import Path

from tests.support.node import node

PAGE = Path(__file__).parent.parent.parent / "web" / "page"
TEXTS = "Promise.all(['fr', 'en'].map(async (name) => (await import(`./texts/${name}.js`))[name]))"


def test_the_reducer() -> None:
    done = subprocess.run(
        [node(), "--test", str(Path(__file__).parent / "state.test.mjs")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_both_languages_say_the_same_things_and_no_text_is_unused() -> None:
    script = f"{TEXTS}.then((texts) => console.log(JSON.stringify(texts)))"
    done = subprocess.run([node(), "-e", script], cwd=PAGE, capture_output=True, text=True, check=True)
    french, english = json.loads(done.stdout)
    assert french.keys() == english.keys()
    for key, text in english.items():
        assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", french[key]), key
    code = "\n".join(path.read_text("utf-8") for path in PAGE.rglob("*.js") if path.parent.name != "texts")
    said = set(re.findall(r"\"([a-z]+(?:\.\w+)?)\"", code))
    families = {match.group(1) for match in re.finditer(r"`([a-z]+)\.\$\{", code)}
    unused = {
        key for key in english if re.sub(r"\.(one|other)$", "", key) not in said and key.split(".")[0] not in families
    }
    assert unused == set()


def test_nothing_of_the_page_is_made_from_markup() -> None:
    for path in PAGE.rglob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", path.read_text("utf-8")
        ), path
