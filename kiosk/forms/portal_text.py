"""The text of a マイナポータル PDF or screen, as it is copied out of a viewer: labels and values, read into fields.

This module alone knows the labels. No public description of that PDF's text was found: labels and layout are ours,
unverified, and read generously: a value stands behind its label after a colon, a TAB or two blanks, or alone on the
next line. Whatever is not a known label is left out and named. If it is wrong, a value lands in another field.
Facts: reception.md §2.1 (what the screen shows), §14 (not found).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from eligibility.papers.fields import PaperField
from eligibility.text import narrow

_F = PaperField

FIELD_OF: Final[Mapping[str, PaperField]] = {
    "保険者番号": _F.INSURER_NUMBER,
    "保険者名": _F.INSURER_NAME,
    "保険者名称": _F.INSURER_NAME,
    "記号": _F.SYMBOL,
    "被保険者証記号": _F.SYMBOL,
    "被保険者証等記号": _F.SYMBOL,
    "番号": _F.NUMBER,
    "被保険者番号": _F.NUMBER,
    "被保険者証番号": _F.NUMBER,
    "被保険者証等番号": _F.NUMBER,
    "枝番": _F.BRANCH,
    "被保険者証枝番": _F.BRANCH,
    "被保険者証等枝番": _F.BRANCH,
    "氏名": _F.NAME,
    "氏名カナ": _F.KANA,
    "カナ氏名": _F.KANA,
    "フリガナ": _F.KANA,
    "生年月日": _F.BIRTHDATE,
    "性別": _F.SEX,
    "資格取得年月日": _F.ACQUIRED_ON,
    "資格取得日": _F.ACQUIRED_ON,
    "本人・家族の別": _F.RELATION,
    "本人家族区分": _F.RELATION,
    "被保険者氏名": _F.INSURED_NAME,
    "負担割合": _F.BURDEN_RATIO,
    "一部負担金の割合": _F.BURDEN_RATIO,
    "一部負担金割合": _F.BURDEN_RATIO,
    "交付年月日": _F.ISSUED_ON,
    "有効開始年月日": _F.VALID_FROM,
    "有効期限": _F.EXPIRES_ON,
    "有効終了年月日": _F.EXPIRES_ON,
}
"""Labels, without blanks and brackets, to fields."""
_NEEDED = frozenset({_F.INSURER_NUMBER, _F.NUMBER, _F.NAME, _F.BIRTHDATE})
"""At least three of these, or it is some other text that happens to hold such words."""
_ENOUGH: Final = 3

_LONGEST_LABEL: Final = 80
"""Characters, with brackets and blanks: no label is longer, and looking through a long line for brackets takes long."""

_LINE_END = re.compile(r"\r\n|\r|\n|\f")
_PARTED = re.compile(r"\s*[:：]\s*|\t+|[ \u3000]{2,}")
_COLON = re.compile("[:：]")
_ONE_BLANK = re.compile(r"[ \u3000]+")
_DECORATION = re.compile(r"[\s\u3000・•■□◆◇*＊()（）]")
_BRACKETED = re.compile(r"[(（].*?[)）]")


@dataclass(frozen=True, slots=True)
class PortalText:
    """What was found: values by field, and the labels that no paper has. Personal data: out of the repr."""

    values: Mapping[PaperField, str] = field(repr=False)
    others: tuple[str, ...] = ()


def read_portal_text(text: str) -> PortalText | None:
    """The fields of a portal text, or None where `text` is something else.

    The first value of a label counts: later ones are a second person's or an older membership's, and are named among
    the others.
    """
    values: dict[PaperField, str] = {}
    others: list[str] = []
    for label, value in _pairs(_LINE_END.split(text)):
        known = _field_of(label)
        if known is not None and known not in values:
            values[known] = value
        else:
            others.append(label)
    if len(_NEEDED & values.keys()) < _ENOUGH:
        return None
    return PortalText(values, tuple(dict.fromkeys(others)))


def _pairs(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Labels with their values; a label alone takes the next line, unless that is a label itself.

    Two blanks can be in a value (千葉　　花子): after a label alone, only a known label parts a line by them.
    """
    waiting = ""
    for line in filter(None, (line.strip(" \t\u3000") for line in lines)):
        label, value = _parted(line)
        known = _field_of(label) is not None
        if value and (known or not waiting or _COLON.search(line)):
            waiting = ""
            yield label, value
        elif waiting and not known:
            yield waiting, line
            waiting = ""
        elif known:
            waiting = label


def _parted(line: str) -> tuple[str, str]:
    """Label and value of one line; the value is "" where the line is one or the other."""
    parting = _PARTED.search(line)
    if parting is not None:
        return line[: parting.start()], line[parting.end() :].strip(" \t\u3000")
    for blank in _ONE_BLANK.finditer(line, 0, _LONGEST_LABEL):
        if _field_of(line[: blank.start()]) is not None:
            return line[: blank.start()], line[blank.end() :]
    return line, ""


def _field_of(label: str) -> PaperField | None:
    """What a label names: as it is written, else without what stands in brackets."""
    if len(label) > _LONGEST_LABEL:
        return None
    return _LABELS.get(_bare(label)) or _LABELS.get(_bare(_BRACKETED.sub("", label)))


def _bare(label: str) -> str:
    return _DECORATION.sub("", narrow(label))


_LABELS: Final = {_bare(label): field for label, field in FIELD_OF.items()}
