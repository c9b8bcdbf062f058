"""Foreign text on a screen never steers the terminal."""

from __future__ import annotations

import pytest

from kiosk.steering import STEERING
from kiosk.widgets.prose import wrap


@pytest.mark.parametrize("steering", ["\x1b]52;c;AAAA\x07", "\x9b2J", "\u202e", "\x00"])
def test_what_steers_is_drawn_by_its_number(steering: str) -> None:
    drawn = "\n".join(wrap(f"名前{steering}です", 40))
    assert STEERING.search(drawn) is None
    assert drawn.startswith("名前\\")
    assert drawn.endswith("です")
