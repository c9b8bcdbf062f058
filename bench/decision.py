"""What a decision costs: `decide` on every case of the table of decisions, against reading the same case from JSON.

The peer is `case_from_dict`, which every decision of a script pays anyway: the check of keys, words, dates and numbers,
and of what cannot happen. Both are CPU time of this process, taken in turn, the best of all turns: what the code costs,
not what else the machine did. Goal: ≤ 2 times the peer. `explain`, which nobody waits for, is printed for information.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable

from bench.report import Figure, best_line
from eligibility.case_json import case_from_dict
from eligibility.policy import decide, explain
from tests.eligibility.decision_table import read_folder

GOAL = 2.0
FEWEST_TURNS, FEWEST_CASES = 5, 50


def _seconds(work: Callable[[object], object], cases: Iterable[object]) -> float:
    """CPU seconds for all cases, undisturbed by the garbage of whoever came before."""
    gc.collect()
    started = time.process_time()
    for case in cases:
        work(case)
    return time.process_time() - started


def run(runs: int) -> list[Figure]:
    """Turns of each side after one warm-up; never fewer than five."""
    table = read_folder()
    raw, cases = [line.raw for line in table], [line.case for line in table]
    assert len({repr(case) for case in cases}) >= FEWEST_CASES, "the table of decisions has too few different cases"
    assert [case_from_dict(item) for item in raw] == cases, "both sides do not do the same cases"
    sides: tuple[tuple[Callable[..., object], Iterable[object]], ...] = (
        (case_from_dict, raw),
        (decide, cases),
        (explain, cases),
    )
    turns = [[_seconds(work, on) for work, on in sides] for _ in range(max(runs, FEWEST_TURNS) + 1)][1:]
    validating, deciding, explaining = ([turn[side] for turn in turns] for side in range(len(sides)))
    ratio = min(explaining) / min(validating)
    print(f"explaining {len(cases)} decisions: {ratio:.2f} times validating the cases, for information")
    return [best_line(f"{len(cases)} decisions to validating the cases (CPU)", deciding, validating, GOAL)]
