"""「文字でコピー」: a qualification as text in the format of マイナ資格確認アプリ, to be pasted into a レセコン.

Pure. This module alone puts an answer into that format; the format itself is `app_text`'s. Nothing consented is in it,
and no reason, only what the app shows. If it is wrong, another program takes a wrong number over. How the app writes
days and shares was not found: here 2026-11-20 and 3割 (unverified). Facts: reception.md §7.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kiosk.flow.answer import Qualification
from kiosk.forms.app_text import ELDERLY, QUALIFICATION, AppText, Block, write_app_text

_SEXES = {"male": "男", "female": "女"}
_RELATIONS = {"insured": "本人", "dependant": "家族"}
CARD_CLASSES = {
    "01": "一般",
    "02": "退職",
    "03": "短期",
    "04": "短期",
    "05": "資格証明書",
    "06": "特例退職",
    "07": "自衛官",
    "A1": "医療扶助",
}
"""証区分 (validation.md §8)."""


def export_text(answer: Qualification, on: date) -> str:
    """The answer as the app's text; `on` is the day it was asked (確認日). `read_app_text` reads it back.

    Every label of the app stands there, with nothing behind it where the answer has no value: programs that read it
    expect the label. 氏名 stays as the service sent it, ● included.
    """
    blocks = [Block(QUALIFICATION, tuple(_qualification(answer)))]
    if answer.elderly_burden_ratio is not None:
        blocks.append(Block(ELDERLY, (("負担割合", _ratio(answer.elderly_burden_ratio)),)))
    return write_app_text(AppText(tuple(blocks), confirmed_on=on.isoformat()))


def _qualification(answer: Qualification) -> Iterator[tuple[str, str]]:
    yield "保険者番号", answer.insurer_number.strip()
    yield "保険者名", _line(answer.insurer_name)
    yield "記号", _line(answer.symbol)
    yield "番号", _line(answer.number)
    yield "枝番", _line(answer.branch)
    yield "フリガナ", _line(answer.name_kana)
    yield "氏名", _line(answer.name)
    yield "生年月日", _day(answer.birthdate)
    yield "性別", _SEXES.get(answer.sex, "")
    yield "証区分", CARD_CLASSES.get(answer.card_class, answer.card_class)
    yield "有効開始日", _day(answer.valid_from)
    yield "有効終了日", _day(answer.valid_until)
    yield "資格取得年月日", _day(answer.acquired_on)
    yield "負担割合", _ratio(answer.burden_ratio)
    yield "本人・家族の別", _RELATIONS.get(answer.relation, "")
    yield "被保険者氏名", _line(answer.insured_name)


def _line(value: str) -> str:
    """One line without TABs: nothing of a value may look like another field."""
    return " ".join(value.replace("\t", " ").splitlines()).strip()


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _ratio(percent: int | None) -> str:
    return "" if percent is None else f"{percent // 10}割"
