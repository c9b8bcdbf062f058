"""The text that マイナ資格確認アプリ puts on the clipboard: read into fields, and written.

This module alone knows that format: lines ended by CR LF, a label and a value parted by a TAB, blocks headed by a line
of their own, 「資格情報」 first. It keeps what it does not know, under its label. If it is wrong, a value lands in
another field. Facts: reception.md §7 (from a public program that reads it; the app's own documents do not give it, so
the order of the lines and the newer headings with 「(医療保険)」 are unverified).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from eligibility.papers.fields import PaperField

_F = PaperField

QUALIFICATION: Final = "資格情報"
BACK: Final = "裏面記載情報"
ELDERLY: Final = "高齢受給者証"
BLOCKS: Final = (QUALIFICATION, BACK, ELDERLY)
_HEADING = re.compile(rf"({'|'.join(BLOCKS)}|限度額適用認定証)([(（](医療保険|医療扶助)[)）])?")
_OTHER_SCHEME = re.compile("医療扶助")
_BEFORE_THE_FIRST_BLOCK: Final = ("照会番号", "未就学区分")
"""Lines that newer texts may begin with."""
CONFIRMED_ON: Final = "確認日 : "
_LINE_END = re.compile(r"\r\n|\r|\n")
_END_MARK = ("資格情報", "END")

FIELD_OF: Final[Mapping[str, PaperField]] = {
    "保険者番号": _F.INSURER_NUMBER,
    "保険者名": _F.INSURER_NAME,
    "記号": _F.SYMBOL,
    "番号": _F.NUMBER,
    "枝番": _F.BRANCH,
    "フリガナ": _F.KANA,
    "氏名": _F.NAME,
    "生年月日": _F.BIRTHDATE,
    "性別": _F.SEX,
    "住所": _F.ADDRESS,
    "有効開始日": _F.VALID_FROM,
    "有効終了日": _F.EXPIRES_ON,
    "資格取得年月日": _F.ACQUIRED_ON,
    "負担割合": _F.BURDEN_RATIO,
    "本人・家族の別": _F.RELATION,
    "被保険者氏名": _F.INSURED_NAME,
}
"""Labels of the first block that are fields of a paper, in the order of the text."""
ELDERLY_FIELD_OF: Final[Mapping[str, PaperField]] = {
    "有効開始日": _F.VALID_FROM,
    "有効終了日": _F.EXPIRES_ON,
    "負担割合": _F.BURDEN_RATIO,
}
"""Labels of the block 「高齢受給者証」."""
_KNOWN_LABELS = tuple(
    sorted({*FIELD_OF, "証区分", "郵便番号", "氏名カナ", *_BEFORE_THE_FIRST_BLOCK}, key=len, reverse=True)
)


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the text. `lines` are (label, value) pairs as written, blank values kept. Personal data."""

    heading: str
    lines: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def kind(self) -> str:
        """One of `BLOCKS`, or the heading itself where it is another one, such as 「資格情報(医療扶助)」."""
        if _OTHER_SCHEME.search(self.heading):
            return self.heading
        return next((kind for kind in BLOCKS if self.heading.startswith(kind)), self.heading)


@dataclass(frozen=True, slots=True)
class AppText:
    """The whole text. `before` are lines before the first heading, `confirmed_on` 確認日 as written or ""."""

    blocks: tuple[Block, ...]
    confirmed_on: str = ""
    before: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def fields_of(self, kind: str) -> dict[PaperField, str]:
        """The values of the first block of that kind which are fields of a paper and not blank."""
        names = ELDERLY_FIELD_OF if kind == ELDERLY else FIELD_OF if kind == QUALIFICATION else {}
        block = next((block for block in self.blocks if block.kind == kind), Block(kind))
        values: dict[PaperField, str] = {}
        for label, value in block.lines:
            if label in names and value.strip():
                values.setdefault(names[label], value.strip())
        return values

    def others(self, taken: str) -> tuple[str, ...]:
        """Labels with a value that `fields_of(taken)` does not give: with their block's heading where it is another."""
        first = next((block for block in self.blocks if block.kind == taken), None)
        labels = [label for label, value in self.before if value.strip()]
        for block in self.blocks:
            names = ELDERLY_FIELD_OF if block.kind == ELDERLY else FIELD_OF
            seen: set[str] = set()
            for label, value in block.lines:
                if not value.strip():
                    continue
                if block is not first or label not in names or label in seen:
                    labels.append(label if block is first else f"{block.heading} {label}")
                seen.add(label)
        return tuple(labels)


def read_app_text(text: str) -> AppText | None:
    """The text of the app, or None where `text` is something else.

    A terminal may hand a paste on with other line ends, or with blanks for TABs: both are read. A line that has no
    known label and no TAB is kept as a label without value.
    """
    lines = [cells for line in _LINE_END.split(text) if (cells := _cells(line)) is not None]
    if not lines or not _begins_it(lines):
        return None
    before: list[tuple[str, str]] = []
    confirmed_on = ""
    headings: list[str] = []
    bodies: list[list[tuple[str, str]]] = []
    for label, value in lines:
        if not value and _HEADING.fullmatch(label):
            headings.append(label)
            bodies.append([])
        elif label.rstrip(" :：") == CONFIRMED_ON.rstrip(" :"):
            confirmed_on = confirmed_on or value
        else:
            (bodies[-1] if bodies else before).append((label, value))
    blocks = tuple(Block(heading, tuple(body)) for heading, body in zip(headings, bodies, strict=True))
    return AppText(blocks, confirmed_on, tuple(before))


def write_app_text(written: AppText) -> str:
    """The text as the app writes it: `read_app_text` makes the same of it."""
    lines = [f"{label}\t{value}" for label, value in written.before]
    for place, block in enumerate(written.blocks):
        lines.append(block.heading)
        if place == 0 and written.confirmed_on:
            lines.append(f"{CONFIRMED_ON}\t{written.confirmed_on}")
        lines += [f"{label}\t{value}" for label, value in block.lines]
    return "".join(f"{line}\r\n" for line in lines)


def _cells(line: str) -> tuple[str, str] | None:
    """Label and value of a line; None for a blank one."""
    if not line.strip():
        return None
    label, tab, value = line.partition("\t")
    if tab:
        return label.strip(), value.replace("\t", " ").strip()
    bare = line.strip()
    if bare.startswith("確認日"):
        return "確認日", bare.removeprefix("確認日").lstrip(" :：\u3000").rstrip()
    known = next((label for label in _KNOWN_LABELS if bare.startswith((f"{label} ", f"{label}\u3000"))), "")
    return (known, bare[len(known) :].strip()) if known else (bare, "")


def _begins_it(lines: list[tuple[str, str]]) -> bool:
    """Whether the first lines are the app's: a heading 「資格情報」, after nothing but what may precede it."""
    for cells in lines:
        if cells == _END_MARK:
            return False  # a signal from one program to another, without a person in it
        if cells[0].startswith(QUALIFICATION):
            return not cells[1] and _HEADING.fullmatch(cells[0]) is not None and len(lines) > 1
        if cells[0] not in _BEFORE_THE_FIRST_BLOCK:
            return False
    return False
