"""A decision as lines for a person: what it comes to, what is paid, what is next, what to say, and why.

Takes the decision as JSON has it (design.md §5), so that what a person reads and what a script reads cannot differ.
What breaks if it is wrong: the desk reads another share than the one decided.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.cli.counter_lines import staff_and_patient
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.guidance import Guidance

_PAID = frozenset({"staff.charge.ratio", "staff.charge.none"})
"""What the headline says in other words."""
_RETURN = "return_documents"


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


def guided(decision: Mapping[str, Any], guidance: Guidance, words: Words) -> list[str]:
    """What to ask for and why, what is kept for later, and then, line by line, what staff do and patients are told.

    Nothing is said twice: what guidance says of consent, returns and things to mind is said there only, and what is
    paid stands in the headline already.
    """
    from eligibility.words import text

    steps = {message_id for message_id, _ in guidance.staff}
    # Which documents go back is said one by one.
    unsaid = [word for word in decision["tell"] if f"tell.{word}" not in steps and word != _RETURN]
    unsaid += [_RETURN] if _RETURN in decision["tell"] and not decision["returns"] else []
    lines = [*_said("ask", decision["ask_for"], words), *_said("tell", unsaid, words)]
    lines += _said("reason", decision["reasons"], words)
    for key in ("queue", "registration"):
        lines += _said(key, [decision[key]] if decision[key] else [], words)
    staff = [text(words.lang, message_id, **params) for message_id, params in guidance.staff if message_id not in _PAID]
    patient = [text(words.lang, message_id, **params) for message_id, params in guidance.patient]
    return [*lines, "", *staff_and_patient(staff, patient, words)]


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


def _said(kind: str, codes: Sequence[str], words: Words) -> Iterator[str]:
    from eligibility.words import text

    yield from (words.text(f"check.{kind}", words=text(words.lang, f"{kind}.{code}")) for code in codes)
