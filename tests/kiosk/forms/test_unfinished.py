"""Nobody is told of a mistake in a number that they have not finished; once it can be whole, or was left, they are."""

from __future__ import annotations

from datetime import date

import pytest

from eligibility.errors import FieldError
from eligibility.papers.fields import PaperField
from eligibility.papers.reading import READERS
from kiosk.forms.unfinished import still_to_come
from tests.kiosk.forms.samples import TODAY

F = PaperField


def lacking(at: PaperField, text: str, on: date = TODAY) -> dict[str, str] | None:
    """What is still to come; None: nothing, it is wrong as it stands. {}: nothing that is told."""
    with pytest.raises(FieldError) as refused:
        READERS[at](text, on)
    found = still_to_come(at, text, refused.value)
    return None if found is None else dict(found.params)


@pytest.mark.parametrize("text", ["0", "01", "011399", "0113999", "０１１３９９", "01 1399"])
def test_a_short_insurer_number_lacks_digits(text: str) -> None:
    assert lacking(F.INSURER_NUMBER, text)


def test_the_digits_still_to_come_are_counted() -> None:
    assert lacking(F.INSURER_NUMBER, "0113") == {"short": "2", "long": "4"}
    assert lacking(F.INSURER_NUMBER, "011399") == {"count": "2"}
    assert lacking(F.INSURER_NUMBER, "0113999") == {"count": "1"}
    assert lacking(F.BRANCH, "0") == {"count": "1"}


@pytest.mark.parametrize("text", ["01139998", "011399978", "0113a"])
def test_a_whole_insurer_number_is_judged(text: str) -> None:
    assert lacking(F.INSURER_NUMBER, text) is None


@pytest.mark.parametrize(
    "text", ["昭", "昭和", "S55", "昭55.", "昭55.6", "昭和55年6月", "1980", "198006", "1980061", "1980-06"]
)
def test_a_day_that_was_begun_is_not_wrong_yet(text: str) -> None:
    assert lacking(F.BIRTHDATE, text) == {}


@pytest.mark.parametrize("text", ["昭65.1.31", "19801301", "1980-02-30", "昭和65年1月8日", "いつか", "2026-11-21"])
def test_a_whole_day_is_judged(text: str) -> None:
    assert lacking(F.BIRTHDATE, text) is None
