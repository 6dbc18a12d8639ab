"""The file of CONTEXT_TYPES: read whole or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.contexts import load_context_types
from server.settings import SettingsError
from services.errors import ValidationFailed

SAID = {"fr": "Vaccin", "en": "Vaccine"}
VACCINE: dict[str, Any] = {
    "type": "vaccin",
    "icon": "syringe",
    **dict.fromkeys(("label", "title", "description", "button"), SAID),
    "actions": [{"action": "question", "label": SAID}],
}


def file_of(folder: Path, content: Any) -> str:
    path = folder / "types.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return str(path)


def test_ours_are_prescriptions_and_exams() -> None:
    types = load_context_types("")
    assert [kind.type for kind in types.all] == ["ordonnance", "examen"]
    with pytest.raises(ValidationFailed) as caught:
        types.require("vaccin", field="type")
    assert caught.value.fields == {"type": "one_of:examen, ordonnance"}


def test_a_file_replaces_them(tmp_path: Path) -> None:
    types = load_context_types(file_of(tmp_path, [VACCINE]))
    [vaccine] = types.all
    assert (vaccine.type, vaccine.button["en"], vaccine.actions[0].action) == ("vaccin", "Vaccine", "question")
    types.require("vaccin", field="type")
    with pytest.raises(ValidationFailed):
        types.require("ordonnance", field="type")


@pytest.mark.parametrize(
    "content",
    [
        "no json",
        {"type": "vaccin"},
        [{**VACCINE, "label": {"fr": "Vaccin"}}],
        [{**VACCINE, "colour": "red"}],
        [{key: value for key, value in VACCINE.items() if key != "icon"}],
        [VACCINE, VACCINE],
    ],
    ids=["no json", "no list", "one language", "unknown key", "no icon", "twice"],
)
def test_a_file_that_is_not_of_the_form_is_refused_at_start(tmp_path: Path, content: Any) -> None:
    with pytest.raises(SettingsError, match="CONTEXT_TYPES"):
        load_context_types(file_of(tmp_path, content))


def test_a_file_that_is_not_there_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="CONTEXT_TYPES"):
        load_context_types(str(tmp_path / "none.json"))
