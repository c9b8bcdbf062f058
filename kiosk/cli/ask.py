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
    parser.add_argument("--points", metavar="N", help=words.text("option.points"))
    parser.add_argument("--ratio", metavar="SHARE", help=words.text("option.ratio"))
    parser.add_argument("--birthdate", metavar="DATE", help=words.text("option.birthdate"))
    parser.add_argument("--insurer", metavar="NUMBER", help=words.text("option.insurer"))
    parser.add_argument("--date", metavar="DATE", help=words.text("option.date"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Answer a question, work out yen, or list every subject. 1 where words were given and no subject fits, else 0.

    Raises:
        CommandError: What is wrong with the question (`ask_question`), or `bad_date`.
    """
    from eligibility.rule_dates import STANDARD_RULES
    from eligibility.topics import TOPICS
    from kiosk.cli import ask_lines
    from kiosk.cli.ask_answer import answer_as_dict
    from kiosk.cli.ask_question import Asked

    at = context.now()()
    words = context.words
    asked = Asked(context, at.date())
    found = asked.topics()
    charge = asked.charge(found[0] if found else None)
    lists_all = not asked.lookup and charge is None
    rules = context.rules() or STANDARD_RULES
    topics = [
        answer_as_dict(topic, number=asked.insurer, at=at, rules=rules, lang=words.lang)
        for topic in (TOPICS if lists_all else found)
    ]
    document: dict[str, Any] = {
        "query": asked.query,
        "on": at.date().isoformat(),
        "topics": topics,
        "charges": None if charge is None else [payment.as_dict() for payment in charge.payments],
    }
    nothing_found = bool(asked.lookup) and not found
    lines = ask_lines.all_subjects(words) if lists_all else []
    lines += ask_lines.yen_lines(charge, words) if charge is not None else []
    lines += [""] if charge is not None and asked.lookup else []
    lines += ask_lines.nothing_found(asked.lookup, words) if nothing_found else []
    lines += ask_lines.subject_lines(topics, asked.insurer, words) if found else []
    context.output.result(document, lines)
    return ExitCode.NEGATIVE if nothing_found else ExitCode.DONE
