"""Types of context as they are configured."""

from server.contexts.types import load_context_types

__all__ = ["load_context_types"]
