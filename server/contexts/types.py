"""The types of context from a JSON file: ours, or the one that CONTEXT_TYPES names."""

import json
from pathlib import Path

from marshmallow import ValidationError

from controllers.schemas.contexts import ContextTypeSchema
from server.settings import SettingsError
from services.context_types import ContextTypes

OURS = Path(__file__).parent / "types.json"


def load_context_types(path: str) -> ContextTypes:
    """`path` empty: ours. Raises SettingsError for a file that is not of the form of types.json."""
    try:
        given = json.loads((Path(path) if path else OURS).read_text("utf-8"))
        types = ContextTypeSchema(many=True).load(given)
    except (OSError, ValueError, ValidationError) as error:
        raise SettingsError(f"CONTEXT_TYPES: {path} is not of the form of {OURS.name}: {error}") from error
    names = [kind.type for kind in types]
    if len(names) != len(set(names)):
        raise SettingsError(f"CONTEXT_TYPES: {path} has a type twice")
    return ContextTypes(types)
