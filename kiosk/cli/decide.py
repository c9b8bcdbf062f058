"""`madoguchi decide`: the rules alone, for a case that a script or a person wrote down.

Needs no card, server or data folder. Rule: what is decided is `eligibility.policy`'s; this module reads, calls and
shows. What breaks if it is wrong: a vendor's test relies on a decision nobody made.
"""

from __future__ import annotations

from typing import Any

from kiosk.cli.case_file import read_case
from kiosk.cli.context import Context
from kiosk.cli.decision_lines import guided, headline, way_lines
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its argument and option."""
    parser.usage = words.text("help.usage_file")
    parser.add_argument("file", metavar="FILE", help=words.text("option.case_file"))
    parser.add_argument("--explain", action="store_true", help=words.text("option.explain"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Decide one case. 0 where the person may be treated as insured (an OK_* outcome), else 1.

    Raises:
        CommandError: What is wrong with the case, with its path.
    """
    from eligibility.guidance import guidance_for
    from eligibility.policy import decide, explain
    from eligibility.rule_dates import MOVABLE, STANDARD_RULES

    case = read_case(context.typed("file") or "")
    rules = context.rules() or STANDARD_RULES
    outcome = decide(case, rules)
    document: dict[str, Any] = outcome.as_dict()
    lines = [
        *headline(document, context.words),
        *guided(document, guidance_for(case, outcome), context.words),
    ]
    moved = [
        f"{word} {getattr(rules, word)}" for word in MOVABLE if getattr(rules, word) != getattr(STANDARD_RULES, word)
    ]
    if moved:
        lines += ["", context.words.text("decide.moved", days=", ".join(moved))]
    if context.option("explain"):
        document["way"] = [step.as_dict() for step in explain(case, rules)]
        lines += ["", context.words.text("decide.way"), *way_lines(document["way"], context.words)]
    context.output.result(document, lines)
    return ExitCode.DONE if outcome.accepted else ExitCode.NEGATIVE
