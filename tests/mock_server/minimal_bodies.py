"""The smallest request a description allows, so that every question can be asked without knowing it."""

from __future__ import annotations

import re
from typing import Any

Json = Any


def minimal_body(description: dict[str, Any], path: str) -> Json:
    """A body for `POST path` by the OpenAPI description; its institution is the description's example."""
    operation = description["paths"][path]["post"]
    return _minimal(operation["requestBody"]["content"]["application/json"]["schema"], description)


def _minimal(schema: dict[str, Any], description: dict[str, Any]) -> Json:
    if "$ref" in schema:
        found: Any = description
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        return _minimal(found, description)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return _minimal(schema[word][0], description)
    if "const" in schema:
        return schema["const"]
    for word in ("enum", "examples"):
        if schema.get(word):
            return schema[word][0]
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _minimal(properties[name], description) for name in schema.get("required", ())}
    if kind == "array":
        return [_minimal(schema["items"], description)]
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return next(text for text in ("", "x", "01", "202611") if re.search(schema.get("pattern", ""), text))
