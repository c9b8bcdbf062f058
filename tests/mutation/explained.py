"""The mutants that nothing kills, each with the reason why nothing can, or why it does not matter (`explained.toml`).

This module alone reads that file and holds it against a run. An explanation without a survivor is as wrong as a
survivor without an explanation: it would hide the next one in the same place.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.mutant import Mutant, one_line

EXPLAINED = Path(__file__).with_name("explained.toml")
KINDS = ("function", "table")
KEYS = frozenset({"module", "place", "was", "becomes", "why", "times"})


@dataclass(frozen=True, slots=True)
class Explanation:
    """`times`: how many survivors look the same, where one line says the same thing twice."""

    mutant: Mutant
    why: str
    times: int


def explanations(kind: str, path: Path = EXPLAINED) -> list[Explanation]:
    """The entries of one of `KINDS`. Raises ValueError for an entry that is not complete or is there twice."""
    found = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := found.keys() - set(KINDS):
        raise ValueError(f"unknown kinds: {sorted(unknown)}")
    entries = [_explanation(entry) for entry in found.get(kind, [])]
    if twice := [str(known) for known, times in Counter(entry.mutant for entry in entries).items() if times > 1]:
        raise ValueError(f"explained twice (write times = 2): {twice}")
    return entries


def _explanation(entry: dict[str, Any]) -> Explanation:
    if entry.keys() - KEYS or KEYS - {"times"} - entry.keys() or not one_line([entry["why"]]):
        raise ValueError(f"an entry needs module, place, was, becomes and why, and may have times: {entry}")
    texts = (one_line([entry[key]]) for key in ("module", "place", "was", "becomes"))
    return Explanation(Mutant(*texts), one_line([entry["why"]]), entry.get("times", 1))


def differences(survivors: Iterable[Mutant], explained: Iterable[Explanation]) -> list[str]:
    """What is wrong: survivors nobody explained, and explanations of what no longer survives, each as text."""
    seen = Counter(survivors)
    known = {entry.mutant: entry.times for entry in explained}
    return [
        *(
            f"not killed and not explained ({times - known.get(found, 0)}): {found}"
            for found, times in sorted(seen.items())
            if times > known.get(found, 0)
        ),
        *(
            f"explained, but gone ({times - seen[found]}): {found}"
            for found, times in sorted(known.items())
            if times > seen[found]
        ),
    ]
