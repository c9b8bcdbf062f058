"""What `madoguchi ask` offers where no subject fits for sure: titles, which can be asked for, and nothing to follow.

Rule: a guess is never opened. What breaks if it is wrong: the desk follows the answer to another question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from kiosk.cli.cells import hanging, wrap_cells
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.rule_dates import Rules
    from eligibility.topics import Topic

_WIDTH = 80


def perhaps_as_dicts(topics: Sequence[Topic], rules: Rules, words: Words) -> list[dict[str, str]]:
    """The subjects as JSON has them: `{"word": "pin", "title": "…"}`, best first."""
    from eligibility.topics import days
    from eligibility.words import text

    dates = dict(days(rules))
    return [{"word": topic.word, "title": text(words.lang, topic.title_id, **dates)} for topic in topics]


def perhaps_lines(lookup: str, offered: Sequence[Mapping[str, str]], words: Words) -> list[str]:
    """That nothing fits `lookup` for sure, the titles that may be meant, and how to have one opened."""
    return [
        *wrap_cells(words.text("ask.perhaps", words=lookup), _WIDTH),
        *(line for subject in offered for line in hanging("  ・", subject["title"], _WIDTH)),
        *wrap_cells(words.text("ask.perhaps_next"), _WIDTH),
    ]
