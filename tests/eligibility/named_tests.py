"""Whether a test that is named in words exists: by reading its file, not by running or importing it.

This module alone knows how a name like "tests/eligibility/test_case.py::TestX::test_y" leads to a function.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]


@cache
def names_in(file: str) -> frozenset[str]:
    """The tests of one file below the root: `test_y`, or `TestX::test_y` in a class. Empty where there is no file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        found |= {
            f"{prefix}{function.name}"
            for prefix, body in ((f"{node.name}::", node.body) if isinstance(node, ast.ClassDef) else ("", [node]),)
            for function in body
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) and function.name.startswith("test_")
        }
    return frozenset(found)


def exists(node: str) -> bool:
    """Whether "file::test" or "file::class::test" names a test."""
    file, separator, name = node.partition("::")
    return bool(separator) and name in names_in(file)
