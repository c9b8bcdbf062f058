"""What lies in a corpus besides messages: the page that explains it, and the schema of the expected readings."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from eligibility.oqs.file_names import MessageKind

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_PERSON: Final = ("name", "kana", "birthdate", "insurer_number", "symbol", "number", "branch")

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Expected reading of one file of the Madoguchi corpus",
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "file", "message", "encoding", "readable", "why", "elements", "ignored"],
    "properties": {
        "version": {"const": 1},
        "file": _TEXT | {"description": "the message's file, beside this one"},
        "message": {"enum": [f"{kind}{end}" for kind in MessageKind for end in ("req", "res")]},
        "encoding": {"enum": ["utf-8", "cp932"], "description": "of the bytes, whatever the file declares"},
        "readable": {"type": "boolean", "description": "false: it must not be taken for an answer"},
        "why": {"enum": ["", "incomplete", "encoding", "contradiction", "doubled_element", "missing_element"]},
        "elements": {
            "type": "object",
            "additionalProperties": _TEXT,
            "description": "every text by its path below XmlMsg, as it stands; groups of a list are counted",
        },
        "ignored": {"type": "array", "items": _TEXT, "description": "paths that no layout has: to be passed over"},
        "confirmed": {"type": "boolean", "description": "whether it confirms a valid qualification"},
        "segment": _TEXT,
        "status": _TEXT,
        "validity": _TEXT,
        "code": _TEXT,
        "done": {"type": "boolean", "description": "other kinds: whether what was asked for was done"},
        "reception_number": _TEXT | {"description": "受付番号, of a receipt and a bulk result"},
        "units": {
            "type": "array",
            "description": "of a bulk result: each person, in the order of the upload",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["done", "status", "code"],
                "properties": {
                    "done": {"type": "boolean", "description": "confirms a valid qualification; is registered"},
                    "status": _TEXT,
                    "code": _TEXT,
                    "validity": _TEXT,
                },
            },
        },
        "people": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": list(_PERSON),
                "properties": dict.fromkeys(_PERSON, _TEXT),
            },
        },
    },
}


def page() -> str:
    """The page that explains a corpus, in Japanese and English."""
    return (Path(__file__).parent / "page.md").read_text(encoding="utf-8")
