"""The types of context that this installation knows, with what clients say about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.errors import ValidationFailed

# Language → text.
Said = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextAction:
    """Something one may want of the other, sent as the `action` of a message."""

    action: str
    label: Said


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextType:
    """`title` and `description` head the conversation, `button` opens it."""

    type: str
    icon: str
    label: Said
    title: Said
    description: Said
    button: Said
    actions: Sequence[ContextAction]


class ContextTypes:
    def __init__(self, types: Sequence[ContextType]) -> None:
        self.all = tuple(types)
        self._names = {kind.type for kind in types}

    def require(self, name: str, *, field: str) -> None:
        """Raises ValidationFailed for a type that is not configured."""
        if name not in self._names:
            raise ValidationFailed(fields={field: f"one_of:{', '.join(sorted(self._names))}"})
