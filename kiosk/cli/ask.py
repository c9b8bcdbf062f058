"""`madoguchi ask`: what to do for a message or a situation, found by words; share and yen from 点数.

Needs no card, server or data folder, and keeps nothing. Rule: what is said is the catalogue's, what is found
`eligibility.topic_search`'s, what is charged `eligibility.charges`'; this module puts question and answer together.
What breaks if it is wrong: the desk follows the answer to another question.
"""

from __future__ import annotations

from typing import Any

from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its words and options."""
    parser.usage = words.text("ask.usage")
    parser.add_argument("question", metavar="WORDS", nargs="*", help=words.text("option.ask_words"))
    parser.gather("question")
    parser.add_argument("--points", metavar="N", help=words.text("option.points"))
    parser.add_argument("--ratio", metavar="SHARE", help=words.text("option.ratio"))
    parser.add_argument("--birthdate", metavar="DATE", help=words.text("option.birthdate"))
    parser.add_argument("--insurer", metavar="NUMBER", help=words.text("option.insurer"))
    parser.add_argument("--date", metavar="DATE", help=words.text("option.date"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Answer a question, work out yen, or list every subject. 1 where words were given and no subject fits for sure,
    else 0.

    Raises:
        CommandError: What is wrong with the question (`ask_question`), or `bad_date`.
    """
    from eligibility.rule_dates import STANDARD_RULES
    from eligibility.topics import TOPICS
    from kiosk.cli import ask_lines
    from kiosk.cli.ask_answer import answer_as_dict
    from kiosk.cli.ask_charge import fitting, on_day
    from kiosk.cli.ask_perhaps import perhaps_as_dicts, perhaps_lines
    from kiosk.cli.ask_question import Asked

    at = context.now()()
    words = context.words
    asked = Asked(context, at.date())
    found = tuple(on_day(topic, at.date()) for topic in asked.topics())
    best = found[0] if found else None
    charge = fitting(asked.charge(best), best, asked.insurer)
    lists_all = not asked.lookup and charge is None
    rules = context.rules() or STANDARD_RULES
    topics = [
        answer_as_dict(topic, number=asked.insurer, at=at, rules=rules, lang=words.lang)
        for topic in (TOPICS if lists_all else found)
    ]
    perhaps = perhaps_as_dicts(asked.perhaps(), rules, words)
    document: dict[str, Any] = {
        "query": asked.query,
        "on": at.date().isoformat(),
        "topics": topics,
        "perhaps": perhaps,
        "charges": None if charge is None else [payment.as_dict() for payment in charge.payments],
    }
    nothing_found = bool(asked.lookup) and not found
    lines = ask_lines.all_subjects(rules, words) if lists_all else []
    lines += ask_lines.yen_lines(charge, asked.insurer, words) if charge is not None else []
    lines += [""] if charge is not None and asked.lookup else []
    if nothing_found:
        lines += (
            perhaps_lines(asked.lookup, perhaps, words) if perhaps else ask_lines.nothing_found(asked.lookup, words)
        )
    lines += ask_lines.subject_lines(topics, asked.insurer, words) if found else []
    context.output.result(document, lines)
    return ExitCode.NEGATIVE if nothing_found else ExitCode.DONE
