"""Calls that the server's documents name, pointed at things: their ids in paths and bodies."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Of administrators, or for all who are signed in.
FOR_ALL = ("care-links", "legal-holds", "push-subscriptions", "reports", "questions", "answers", "mentors")


@dataclass(frozen=True, slots=True)
class Things:
    """`parameters`: what stands for a parameter of a path wherever it is; `nouns`: behind /noun/; `fields`: in bodies."""

    parameters: Mapping[str, Sequence[str]]
    nouns: Mapping[str, Sequence[str]]
    fields: Mapping[str, Any]

    def paths(self, path: str) -> list[str]:
        """With every parameter replaced by each of the ids that it may hold."""
        found = re.search(r"/([^/]+)/\{(\w+)\}", path)
        if found is None:
            return [path]
        noun, parameter = found.groups()
        return [
            one for value in self._ids(noun, parameter) for one in self.paths(path.replace(f"{{{parameter}}}", value))
        ]

    def body(self, sample: Any) -> Any:
        """The sample, about these things."""
        if not isinstance(sample, dict):
            return sample
        return {name: self.fields.get(name, value) for name, value in sample.items()}

    def _ids(self, noun: str, parameter: str) -> Sequence[str]:
        """By kind: the number of their message may well be that of one's own talk."""
        if parameter in self.parameters:
            return self.parameters[parameter]
        if noun in FOR_ALL:
            return ["1"]
        assert noun in self.nouns, f"which ids of others stand behind /{noun}/?"
        return self.nouns[noun]
