"""The lines of a rehearsal in 80 cells: no word is parted, no cell is passed."""

from __future__ import annotations

import pytest

from kiosk.cli.cells import cells
from kiosk.cli.rehearse_lines import wrapped

ENGLISH = (
    "      Why: Three misses in a row lock the card, and only the 市区町村 unlocks it. [OK_ONLINE_LIMITED] and so on"
)
JAPANESE = "  したこと: " + "資格確認書（協会けんぽ）を確かめ、" * 5


@pytest.mark.parametrize("width", [40, 60, 80])
def test_lines_break_between_words_and_stay_in_the_terminal(width: int) -> None:
    lines = list(wrapped([ENGLISH, "", JAPANESE], width))
    assert all(cells(line) <= width for line in lines)
    middle = lines.index("")
    assert " ".join(line.strip() for line in lines[:middle]).split() == ENGLISH.split()
    assert "".join(line.strip() for line in lines[middle:]) == JAPANESE.strip()
    assert lines[0].startswith("      Why")
    assert lines[1].startswith("        ")
    assert not any(line.strip().startswith(("、", "）")) for line in lines)


def test_what_has_room_stays_as_it_is() -> None:
    assert list(wrapped(["1. 08:50 協会　太郎  10/10", "  As the rules say."], 80)) == [
        "1. 08:50 協会　太郎  10/10",
        "  As the rules say.",
    ]
