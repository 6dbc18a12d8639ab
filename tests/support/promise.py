"""The AsyncAPI document, held against what is really said."""

from typing import Any

from jsonschema import Draft202012Validator


class Promise:
    """The document, asked about one message at a time."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def check(self, name: str, payload: Any) -> None:
        message = self._document["components"]["messages"][name]
        schema = {**message["payload"], "components": self._document["components"]}
        Draft202012Validator(schema).validate(payload)
        self._check_names(name, message["payload"], payload)

    def _check_names(self, where: str, schema: dict[str, Any], value: Any) -> None:
        """A key that the document does not name would be a promise nobody made."""
        schema = self._resolved(schema)
        for part in schema.get("allOf", ()):
            schema = {
                **schema,
                "properties": {**schema.get("properties", {}), **self._resolved(part).get("properties", {})},
            }
        if isinstance(value, list):
            for item in value:
                self._check_names(where, schema.get("items", {}), item)
        if isinstance(value, dict) and "properties" in schema:
            unnamed = value.keys() - schema["properties"].keys()
            assert not unnamed, f"{where}: {unnamed}"
            for key, item in value.items():
                self._check_names(f"{where}.{key}", schema["properties"][key], item)

    def _resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            found: dict[str, Any] = self._document["components"]["schemas"][name]
            return found
        return schema
