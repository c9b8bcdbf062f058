"""docs/rules.md is what the data say now, names everything it should, and leads nowhere that is not there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from eligibility.outcome import OutcomeWord
from eligibility.regimes import regimes
from eligibility.rule_dates import RULE_DATES
from eligibility.typical_cases import typical_cases
from eligibility.words import LANGUAGES, text
from tests.eligibility.named_tests import ROOT
from tools import rules_page
from tools.rules_markdown import anchor, link, links_to_tests, paragraphs, place_links, plain, table

pytestmark = pytest.mark.broad

# What each row can come to, by hand from design.md §5.
OUTCOMES = {
    1: "OK_DISASTER",
    2: "OK_CERTIFICATE OK_OLD_CARD NEED_CERTIFICATE",
    3: "REQUERY NOT_CONFIRMED",
    4: "OK_ONLINE OK_ONLINE_LIMITED",
    5: "REQUERY",
    6: "OK_CERTIFICATE OK_OLD_CARD",
    7: "PENDING_4INFO NOT_CONFIRMED",
    8: "OFFER_REGISTRATION",
    9: "IDENTIFY REQUERY",
    10: "OK_MANUAL_PORTAL OK_MANUAL_NOTICE OK_VERBAL OK_DECLARATION",
    11: "OK_LENIENT NOT_CONFIRMED",
    12: "OK_MANUAL_PORTAL NOT_CONFIRMED",
    13: "NOT_CONFIRMED",
}


@pytest.fixture(scope="module")
def page() -> str:
    return rules_page.page()


def section(page: str, title: str) -> str:
    found = re.search(rf"^## [0-9]+\. {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def cells(line: str) -> list[str]:
    return re.split(r" (?<!\\)\| ", line.removeprefix("| ").removesuffix(" |"))


def lines_of_tables(part: str) -> list[list[str]]:
    return [cells(line) for line in part.splitlines() if line.startswith("| ")]


def test_the_page_in_the_repository_is_up_to_date() -> None:
    assert rules_page.is_up_to_date(), "run: .venv/bin/python tools/rules_page.py"
    assert rules_page.main(["--check"]) == 0


def test_a_page_that_is_out_of_date_is_told_and_written_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rules_page, "ROOT", tmp_path)
    monkeypatch.setattr(rules_page, "PAGE", tmp_path / "rules.md")
    assert rules_page.main(["--check"]) == 1
    assert "rules.md is out of date" in capsys.readouterr().err
    assert not (tmp_path / "rules.md").exists(), "comparing writes nothing"
    assert rules_page.main([]) == 0
    assert rules_page.main(["--check"]) == 0
    with (tmp_path / "rules.md").open("a", encoding="utf-8") as file:
        file.write("edited by hand\n")
    assert rules_page.main(["--check"]) == 1


def test_writing_it_twice_gives_the_same(page: str) -> None:
    assert rules_page.page() == page


def test_every_day_is_there_with_its_words_its_source_and_how_sure_it_is(page: str) -> None:
    found = {
        line[1].rpartition("<br>")[2]: line for line in lines_of_tables(section(page, "Days on which the rules change"))
    }
    for rule in RULE_DATES:
        day, what, use, source, verified = found[f"`{rule.word}`"]
        assert day == f"`{rule.day.isoformat()}`"
        assert all(plain(text(lang, f"rule.{rule.word}")) in what for lang in LANGUAGES)
        assert (use, re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", source)) == (rule.use.value, plain(rule.source))
        assert verified == ("yes" if rule.verified else "**no**")


def test_only_what_can_be_moved_is_said_to_be_movable(page: str) -> None:
    part = section(page, "Days on which the rules change")
    assert tomllib.loads(part.split("```toml\n")[1].split("```")[0]).keys() == {"rules"}
    assert re.findall(r"^(\w+) = ", part, re.MULTILINE) == ["leniency_until"]


def test_every_regime_and_every_thing_a_person_can_come_with_is_there(page: str) -> None:
    things = section(page, "What each presented thing comes to")
    for regime in regimes():
        day = regime.first or regime.last
        assert day is not None
        assert f"{day.isoformat()}" in section(page, "Periods")
        for word, _ in typical_cases(day):
            assert all(plain(text(lang, f"typical.{word}")) in things for lang in LANGUAGES)


@pytest.mark.parametrize(
    ("shown", "asked", "outcomes"),
    [
        ("typical.certificate", "–", ["OK_CERTIFICATE"] * 6),
        ("typical.old_card", "not yet", ["OK_OLD_CARD"] * 4 + ["NOT_CONFIRMED"] * 2),
        ("typical.old_card", "by numbers: 1", ["OK_OLD_CARD"] * 4 + ["OK_LENIENT", "NOT_CONFIRMED"]),
        ("typical.notice_alone", "not yet", ["NOT_CONFIRMED"] * 6),
        ("typical.notice_alone", "by numbers: 1", ["NOT_CONFIRMED"] * 4 + ["OK_LENIENT", "NOT_CONFIRMED"]),
        (
            "typical.notice_alone_national",
            "by numbers: 1",
            ["NOT_CONFIRMED"] * 2 + ["OK_LENIENT"] * 3 + ["NOT_CONFIRMED"],
        ),
        ("typical.broken_card_notice", "–", ["OK_MANUAL_NOTICE"] * 6),
        ("typical.nothing", "–", ["NOT_CONFIRMED"] * 6),
    ],
)
def test_what_a_thing_comes_to_is_what_the_facts_say(page: str, shown: str, asked: str, outcomes: list[str]) -> None:
    """By hand from reception.md §5: before 2024-12-02, P1 in three parts, P2, P3."""
    label = "<br>".join(plain(text(lang, shown)) for lang in LANGUAGES)
    part = section(page, "What each presented thing comes to")
    [line] = [line for line in lines_of_tables(part) if line[:2] == [label, asked]]
    assert [re.findall("`(.*?)`", cell)[0] for cell in line[2:]] == outcomes


def test_every_row_is_there_in_order_with_the_outcomes_it_can_give(page: str) -> None:
    lines = lines_of_tables(section(page, "The rows in order"))[2:]
    assert [int(line[0]) for line in lines] == list(OUTCOMES)
    for number, when, _, outcomes in lines:
        assert all(text(lang, f"row.{number}") in when for lang in LANGUAGES)
        assert re.findall("`(.*?)`", outcomes) == OUTCOMES[int(number)].split()


def test_every_outcome_has_its_sentence(page: str) -> None:
    words = section(page, "The words of a decision")
    for word in OutcomeWord:
        said = " | ".join(plain(text(lang, f"outcome.{word}")) for lang in LANGUAGES)
        assert f"| `{word}` | {said} |" in words


def test_the_sources_of_a_share_count_in_the_order_of_the_text(page: str) -> None:
    why = re.findall(r"`(share_\w+)`", section(page, "Charge and share"))
    assert why == [
        "share_from_answer",
        "share_from_recipient_certificate",
        "share_from_document",
        "share_declared",
        "share_unknown",
        "share_by_age",
    ]


def test_the_example_of_a_certificate_is_that_of_the_facts(page: str) -> None:
    """reception.md §4: expiry 2026-05-10, usable to 2026-08-31; a phone has no grace."""
    part = section(page, "The life of a certificate")
    assert "| card | `grace` | 2026-05-11 … 2026-08-31 | yes |" in part
    assert "| phone | `expired` | 2026-05-11 … | no |" in part


def test_every_statement_and_every_sentence_of_the_texts_is_there_once(page: str) -> None:
    folder = Path(__file__).parent
    statements = tomllib.loads((folder / "seed_statements.toml").read_text(encoding="utf-8"))["statement"]
    listed = section(page, "From the source documents to rules and tests").split("### Where the documents")[0]
    assert re.findall(r"^\| \*\*(S[0-4]-\d+)\*\*", listed, re.MULTILINE) == [one["id"] for one in statements]
    texts = tomllib.loads((folder / "coverage_of_the_texts.toml").read_text(encoding="utf-8"))
    told = re.findall(r"^\| `(.*?)` \|", section(page, "From the texts of the rules to tests"), re.MULTILINE)
    assert sorted(told) == sorted(entry["id"] for group in texts.values() for entry in group)


def test_it_says_that_nobody_with_expertise_reviewed_it(page: str) -> None:
    assert "Nobody with expertise in reception work has reviewed" in page
    assert "受付の実務経験がある人の確認は、まだ受けていません" in page


def test_every_link_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!#|https://)([^)]+)\)", page)
    assert len(targets) > 500
    assert sorted({target for target in targets if not (rules_page.PAGE.parent / target).is_file()}) == []
    headings = {anchor(heading) for heading in re.findall(r"^##+ (.*)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= headings


def test_every_file_it_names_exists(page: str) -> None:
    named = set(re.findall(r"\b((?:eligibility|tests|tools|docs|kiosk)/[\w/.-]+\.(?:py|csv|toml|json|md))\b", page))
    assert sorted(path for path in named if not (ROOT / path).is_file()) == []


def test_every_table_is_whole(page: str) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    assert len(tables) > 25
    for rows in tables:
        assert len({len(cells(line)) for line in rows.splitlines()}) == 1, rows[:200]


class TestMarkdown:
    def test_a_cell_shows_a_text_literally(self) -> None:
        assert plain("a|b <c> *d* [e]\nf") == r"a\|b &lt;c> \*d\* \[e\] f"

    def test_a_table_has_as_many_cells_as_its_header(self) -> None:
        assert table(("A", "B"), [("1", "2")]) == "| A | B |\n| --- | --- |\n| 1 | 2 |"
        with pytest.raises(ValueError, match="2 columns"):
            table(("A", "B"), [("1",)])

    def test_a_link_to_nothing_is_refused(self) -> None:
        assert link("eligibility/policy.py", "the rules") == "[the rules](../eligibility/policy.py)"
        with pytest.raises(FileNotFoundError):
            link("eligibility/nowhere.py")

    def test_tests_are_grouped_by_their_file(self) -> None:
        path = "tests/eligibility/test_case.py"
        assert links_to_tests([f"{path}::test_a", f"{path}::test_b"]) == f"[case](../{path}): `test_a`<br>`test_b`"
        assert links_to_tests([]) == "–"

    def test_a_place_is_a_link_and_a_reason_is_a_sentence(self) -> None:
        assert place_links("nothing: said elsewhere") == "nothing: said elsewhere"
        case = "[eligibility/case.py](../eligibility/case.py)"
        assert place_links("eligibility/case.py answer; eligibility/case.py") == f"{case} `answer`<br>{case}"

    def test_paragraphs_stand_below_each_other(self) -> None:
        assert paragraphs("a", "b") == "a\n\nb"

    def test_a_heading_is_linked_as_github_links_it(self) -> None:
        assert anchor("4. What each thing comes to") == "4-what-each-thing-comes-to"
