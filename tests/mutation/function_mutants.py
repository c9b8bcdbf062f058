"""Mutants of functions: made and tried by mutmut, and once more with all tests where its quick run kills none.

This module alone knows mutmut: how it is started, what it writes (`.meta`: how the tests of each mutant ended;
`.spans`: its lines) and how a mutant is switched on (`MUTANT_UNDER_TEST`). mutmut tries a mutant with the tests that
ran its function, in a process that has read every module before, so that what a function does while a module is read
is never tried: whatever it leaves is tried again in a process of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.mutant import Fate, Mutant, mutant
from tests.mutation.workplace import Workplace, WorkplaceError

MUTANTS = "mutants"
_KILLED = frozenset({1, 3})
"""How pytest ended: a test failed, or pytest itself broke."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A mutant, and what the tests did with it."""

    mutant: Mutant
    fate: Fate


def tried(workplace: Workplace) -> Iterator[Tried]:
    """Every mutant of every function in the modules that pyproject.toml lists.

    Raises:
        WorkplaceError: The tests do not pass as they are, or mutmut gave up.
    """
    workers = os.cpu_count() or 1
    ended, printed = workplace.run("-m", "mutmut", "run", "--max-children", str(workers))
    if ended != 0:
        raise WorkplaceError(printed)
    workplace.check(below=MUTANTS)
    found = [made for meta in sorted((workplace.folder / MUTANTS).rglob("*.meta")) for made in _made(meta)]
    left = [name for name, _, killed in found if not killed]
    with ThreadPoolExecutor(workers) as pool:
        fates = dict(
            zip(left, pool.map(lambda name: workplace.fate(below=MUTANTS, MUTANT_UNDER_TEST=name), left), strict=True)
        )
    for name, which, _ in found:
        yield Tried(which, fates.get(name, Fate.KILLED))


def _made(meta: Path) -> Iterator[tuple[str, Mutant, bool]]:
    """Of each mutant of one file: mutmut's name for it, itself, and whether the quick run killed it."""
    source = meta.with_suffix("")
    ends = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    if not ends:
        return
    spans = json.loads(source.with_name(f"{source.name}.spans").read_text(encoding="utf-8"))["spans"]
    lines = source.read_text(encoding="utf-8").splitlines()

    def body(function: str, named: str) -> list[str]:
        first, last = spans[function]
        return [line.strip().replace(f"def {function}(", f"def {named}(") for line in lines[first - 1 : last]]

    for name, end in ends.items():
        module, _, function = name.rpartition(".")
        original = function.rpartition("__mutmut_")[0]
        place = _place(original)
        own_name = place.rpartition(".")[2]
        before, after = body(f"{original}__mutmut_orig", own_name), body(function, own_name)
        yield name, mutant(module, place, before, after), end in _KILLED


def _place(mangled: str) -> str:
    """`x__tell` is `_tell`, and `xǁRulesǁmoved` is `Rules.moved`."""
    return mangled.removeprefix("xǁ").replace("ǁ", ".") if mangled.startswith("xǁ") else mangled.removeprefix("x_")
