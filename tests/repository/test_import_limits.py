"""Who may import what, where a list of allowed names says more than a contract of forbidden ones (design.md §1)."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VOCABULARY = (
    "eligibility.addresses",
    "eligibility.oqs",
    "eligibility.calendar",
    "eligibility.insurers",
    "eligibility.names",
)
"""What the mock server may know of eligibility: words and numbers, none of the rules."""
PURE_LIBRARIES = {
    "__future__", "bisect", "calendar", "collections", "contextlib", "dataclasses", "datetime", "difflib", "enum",
    "functools", "itertools", "json", "math", "re", "string", "struct", "types", "typing", "unicodedata", "zlib",
    "jpholiday", "jaconv", "lxml", "pydantic", "pydantic_xml", "pydantic_core", "hashlib",
}  # fmt: skip
"""What the rules of the desk may be made of: nothing that reads a clock, a file, the network or the locale."""
CATALOGUE = ROOT / "eligibility" / "words.py"
"""The one module that reads files: the sentences."""
CLOCKS = {"now", "today", "utcnow", "getdefaultencoding", "open", "read_text", "read_bytes"}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", sorted((ROOT / "mock_server").rglob("*.py")), ids=lambda path: path.stem)
def test_the_mock_server_knows_the_vocabulary_and_none_of_the_rules(path: Path) -> None:
    known = [name for name in imports(path) if name.split(".")[0] == "eligibility" and name != "eligibility"]
    assert [name for name in known if not name.startswith(VOCABULARY)] == []


PURE = [path for path in sorted((ROOT / "eligibility").rglob("*.py")) if path != CATALOGUE]


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_what_the_desk_knows_is_made_of_pure_parts(path: Path) -> None:
    foreign = {name.split(".")[0] for name in imports(path)} - PURE_LIBRARIES - {"eligibility"}
    assert foreign == set()
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    }
    assert called.isdisjoint(CLOCKS)


def test_every_module_of_the_desk_was_looked_at() -> None:
    assert {"policy", "case_json", "guidance", "holidays", "codec"} <= {path.stem for path in PURE}


CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}


def modules_of(package: str) -> set[str]:
    """The modules and packages directly in a package."""
    folder = ROOT.joinpath(*package.split("."))
    found = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    return {f"{package}.{name}" for name in found - {"__init__", "__main__", "locale"}}


def test_every_part_of_the_counter_but_its_commands_is_kept_from_the_server() -> None:
    listed = CONTRACTS["the kiosk reaches the server only over HTTP; only kiosk.cli puts them together"]
    assert set(listed["source_modules"]) == modules_of("kiosk") - {"kiosk.cli"}


def test_every_module_but_the_one_door_is_kept_from_pyscard() -> None:
    listed = set(CONTRACTS["pyscard has one door"]["source_modules"])
    everything = (modules_of("reader") - {"reader.transports"}) | modules_of("reader.transports")
    assert everything - {"reader.transports.pcsc"} <= listed
