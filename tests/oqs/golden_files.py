"""The golden messages: written by hand from online-qualification.md, before there was code to write them."""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def golden(name: str) -> bytes:
    """The bytes of a golden file."""
    return (FOLDER / name).read_bytes()


def golden_json(name: str) -> dict[str, object]:
    """A golden JSON message, parsed."""
    parsed: dict[str, object] = json.loads(golden(name))
    return parsed
