"""The answers of `madoguchi ask` as lines for a person: the best subject in full, yen as a table, or what there is.

Takes subjects as JSON has them. What breaks if it is wrong: staff skip a step, because it ran over the edge or was
taken for part of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.cli.cells import cells, hanging, in_columns, wrap_cells
from kiosk.cli.counter_lines import WIDTH, listed, staff_and_patient
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from eligibility.insurers import InsurerNumber
    from eligibility.rule_dates import Rules
    from kiosk.cli.ask_question import Charge

_MARKS = {"plain": "・", "gives": "○ ", "lacks": "× "}


def subject_lines(topics: Sequence[Mapping[str, Any]], insurer: InsurerNumber | None, words: Words) -> list[str]:
    """The first subject in full and the titles of the others, which came after it."""
    best, *others = topics
    lines = [*wrap_cells(best["title"], WIDTH), "", *staff_and_patient(best["staff"], best["patient"], words)]
    lines += ["", *hanging(words.text("ask.share"), best["share"], WIDTH)]
    lines += [line for section in best["details"] for line in _section(section, words)]
    # Single words, such as languages, are nobody's rules.
    if any(not section["inline"] for section in best["details"]):
        lines += ["", *_whose_rules(insurer, words)]
    if best["help_lines"] or best["other_members"]:
        lines += ["", words.text("ask.help_lines"), *_help_lines(best["help_lines"], words)]
        lines += hanging("  ", best["other_members"], WIDTH) if best["other_members"] else []
    lines += ["", *hanging(words.text("ask.sources"), words.text("ask.and").join(best["sources"]), WIDTH)]
    if best["site_setting"]:
        lines += wrap_cells(words.text("ask.site_setting"), WIDTH)
    if best["unverified"]:
        lines += hanging(words.text("ask.unverified"), best["unverified_because"], WIDTH)
    if others:
        lines += ["", words.text("ask.others"), *listed("  ", [other["title"] for other in others])]
    return [*lines, "", *wrap_cells(words.text("ask.not_reviewed"), WIDTH)]


def yen_lines(charge: Charge, insurer: InsurerNumber | None, words: Words) -> list[str]:
    """The table of yen: one line per share, and why these."""
    from eligibility.charges import FULL, YEN_PER_POINT, rounding_id
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
        *(line for why in charge.why for line in wrap_cells(text(words.lang, f"yen.why.{why}"), WIDTH)),
        *(
            wrap_cells(text(words.lang, rounding_id(insurer)), WIDTH)
            if any(payment.percent < FULL for payment in charge.payments)
            else ()
        ),
    ]


def all_subjects(rules: Rules, words: Words) -> list[str]:
    """Every subject by group."""
    from eligibility.topics import TOPICS, Group, days
    from eligibility.words import text

    lines, dates = [words.text("ask.all"), ""], dict(days(rules))
    for group in Group:
        titles = [text(words.lang, topic.title_id, **dates) for topic in TOPICS if topic.group is group]
        lines += [text(words.lang, f"topic.group.{group.value}"), *listed("  ", titles), ""]
    return [*lines, *wrap_cells(words.text("ask.not_reviewed"), WIDTH)]


def nothing_found(lookup: str, words: Words) -> list[str]:
    """That nothing fits, and the words that would."""
    from eligibility.topics import TOPICS, Group
    from eligibility.words import text

    lines = wrap_cells(words.text("ask.nothing", words=lookup), WIDTH)
    for group in Group:
        known = [(topic.ja if words.lang == "ja" else topic.en)[0] for topic in TOPICS if topic.group is group]
        lines += ["", text(words.lang, f"topic.group.{group.value}")]
        lines += hanging("  ", words.text("ask.and").join(known), WIDTH)
    return lines


def _section(section: Mapping[str, Any], words: Words) -> list[str]:
    lines = ["", *wrap_cells(section["heading"], WIDTH)]
    if section["inline"]:
        return [*lines, *hanging("  ", words.text("ask.and").join(item["text"] for item in section["items"]), WIDTH)]
    return [
        *lines,
        *(line for item in section["items"] for line in hanging("  " + _MARKS[item["mark"]], item["text"], WIDTH)),
    ]


def _whose_rules(insurer: InsurerNumber | None, words: Words) -> list[str]:
    """For whose members the details hold: without a number, what is general."""
    from eligibility.insurer_profiles import BASES, profile_of
    from eligibility.insurers import insurer_title
    from eligibility.words import text

    if insurer is None:
        return wrap_cells(words.text("ask.no_insurer"), WIDTH)
    title, params = insurer_title(insurer)
    stem = "ask.insurer_by_model" if BASES[profile_of(insurer)].model else "ask.insurer"
    return wrap_cells(words.text(stem, insurer=text(words.lang, title, **params)), WIDTH)


def _help_lines(help_lines: Sequence[Mapping[str, Any]], words: Words) -> Iterator[str]:
    for line in help_lines:
        whose = "" if line["members"] is None else f"{line['members']}: "
        yield from hanging("  ", f"{whose}{line['name']}  {line['number']}", WIDTH)
        yield from hanging("    ", line["now"], WIDTH)
        yield from hanging("    ", words.text("ask.hours", hours=line["hours"]), WIDTH)
        if not line["verified"]:
            yield from hanging("    ", words.text("ask.hours_unverified"), WIDTH)
        yield from hanging("    ", words.text("ask.and").join(line["for"]), WIDTH)
        for note in line["notes"]:
            yield from hanging("    ", note, WIDTH)
        if line["as_of"] is not None:
            yield from hanging("    ", words.text("ask.as_of", date=line["as_of"]), WIDTH)
        if line["audience"] == "staff":
            yield from hanging("    ", words.text("ask.staff_only"), WIDTH)
