"""A label of somebody else's text may hold a 個人番号 as well as a value: it is told without it."""

from __future__ import annotations

import pytest

from kiosk.forms.pasting import take_paste
from tests.kiosk.forms.samples import APP_TEXT, INDIVIDUAL_NUMBER, PORTAL_TEXT, TODAY


@pytest.mark.parametrize("record", [APP_TEXT, PORTAL_TEXT])
def test_a_label_with_the_number_is_masked(record: str) -> None:
    pasted = take_paste(f"{record}\r\nmemo {INDIVIDUAL_NUMBER}\tvalue\r\n", None, TODAY)
    assert pasted is not None
    assert "***" in pasted.others
    assert INDIVIDUAL_NUMBER not in "".join(pasted.others)
