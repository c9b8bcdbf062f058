"""A typed paper as lines to read, in the order of the paper: for the summary, and wherever a paper is shown.

Pure but for the words it is given. Days stand in both calendars, because the paper has one of them.
Facts: reception.md §2.2, §2.3.
"""

from __future__ import annotations

from datetime import date

from eligibility.calendar import era_text
from eligibility.insurers import InsurerNumber, insurer_title
from eligibility.papers.fields import PaperField
from eligibility.papers.paper import Paper
from kiosk.forms.field_order import CHOICES, front_fields, paper_order
from kiosk.words import Words


def day_text(day: date) -> str:
    """昭和55年6月15日 (1980-06-15)."""
    return f"{era_text(day)} ({day.isoformat()})"


def value_text(words: Words, at: PaperField, value: object) -> str:
    """A value of a paper, to read; "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return day_text(value)
    if isinstance(value, InsurerNumber):
        message_id, params = insurer_title(value)
        return f"{value.digits}  {words.text(message_id, **params)}"
    if at in CHOICES:
        return words.text(f"forms.option.{at.value}.{value}")
    return str(value)


def paper_lines(paper: Paper, words: Words) -> list[tuple[PaperField, str]]:
    """Every field that was typed, and those in front that were not ("": nothing is there). 交付年月日 is not among
    them: it stands above on the right (reception.md §2.8)."""
    front = front_fields(paper.form)
    lines = []
    for at in paper_order(paper.form):
        text = value_text(words, at, getattr(paper, at.value))
        if text or at in front:
            lines.append((at, text))
    return lines
