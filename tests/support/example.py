"""docs/examples/chat.js, as the README shows it, with nothing but address and password put in."""

from pathlib import Path

from tests.support.clinic import Clinic

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "chat.js"
NODE_MODULES = ROOT / "web" / "node_modules"
MOST_LINES = 15


def example(clinic: Clinic) -> str:
    text = EXAMPLE.read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    for shown, real in (
        ("http://127.0.0.1:5001", clinic.url),
        ('password: "…"', f'password: "{clinic.passwords()["amelie"]}"'),
    ):
        assert text.count(shown) == 1
        text = text.replace(shown, real)
    return text
