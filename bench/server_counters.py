"""200 counters at one visit in 10 s for 2 minutes, an open loop: how much longer the slowest visits take than most.

Every visit begins at its time, whatever became of the others, as patients come. Its time is both requests together;
what the card and the counter do themselves is not in it. Three runs on each database; goal: p99 ≤ 5 × p50 of the same
run, and not one error.
"""

from __future__ import annotations

from bench.report import Figure, ratio_line
from bench.server import Bench, on_each

COUNTERS = 200
EVERY_S = 10.0
FOR_S = 120.0
RUNS = 3
GOAL = 5.0


def run(_: int) -> list[Figure]:
    """Always three runs: each takes two minutes."""
    return on_each(_measure)


def _measure(kind: str, bench: Bench) -> list[Figure]:
    bench.order("prepare", count=COUNTERS, connections=8)
    bench.order("check", count=COUNTERS, connections=8)  # memories are filled, as on any other day
    medians, slow = [], []
    for number in range(RUNS):
        told = bench.order("counters", count=COUNTERS, every_s=EVERY_S, for_s=FOR_S)
        if told["errors"]:
            raise RuntimeError(f"{len(told['errors'])} counters broke off, the first with {told['errors'][0]}")
        times: list[float] = told["times"]
        medians.append(_at(times, 0.5))
        slow.append(_at(times, 0.99))
        print(
            f"  {kind}, run {number + 1}: {len(times)} visits, no error; p50 {1000 * medians[-1]:.1f} ms,"
            f" p99 {1000 * slow[-1]:.1f} ms, longest {1000 * times[-1]:.1f} ms"
        )
    return [ratio_line(f"200 counters, p99 against p50, {kind}", slow, medians, GOAL)]


def _at(ascending: list[float], part: float) -> float:
    return ascending[min(len(ascending) - 1, int(part * len(ascending)))]
