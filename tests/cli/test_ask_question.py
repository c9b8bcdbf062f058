"""The question of `madoguchi ask` as it is typed: the order of words and options, slips, and what is only near."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.cli import ask_perhaps
from kiosk.cli.cells import cells
from kiosk.cli.words import LANGUAGES, Words
from tests.cli.command import Madoguchi

SUM = {"percent": 30, "yen": 1260}


def document(madoguchi: Madoguchi, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = madoguchi.run("ask", *arguments, "--json")
    assert (done.code, done.err) == (code, "")
    found: dict[str, Any] = done.document("ask")
    return found


@pytest.mark.parametrize(
    "arguments",
    [
        ("420点", "3割", "--date", "2026-11-20"),
        ("420点", "--date", "2026-11-20", "3割"),
        ("--date", "2026-11-20", "420点", "3割"),
        ("420点", "--date", "2026-11-20", "3割", "--lang", "en"),
    ],
)
def test_words_stand_before_between_and_behind_options(lived_in: Madoguchi, arguments: tuple[str, ...]) -> None:
    found = document(lived_in, *arguments)
    assert (found["query"], found["on"], found["charges"]) == ("420点 3割", "2026-11-20", [SUM])


def test_an_unknown_option_among_words_is_still_refused(lived_in: Madoguchi) -> None:
    done = lived_in.run("ask", "420点", "--nosuch", "3割", "--date", "2026-11-20", "返却", "--json")
    assert (done.code, done.error()) == (2, "unknown_argument")


def test_words_behind_the_options_of_another_command_are_refused(lived_in: Madoguchi) -> None:
    done = lived_in.run("rules", "--on", "2026-11-20", "extra", "--json")
    assert (done.code, done.error()) == (2, "unknown_argument")


@pytest.mark.parametrize("arguments", [("4,20点",), ("42,0点", "3割"), ("--points", "4,20"), ("--points", "1,2345")])
def test_commas_that_part_no_groups_of_three_are_refused(lived_in: Madoguchi, arguments: tuple[str, ...]) -> None:
    done = lived_in.run("ask", *arguments, "--json")
    assert (done.code, done.error()) == (2, "bad_points")


@pytest.mark.parametrize("arguments", [("1,260点", "3割"), ("--points", "1,260", "--ratio", "3割")])
def test_commas_before_groups_of_three_are_read(lived_in: Madoguchi, arguments: tuple[str, ...]) -> None:
    assert document(lived_in, *arguments)["charges"] == [{"percent": 30, "yen": 3780}]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("420点", "1割", "40歳"), True),
        (("420点", "3割", "5歳"), True),
        (("420点", "1割", "72歳"), True),
        (("420点", "3割", "40歳"), False),
        (("420点", "10割", "40歳"), False),
        (("420点", "1割"), False),
        (("420点", "1割", "80歳"), False),
    ],
)
def test_a_share_that_the_age_forbids_is_worked_out_and_told(
    lived_in: Madoguchi, arguments: tuple[str, ...], told: bool
) -> None:
    shown = lived_in.run("ask", *arguments)
    assert shown.code == 0
    assert ("年齢からはこの割合になりません" in shown.out) is told


def test_a_share_that_the_age_forbids_is_told_with_what_the_age_allows(lived_in: Madoguchi) -> None:
    assert "6歳は、未就学なら2割、就学後は3割です" in lived_in.run("ask", "420点", "1割", "6歳").out


def test_what_is_only_near_is_offered_by_title_and_not_opened(lived_in: Madoguchi) -> None:
    found = document(lived_in, "マイナポイソト", code=1)
    assert found["topics"] == []
    assert [subject["word"] for subject in found["perhaps"]] == ["mynapoint"]
    done = lived_in.run("ask", "マイナポイソト")
    assert (done.code, done.err) == (1, "")
    assert "もしかして" in done.out
    assert found["perhaps"][0]["title"] in done.out
    assert "職員がすること" not in done.out


def test_a_title_that_was_offered_is_answered_when_it_is_asked_for(lived_in: Madoguchi) -> None:
    offered = document(lived_in, "資格", code=1)["perhaps"]
    assert 1 < len(offered) <= 5
    for subject in offered:
        found = document(lived_in, subject["title"])
        assert (found["topics"][0]["word"], found["perhaps"]) == (subject["word"], [])


def test_points_beside_words_that_are_only_near_are_still_worked_out(lived_in: Madoguchi) -> None:
    found = document(lived_in, "マイナポイソト", "420点", "3割", code=1)
    assert (found["topics"], found["charges"]) == ([], [SUM])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_offered_line_is_wider_than_the_terminal(lang: str) -> None:
    offered = [{"word": "pin", "title": "暗証番号 PIN " * 20}]
    assert [line for line in ask_perhaps.perhaps_lines("xyzzy " * 30, offered, Words(lang)) if cells(line) > 80] == []


@pytest.mark.parametrize("query", ["zzzz 1234・5678・9018", "番号は123456789018です", "1234~5678~9018"])
def test_an_individual_number_inside_other_words_ends_with_5_and_is_not_repeated(
    madoguchi: Madoguchi, query: str
) -> None:
    done = madoguchi.run("ask", query, "--json")
    assert (done.code, done.error()) == (5, "individual_number")
    assert "9018" not in done.out + done.err


def test_a_question_as_long_as_a_page_is_refused(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("ask", "無効 " * 100, "--json")
    assert (done.code, done.error()) == (2, "question_too_long")


def test_what_would_steer_a_terminal_is_written_by_number(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("ask", "zzzz\x1b]0;title\x07")
    assert "\x1b" not in done.out + done.err
    assert "\\x1b]0;title\\x07" in done.out + done.err
