"""`madoguchi ask`: what is found, what is worked out, and what it leaves behind: nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from eligibility.calendar import JST
from eligibility.insurers import InsurerNumber
from eligibility.rule_dates import STANDARD_RULES
from eligibility.text import looks_like_individual_number
from eligibility.topics import TOPICS, Share
from kiosk.cli import ask_lines
from kiosk.cli.ask_answer import answer_as_dict
from kiosk.cli.ask_perhaps import perhaps_as_dicts
from kiosk.cli.cells import cells
from kiosk.cli.words import LANGUAGES, Words
from tests.cli.command import Finished, Madoguchi, validator
from tests.eligibility.fixture_insurers import ALL

INDIVIDUAL_NUMBER = next(number for tail in range(10) if looks_like_individual_number(number := f"12345678901{tail}"))
FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=JST)


def ask(madoguchi: Madoguchi, *arguments: str) -> Finished:
    return madoguchi.run("ask", *arguments)


def document(madoguchi: Madoguchi, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = ask(madoguchi, *arguments, "--json")
    assert (done.code, done.err) == (code, "")
    found: dict[str, Any] = done.document("ask")
    return found


def charges(madoguchi: Madoguchi, *arguments: str, code: int = 0) -> dict[int, int]:
    return {row["percent"]: row["yen"] for row in document(madoguchi, *arguments, code=code)["charges"]}


def answered(word: str, lang: str = "ja", number: InsurerNumber | None = None) -> dict[str, Any]:
    """One subject as JSON has it, without starting a process."""
    topic = next(topic for topic in TOPICS if topic.word == word)
    return answer_as_dict(topic, number=number, at=FRIDAY, rules=STANDARD_RULES, lang=lang)


def test_a_message_on_the_screen_is_answered_in_full(lived_in: Madoguchi) -> None:
    done = ask(lived_in, "資格(無効)")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "資格(無効)と出た"
    assert lines[2:4] == ["職員がすること", "  1. 転職・転居・扶養の変更がなかったか尋ねます"]
    for part in (
        "患者さんに伝えること",
        "負担割合: ",
        "問い合わせ先",
        "0570-015-369",
        "根拠: ",
        "専門家の確認を受けていません",
    ):
        assert part in done.out


def test_english_has_the_japanese_terms_beside_it(lived_in: Madoguchi) -> None:
    done = ask(lived_in, "invalid", "--lang", "en")
    assert done.code == 0
    assert done.out.startswith("The answer: the membership has ended (資格(無効))\n")
    assert "No reception expert has reviewed this wording." in done.out


def test_what_a_script_reads_is_what_a_person_reads(lived_in: Madoguchi) -> None:
    found = document(lived_in, "暗証番号を忘れた", "--date", "2026-11-22")
    assert (found["query"], found["on"], found["charges"]) == ("暗証番号を忘れた", "2026-11-22", None)
    best = found["topics"][0]
    assert best["word"] == "pin"
    shown = ask(lived_in, "暗証番号を忘れた", "--date", "2026-11-22").out
    joined = shown.replace("\n", "").replace(" ", "")
    for text in (best["title"], *best["staff"], *best["patient"], best["share"]):
        assert text.replace(" ", "") in joined


def test_words_may_come_with_or_without_blanks_and_quotes(lived_in: Madoguchi) -> None:
    for words in (("資格確認書", "コピー"), ("資格確認書 コピー",), ("資格確認書のコピー",), ("資格確認書　コピー",)):
        assert document(lived_in, *words)["topics"][0]["word"] == "certificate_copy"


def test_other_subjects_that_fit_are_named_after_the_best(lived_in: Madoguchi) -> None:
    found = document(lived_in, "資格確認書のコピー")["topics"]
    shown = ask(lived_in, "資格確認書のコピー").out
    assert 1 < len(found) <= 5
    others = shown[shown.index("ほかに近い項目") :]
    assert [topic["title"] in others for topic in found[1:]] == [True] * (len(found) - 1)


def test_nothing_found_is_exit_code_1_with_words_to_try(lived_in: Madoguchi) -> None:
    assert document(lived_in, "xyzzy", code=1)["topics"] == []
    for lang, known in (("ja", "暗証番号"), ("en", "smartphone")):
        done = ask(lived_in, "xyzzy", "--lang", lang)
        assert (done.code, done.err) == (1, "")
        assert "xyzzy" in done.out
        assert known in done.out
        assert "madoguchi ask" in done.out


def test_without_words_every_subject_is_listed_by_group(lived_in: Madoguchi) -> None:
    assert [topic["word"] for topic in document(lived_in)["topics"]] == [topic.word for topic in TOPICS]
    done = ask(lived_in)
    assert done.code == 0
    order = ["照会の回答", "書面", "カードと本人確認", "人", "お金", "場所と障害", "職員の決まり"]
    assert [line for line in done.out.splitlines() if line in order] == order
    assert done.out.count("  ・") == len(TOPICS)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("420点", "3割"), {30: 1260}),
        (("４２０点　３割",), {30: 1260}),
        (("421点", "30%"), {30: 1260}),
        (("--points", "425", "--ratio", "3割"), {30: 1280}),
        (("420点", "10割"), {100: 4200}),
        (("420点",), {10: 420, 20: 840, 30: 1260, 100: 4200}),
        (("420点", "72歳"), {20: 840, 30: 1260}),
        (("420点", "昭28.5.2", "--date", "2026-11-20"), {20: 840, 30: 1260}),
        (("420点", "1953-05-02", "--date", "2028-05-02"), {10: 420, 20: 840, 30: 1260}),
        (("--points", "420", "--birthdate", "1986-05-02"), {30: 1260}),
        (("420点", "5歳"), {20: 840}),
        (("420点", "6歳"), {20: 840, 30: 1260}),
        (("420点", "67歳", "--birthdate", "1959-05-02", "--insurer", "39139993"), {10: 420, 20: 840, 30: 1260}),
    ],
)
def test_points_become_yen_by_the_share_or_by_age_or_for_all_shares(
    lived_in: Madoguchi, arguments: tuple[str, ...], expected: dict[int, int]
) -> None:
    assert charges(lived_in, *arguments) == expected
    assert document(lived_in, *arguments)["topics"] == []


def test_options_win_over_what_stands_among_the_words(lived_in: Madoguchi) -> None:
    assert charges(lived_in, "420点", "3割", "--points", "100", "--ratio", "10%") == {10: 100}


def test_words_and_points_are_answered_together(lived_in: Madoguchi) -> None:
    found = document(lived_in, "420点", "限度額", "40歳")
    assert (found["topics"][0]["word"], found["charges"]) == ("limit", [{"percent": 30, "yen": 1260}])
    shown = ask(lived_in, "420点", "限度額", "40歳").out
    assert shown.index("1,260円") < shown.index("限度額適用認定証")


def test_a_table_of_yen_says_why_and_how_it_was_rounded(lived_in: Madoguchi) -> None:
    shown = ask(lived_in, "420点", "72歳").out
    assert shown.splitlines() == [
        "420点 (全額 4,200円) の窓口負担",
        "  2割(20%)    840円",
        "  3割(30%)  1,260円",
        "70–74歳の人は2割、現役並み所得の人は3割です",
        "10円未満は四捨五入です(健康保険法第75条など)",
    ]
    assert "四捨五入" not in ask(lived_in, "420点", "10割").out


def test_whoever_asks_about_the_ladder_is_never_shown_the_full_amount(lived_in: Madoguchi) -> None:
    """reception.md §6.3."""
    assert 100 not in charges(lived_in, "資格(無効)", "420点")
    assert 100 not in charges(lived_in, "カードを読み取れない", "420点", "40歳")


def test_where_everything_is_charged_first_the_full_amount_is_shown_beside_the_share(lived_in: Madoguchi) -> None:
    assert charges(lived_in, "何も持っていない", "420点", "40歳") == {30: 1260, 100: 4200}
    assert charges(lived_in, "特別療養", "420点", "40歳") == {30: 1260, 100: 4200}
    assert charges(lived_in, "特別療養", "420点", "3割") == {30: 1260}


def test_unknown_words_beside_points_are_told_of_and_the_sum_is_kept(lived_in: Madoguchi) -> None:
    assert charges(lived_in, "xyzzy", "420点", "3割", code=1) == {30: 1260}
    shown = ask(lived_in, "xyzzy", "420点", "3割").out
    assert "1,260円" in shown
    assert "xyzzy" in shown


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("72歳",), "seventies"),
        (("80歳",), "elderly"),
        (("3歳",), "preschool"),
        (("6歳",), "preschool"),
        (("40歳",), "share_by_age"),
        (("3割",), "share_by_age"),
        (("10割",), "full_charge"),
        (("昭28.5.2", "--date", "2026-11-20"), "seventies"),
        (("--birthdate", "1946-05-02"), "elderly"),
        (("72歳", "公費"), "public_expense"),
    ],
)
def test_an_age_or_a_share_alone_is_a_question_too(lived_in: Madoguchi, arguments: tuple[str, ...], word: str) -> None:
    found = document(lived_in, *arguments)
    assert (found["topics"][0]["word"], found["charges"]) == (word, None)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("10000000点",), "bad_points"),
        (("4.5点",), "bad_points"),
        (("--points", "many"), "bad_points"),
        (("--points", "-1"), "bad_points"),
        (("--ratio", "4割"), "bad_ratio"),
        (("420点", "200歳"), "bad_age"),
        (("昭64.1.8",), "bad_birthdate"),
        (("--birthdate", "yesterday"), "bad_birthdate"),
        (("--birthdate", "2027-01-01", "--date", "2026-11-20"), "bad_birthdate"),
        (("返却", "--insurer", "01139998"), "bad_insurer"),
        (("返却", "--insurer", "1"), "bad_insurer"),
        (("返却", "--date", "2026-13-01"), "bad_date"),
        (("返却", "--nosuch"), "unknown_argument"),
    ],
)
def test_a_number_that_cannot_be_is_refused_with_what_would_be_right(
    lived_in: Madoguchi, arguments: tuple[str, ...], code: str
) -> None:
    done = ask(lived_in, *arguments, "--json")
    assert (done.code, done.error(), done.err) == (2, code, "")
    for lang in LANGUAGES:
        told = ask(lived_in, *arguments, "--lang", lang)
        assert (told.code, told.out) == (2, "")
        assert len(told.err.splitlines()) == 2


def test_a_refused_number_is_not_repeated(lived_in: Madoguchi) -> None:
    for arguments in (("--birthdate", "昭64.1.8"), ("--insurer", "01139998"), ("--points", "98765432")):
        assert arguments[1] not in ask(lived_in, *arguments).err


@pytest.mark.parametrize(
    "arguments",
    [
        (INDIVIDUAL_NUMBER,),
        ("資格(無効)", INDIVIDUAL_NUMBER),
        (f"番号は{INDIVIDUAL_NUMBER}です",),
        (INDIVIDUAL_NUMBER[:4], INDIVIDUAL_NUMBER[4:8], INDIVIDUAL_NUMBER[8:]),
        (INDIVIDUAL_NUMBER[:6], INDIVIDUAL_NUMBER[6:], "420点"),
        ("--points", INDIVIDUAL_NUMBER),
        ("--birthdate", INDIVIDUAL_NUMBER),
        (f"--insurer={INDIVIDUAL_NUMBER}",),
    ],
)
def test_an_individual_number_is_refused_wherever_it_stands(lived_in: Madoguchi, arguments: tuple[str, ...]) -> None:
    done = ask(lived_in, *arguments, "--json")
    assert (done.code, done.error()) == (5, "individual_number")
    told = ask(lived_in, *arguments)
    assert INDIVIDUAL_NUMBER not in done.out + told.out + told.err


def test_the_insurer_decides_which_reasons_and_returns_are_told(lived_in: Madoguchi) -> None:
    def details(*arguments: str) -> str:
        return json.dumps(document(lived_in, *arguments)["topics"][0]["details"], ensure_ascii=False)

    assert "返信用封筒" in details("返却", "--insurer", "01139997")
    assert "市区町村の窓口に返します" in details("返却", "--insurer", "139998")
    assert "千葉県医業健康保険組合" in details("資格確認書", "もらえる", "--insurer", "06129993")
    assert "--insurer" in ask(lived_in, "返却").out
    assert "協会けんぽ(全国健康保険協会)の決まりです" in ask(lived_in, "返却", "--insurer", "01139997").out


def test_a_known_insurer_leaves_help_lines_of_others_out(lived_in: Madoguchi) -> None:
    lines = document(lived_in, "下4桁", "--insurer", "139998")["topics"][0]["help_lines"]
    assert lines == []


def test_a_help_line_says_whether_somebody_answers_that_day(lived_in: Madoguchi) -> None:
    sunday = document(lived_in, "下4桁", "--date", "2026-11-22")["topics"][0]["help_lines"]
    assert [(line["word"], line["open"], line["opens_at"]) for line in sunday] == [
        ("kyokai_myna", False, "2026-11-24T08:30:00+09:00")  # the 23rd is a holiday
    ]
    shown = ask(lived_in, "下4桁", "--date", "2026-11-22").out
    assert "次は 2026-11-24 8:30 からです" in shown
    [lost] = document(lived_in, "紛失", "--date", "2026-11-22")["topics"][0]["help_lines"]
    assert (lost["word"], lost["open"]) == ("mynumber_loss", True)


def test_a_line_for_institutions_is_not_given_to_patients(lived_in: Madoguchi) -> None:
    [line] = answered("outage")["help_lines"]
    assert (line["audience"], line["verified"]) == ("staff", False)
    shown = ask(lived_in, "システム障害").out
    assert "医療機関専用です。患者さんには伝えません" in shown
    assert "受付時間は確かめられていません" in shown


def test_what_is_unverified_or_the_clinics_own_decision_is_said(lived_in: Madoguchi) -> None:
    assert "未確認: " in ask(lived_in, "暫定的な取扱い").out
    assert "医院の決まり" in ask(lived_in, "カード忘れ").out
    assert "未確認: " not in ask(lived_in, "資格(有効)").out
    for topic in TOPICS:
        told = answered(topic.word)
        assert (told["unverified"], told["unverified_because"] is not None) == (topic.unverified,) * 2


def test_a_day_that_the_settings_move_is_told_as_moved(madoguchi: Madoguchi) -> None:
    settings = madoguchi.home / "settings.toml"
    settings.write_text("[rules]\nleniency_until = 2026-07-31\n", encoding="utf-8")
    assert "2026-03-31" in ask(madoguchi, "暫定的な取扱い").out
    moved = ask(madoguchi, "暫定的な取扱い", "--config", str(settings)).out
    assert "2026-07-31" in moved
    assert "2026-03-31" not in moved


def test_asking_leaves_nothing_behind(madoguchi: Madoguchi) -> None:
    for arguments in (("資格(無効)",), ("420点", "72歳"), (), ("xyzzy",), ("--points", "x")):
        ask(madoguchi, *arguments)
    assert list(madoguchi.home.iterdir()) == []


@pytest.mark.parametrize(("lang", "usage", "example"), [("ja", "使い方: ", "例:"), ("en", "usage: ", "Examples:")])
def test_help_teaches_by_examples_that_work(lived_in: Madoguchi, lang: str, usage: str, example: str) -> None:
    done = ask(lived_in, "--help", "--lang", lang)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(usage)
    shown = done.out[done.out.index(example) :].splitlines()
    commands = [line.split()[2:] for line in shown if line.startswith("  madoguchi ask ")]
    assert len(commands) >= 5
    for arguments in commands:
        assert ask(lived_in, *(argument.strip('"') for argument in arguments)).code == 0, arguments


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("number", [None, *ALL])
def test_no_line_is_wider_than_the_terminal(lang: str, number: InsurerNumber | None) -> None:
    words = Words(lang)
    lines = [*ask_lines.all_subjects(STANDARD_RULES, words), *ask_lines.nothing_found("xyzzy " * 30, words)]
    for topic in TOPICS:
        told = [answered(word, lang, number) for word in (topic.word, "help_lines", "elderly", "answer_newer")]
        lines += ask_lines.subject_lines(told, number, words)
    assert [line for line in lines if cells(line) > 80] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_titles_of_a_list_name_the_days_of_the_rules(lang: str) -> None:
    words, rules = Words(lang), replace(STANDARD_RULES, leniency_until=date(2027, 2, 3))
    listed = "\n".join(ask_lines.all_subjects(rules, words))
    offered = "\n".join(one["title"] for one in perhaps_as_dicts(TOPICS, rules, words))
    for said in (listed, offered):
        assert "2027-02-03" in said
        assert "{" not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_subject_keeps_to_the_schema_for_every_insurer(lang: str) -> None:
    for number in (None, *ALL):
        topics = [answered(topic.word, lang, number) for topic in TOPICS]
        validator("ask").validate({"query": "", "on": "2026-11-20", "topics": topics, "perhaps": [], "charges": None})


def test_subjects_of_the_ladder_and_of_everything_are_told_apart_for_the_table() -> None:
    """The table of yen rests on it."""
    assert {topic.word for topic in TOPICS if topic.share is Share.SPECIAL} == {"special_treatment"}
    assert next(topic for topic in TOPICS if topic.word == "outage").share is Share.LADDER
