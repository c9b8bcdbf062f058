"""The sections of docs/rules.md that lead from the sources to the tests: statements, texts, decision tables.

The lists are the tests' own; this module alone turns them into tables. If it is wrong, a statement seems shown that no
test shows.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from typing import Any

from tools.rules_markdown import BREAK, ROOT, code, link, links_to_tests, paragraphs, place_links, plain, table

STATEMENTS = "tests/eligibility/seed_statements.toml"
TEXTS = "tests/eligibility/coverage_of_the_texts.toml"
DECISIONS = "tests/eligibility/decisions"

_SEEDS = {
    "S0": "協会けんぽ 福岡支部, slides 「医療機関等の受診はマイナ保険証で」, autumn 2024",
    "S1": "千葉県医業健康保険組合, 「健康保険証は令和6年12月2日以降、新規発行・再発行ともに終了となります」, late 2024",
    "S2": "協会けんぽ, letter of 2025-06-12 on the mass mailing of 資格確認書, with three flyers",
    "S3": "協会けんぽ, flyer 「保険証は、マイナ保険証へ。」 for employers",
    "S4": "a company's health insurance society, notices of August and October 2024",
}
_GROUPS = {
    "design_case": "The case: its keys, defaults, words and errors (design.md §5)",
    "design_rows": "The rows (design.md §5)",
    "design_bullets": "Charge, share, consent, asking, queue, registration, returns (design.md §5)",
    "reception_table": "What is accepted, by date (reception.md §5)",
    "reception_table_lines": "Below that table (reception.md §5)",
    "reception_fallback": 'When the answer is no plain "valid" (reception.md §6)',
    "reception_places": "Special places and people (reception.md §7)",
    "reception_corrections": "Corrections (reception.md §13b)",
    "scenarios": "Scenarios F01 to F32 (reception.md §12)",
}


def statements() -> str:
    """Section: each statement of the five documents, its rule, where it is decided, and its tests; by document."""
    entries = _read(STATEMENTS)["statement"]
    parts = []
    for seed, title in _SEEDS.items():
        of_seed = [entry for entry in entries if entry["seed"] == seed]
        parts += [f"### {seed}: {title}", f"{len(of_seed)} statements."]
        parts.append(table(("Statement", "Rule", "Decided in", "Tests"), map(_statement, of_seed)))
    return paragraphs(
        f"{len(entries)} statements, kept in {link(STATEMENTS)}. Where documents contradict each other the rule says "
        "which is followed. *nothing* under *Decided in* says why a statement is no rule of the counter.",
        *parts,
        "### Where the documents contradict each other",
        table(("One says", "Another says", "What is followed"), _contradictions(entries)),
    )


def texts() -> str:
    """Section: each row and bullet of the texts that specify the rules, with its tests; by group."""
    groups = _read(TEXTS)
    if groups.keys() != _GROUPS.keys():
        raise ValueError(f"groups without a title, or without entries: {groups.keys() ^ _GROUPS.keys()}")
    parts = []
    for group, title in _GROUPS.items():
        parts += [f"### {title}", table(("Of the text", "Rule", "Tests"), map(_sentence, groups[group]))]
    return paragraphs(
        f"Kept in {link(TEXTS)}. *Departs* says where design.md §5 is followed against another text, *shown elsewhere* "
        "what is no decision of the rules.",
        *parts,
    )


def decision_tables() -> str:
    """Section: the decision tables that people write, how many cases each holds, and how to add one."""
    rows, total = [], 0
    for path in sorted((ROOT / DECISIONS).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            ids = [line["id"] for line in csv.DictReader(file) if line["id"]]
        total += len(ids)
        rows.append((link(f"{DECISIONS}/{path.name}", path.name), f"{ids[0]} … {ids[-1]}", str(len(ids))))
    rows.append(("**all**", "", f"**{total}**"))
    return paragraphs(
        "Each line is one visit and what it has to come to, in a form that a spreadsheet opens. Whoever knows the "
        "counter can check and extend it without reading Python.",
        table(("File", "Ids", "Cases"), rows),
        "To add a case, copy a line, give it a new id, and change the cells. `presented` names documents and their "
        "keys (`myna_card identity=pin + portal`), `answer` is `card 1` or `numbers 2` with its keys, `also` holds "
        "the rest (`visit=return known_patient`); the words are those of the case ("
        f"{link('docs/schemas/case.json')}). A column that does not matter says `*`. Save as CSV UTF-8 and run:",
        "```sh\n.venv/bin/pytest -q tests/eligibility/test_decision_table.py\n```",
        "A mistake in the table is told with file, line and column; what is decided otherwise, with both sides.",
    )


def _read(path: str) -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def _statement(entry: dict[str, Any]) -> tuple[str, ...]:
    heading = f"**{entry['id']}** {plain(entry['place'])}"
    said = f"{heading}{BREAK}「{plain(entry['says'])}」{BREAK}*{plain(entry['kind'])}*"
    return said, plain(entry["rule"]), place_links(entry["decided_by"]), links_to_tests(entry["tests"])


def _contradictions(entries: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    said = {entry["id"]: f"**{entry['id']}** 「{plain(entry['says'])}」" for entry in entries}
    for entry in entries:
        if others := entry.get("contradicts"):
            yield said[entry["id"]], BREAK.join(said[other] for other in others), plain(entry["rule"])


def _sentence(entry: dict[str, Any]) -> tuple[str, ...]:
    parts = [plain(entry["rule"])]
    parts += [f"{entry[period]} in {period.upper()}" for period in ("p1", "p2", "p3") if period in entry]
    if "departs" in entry:
        parts.append(f"*Departs:* {plain(entry['departs'])}")
    if "not_a_decision" in entry:
        parts.append(f"*Shown elsewhere:* {plain(entry['not_a_decision'])}")
    return code(entry["id"]), BREAK.join(parts), links_to_tests(entry["tests"])
