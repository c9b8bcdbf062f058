"""What staff do and what patients are told, as lines for a terminal: the same form wherever a command says it.

What breaks if it is wrong: staff skip a step, because it ran over the edge or was taken for part of another.
"""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.cli.cells import hanging
from kiosk.cli.words import Words

WIDTH = 80
"""Cells of a line."""


def staff_and_patient(staff: Sequence[str], patient: Sequence[str], words: Words) -> list[str]:
    """Both under their headings: what staff do is numbered, in order of use."""
    lines = [words.text("ask.staff")]
    for number, line in enumerate(staff, 1):
        lines += hanging(f"{number:>3}. ", line, WIDTH)
    return [*lines, "", words.text("ask.patient"), *listed("  ", patient)]


def listed(start: str, texts: Sequence[str]) -> list[str]:
    """A list in which the order tells nothing."""
    return [line for text in texts for line in hanging(f"{start}・", text, WIDTH)]
