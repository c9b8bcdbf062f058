"""The answers of `madoguchi ask` as lines for a person: the best subject in full, yen as a table, or what there is.

Takes subjects as JSON has them. What breaks if it is wrong: staff skip a step, because it ran over the edge or was
taken for part of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.cli.cells import cells, hanging, in_columns, wrap_cells
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.insurers import InsurerNumber
    from kiosk.cli.ask_question import Charge

_WIDTH = 80
_MARKS = {"plain": "・", "gives": "○ ", "lacks": "× "}


def subject_lines(topics: Sequence[Mapping[str, Any]], insurer: InsurerNumber | None, words: Words) -> list[str]:
    """The first subject in full and the titles of the others, which came after it."""
    best, *others = topics
    lines = [*wrap_cells(best["title"], _WIDTH), "", words.text("ask.staff")]
    for number, line in enumerate(best["staff"], 1):
        lines += hanging(f"{number:>3}. ", line, _WIDTH)
    lines += ["", words.text("ask.patient"), *_list("  ", best["patient"])]
    lines += ["", *hanging(words.text("ask.share"), best["share"], _WIDTH)]
    lines += [line for section in best["details"] for line in _section(section, words)]
    # Single words, such as languages, are nobody's rules.
    if any(not section["inline"] for section in best["details"]):
        lines += ["", *_whose_rules(insurer, words)]
    if best["help_lines"]:
        lines += ["", words.text("ask.help_lines"), *_help_lines(best["help_lines"], words)]
    lines += ["", *hanging(words.text("ask.sources"), words.text("ask.and").join(best["sources"]), _WIDTH)]
    if best["site_setting"]:
        lines += wrap_cells(words.text("ask.site_setting"), _WIDTH)
    if best["unverified"]:
        lines += hanging(words.text("ask.unverified"), best["unverified_because"], _WIDTH)
    if others:
        lines += ["", words.text("ask.others"), *_list("  ", [other["title"] for other in others])]
    return [*lines, "", *wrap_cells(words.text("ask.not_reviewed"), _WIDTH)]


def yen_lines(charge: Charge, words: Words) -> list[str]:
    """The table of yen: one line per share, and why these."""
    from eligibility.charges import FULL, YEN_PER_POINT
    from eligibility.words import text

    total = charge.points * YEN_PER_POINT
    rows = [
        (
            "  " + text(words.lang, "yen.row", percent=str(payment.percent), tenths=str(payment.percent // 10)),
            text(words.lang, "yen.amount", yen=f"{payment.yen:,}"),
        )
        for payment in charge.payments
    ]
    widest = max(cells(amount) for _, amount in rows)
    return [
        text(words.lang, "yen.heading", points=f"{charge.points:,}", total=f"{total:,}"),
        *in_columns([(share, " " * (widest - cells(amount)) + amount) for share, amount in rows]),
        *(line for why in charge.why for line in wrap_cells(text(words.lang, f"yen.why.{why}"), _WIDTH)),
        *(
            wrap_cells(text(words.lang, "yen.rounding"), _WIDTH)
            if any(payment.percent < FULL for payment in charge.payments)
            else ()
        ),
    ]


def all_subjects(words: Words) -> list[str]:
    """Every subject by group."""
    from eligibility.topics import TOPICS, Group
    from eligibility.words import text

    lines = [words.text("ask.all"), ""]
    for group in Group:
        titles = [text(words.lang, topic.title_id) for topic in TOPICS if topic.group is group]
        lines += [text(words.lang, f"topic.group.{group.value}"), *_list("  ", titles), ""]
    return [*lines, *wrap_cells(words.text("ask.not_reviewed"), _WIDTH)]


def nothing_found(lookup: str, words: Words) -> list[str]:
    """That nothing fits, and the words that would."""
    from eligibility.topics import TOPICS, Group
    from eligibility.words import text

    lines = wrap_cells(words.text("ask.nothing", words=lookup), _WIDTH)
    for group in Group:
        known = [(topic.ja if words.lang == "ja" else topic.en)[0] for topic in TOPICS if topic.group is group]
        lines += ["", text(words.lang, f"topic.group.{group.value}")]
        lines += hanging("  ", words.text("ask.and").join(known), _WIDTH)
    return lines


def _section(section: Mapping[str, Any], words: Words) -> list[str]:
    lines = ["", *wrap_cells(section["heading"], _WIDTH)]
    if section["inline"]:
        return [*lines, *hanging("  ", words.text("ask.and").join(item["text"] for item in section["items"]), _WIDTH)]
    return [
        *lines,
        *(line for item in section["items"] for line in hanging("  " + _MARKS[item["mark"]], item["text"], _WIDTH)),
    ]


def _whose_rules(insurer: InsurerNumber | None, words: Words) -> list[str]:
    """For whose members the details hold: without a number, what is general."""
    from eligibility.insurers import insurer_title
    from eligibility.words import text

    if insurer is None:
        return wrap_cells(words.text("ask.no_insurer"), _WIDTH)
    title, params = insurer_title(insurer)
    return wrap_cells(words.text("ask.insurer", insurer=text(words.lang, title, **params)), _WIDTH)


def _help_lines(help_lines: Sequence[Mapping[str, Any]], words: Words) -> Iterator[str]:
    for line in help_lines:
        yield from hanging("  ", f"{line['name']}  {line['number']}", _WIDTH)
        yield from hanging("    ", line["now"], _WIDTH)
        if not line["verified"]:
            yield from hanging("    ", words.text("ask.hours_unverified"), _WIDTH)
        if line["audience"] == "staff":
            yield from hanging("    ", words.text("ask.staff_only"), _WIDTH)


def _list(start: str, texts: Sequence[str]) -> list[str]:
    return [line for text in texts for line in hanging(f"{start}・", text, _WIDTH)]
