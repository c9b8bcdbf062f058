"""薬剤情報 and 特定健診情報 of the personas: the months asked for, and nothing invented on the way."""

from __future__ import annotations

import pytest

from mock_server.medical import checkups_of, medicines_of
from mock_server.personas import find_persona

TOSEKI = find_persona("toseki").person


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, ["20261005", "20261012", "20261102", "20261106"]),
        ("202610", "202610", ["20261005", "20261012"]),
        ("202611", None, ["20261102", "20261106"]),
        (None, "202610", ["20261005", "20261012"]),
        ("202612", "202701", []),
        ("202611", "202610", []),
    ],
)
def test_medicines_are_those_of_the_months_that_are_asked_for(
    first: str | None, last: str | None, days: list[str]
) -> None:
    assert [medicine.dispensing_date for medicine in medicines_of(TOSEKI, first, last)] == days


def test_a_medicine_says_what_was_dispensed_by_whom_and_how_to_take_it() -> None:
    medicine = medicines_of(TOSEKI, None, None)[0]
    assert medicine.medicine_name == "見本ロキソ錠６０ｍｇ"
    assert (medicine.quantity, medicine.unit, medicine.days) == ("3", "錠", "14")
    assert medicine.usage == "1日3回 毎食後"
    assert medicine.pharmacy_name == "見本調剤薬局　駅前店"


def test_a_duplicate_and_a_forbidden_pair_can_be_seen_by_their_ingredients() -> None:
    medicines = medicines_of(TOSEKI, None, None)
    assert medicines[0].ingredient_name == medicines[1].ingredient_name == "ロキソプロフェンナトリウム水和物"
    assert medicines[0].contraindicated_ingredients is None
    assert medicines[2].contraindicated_ingredients == medicines[3].ingredient_name
    assert medicines[3].contraindicated_ingredients == medicines[2].ingredient_name


def test_checkups_come_newest_first_with_every_value() -> None:
    newest, older = checkups_of(find_persona("kamome").person)
    assert (newest.checkup_date, older.checkup_date) == ("20260609", "20250610")
    assert newest.medical_institution_name == "見本健診センター"
    values = {item.item_name: (item.value, item.unit) for item in newest.items}
    assert values["HbA1c(NGSP)"] == ("6.1", "%")
    assert values["BMI"] == ("24.7", None)


def test_whoever_has_nothing_on_file_has_nothing() -> None:
    taro = find_persona("taro").person
    assert medicines_of(taro, None, None) == ()
    assert checkups_of(taro) == ()
