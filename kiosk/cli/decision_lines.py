"""A decision as lines for a person: what it comes to, what is paid, what is next, what to say, and why.

Takes the decision as JSON has it (design.md §5), so that what a person reads and what a script reads cannot differ.
What breaks if it is wrong: the desk reads another share than the one decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kiosk.cli.words import Words


def headline(decision: Mapping[str, Any], words: Words) -> list[str]:
    """The outcome, and what is paid where that is decided."""
    from eligibility.words import text

    lines = [f"{text(words.lang, 'outcome.' + decision['outcome'])} ({decision['outcome']})"]
    charge = decision["charge"]
    if charge is not None:
        percent = charge.get("percent", charge.get("provisional"))
        stem = f"check.charge.{charge['kind']}"
        lines.append(words.text(stem if percent is not None else f"{stem}.unknown", percent=percent))
    return lines


def next_steps(decision: Mapping[str, Any], words: Words) -> list[str]:
    """What to ask for, what to say and mind, and why."""
    return [
        *_said("ask", decision["ask_for"], words),
        *_said("tell", decision["tell"], words),
        *_said("reason", decision["reasons"], words),
    ]


def follow_up(decision: Mapping[str, Any], words: Words) -> list[str]:
    """Consent, what is checked again, registration, and what goes back to the insurer; only what there is."""
    lines = [words.text("decide.consent")] if decision["consent"] else []
    for key in ("queue", "registration"):
        lines += _said(key, [decision[key]] if decision[key] else [], words)
    return [*lines, *_said("document", decision["returns"], words, label="returns")]


def way_lines(way: Sequence[Mapping[str, Any]], words: Words) -> list[str]:
    """The rows one by one, the one that fits last: `✓ 7 …` fits, `– 6 …` does not, each with its reasons."""
    from eligibility.words import knows, text

    lines = []
    for step in way:
        ids = [
            f"reason.{word}" if step["fits"] or not knows(f"passed.{word}") else f"passed.{word}"
            for word in step["why"]
        ]
        why = words.text("decide.and").join(text(words.lang, message_id) for message_id in ids)
        row = text(words.lang, f"row.{step['row']}")
        lines.append(
            words.text("decide.fits" if step["fits"] else "decide.passed", row=step["row"], title=row, why=why)
        )
    return lines


def _said(kind: str, codes: Sequence[str], words: Words, *, label: str = "") -> Iterator[str]:
    from eligibility.words import text

    yield from (words.text(f"check.{label or kind}", words=text(words.lang, f"{kind}.{code}")) for code in codes)
