"""One measured ratio and how it is printed."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds of ours and of the peer, their ratio, and the goal for the ratio."""

    what: str
    ours: float
    peer: float
    ratio: float
    goal: float
    spread: tuple[float, float]
    """Smallest and largest ratio of the pairs of runs."""
    unit: str = "times the peer"
    of: str = "medians"
    """What `ours` and `peer` are of all runs."""
    beside: Mapping[str, object] = field(default_factory=dict)
    """What was measured beside it and has no goal: for `--json`."""

    def __str__(self) -> str:
        verdict = "within" if self.ratio <= self.goal else "BEYOND"
        low, high = self.spread
        return (
            f"{self.what}: {self.ratio:.2f} {self.unit} ({low:.2f}-{high:.2f} pair by pair), "
            f"{verdict} the goal {self.goal:.2f}; {self.of} {self.ours * 1000:.2f} ms and {self.peer * 1000:.2f} ms"
        )


def ratio_line(what: str, ours: Sequence[float], peer: Sequence[float], goal: float) -> Figure:
    """Ratio of the medians, with the spread over runs taken in turn."""
    pairs = [a / b for a, b in zip(ours, peer, strict=True)]
    own, other = statistics.median(ours), statistics.median(peer)
    return Figure(what, own, other, own / other, goal, (min(pairs), max(pairs)))


def best_line(what: str, ours: Sequence[float], peer: Sequence[float], goal: float) -> Figure:
    """Ratio of the shortest times, for CPU time, which anything but the measured code can only lengthen."""
    pairs = [a / b for a, b in zip(ours, peer, strict=True)]
    own, other = min(ours), min(peer)
    return Figure(what, own, other, own / other, goal, (min(pairs), max(pairs)), of="best")
