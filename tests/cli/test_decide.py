"""`madoguchi decide`: a case goes in, a decision comes out, and a mistake is told with its place."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility.typical_cases import typical_cases
from eligibility.words import LANGUAGES, text
from kiosk.cli.cells import cells
from tests.cli.command import Madoguchi

DAY = "2026-11-20"
ONLINE = {
    "on": DAY,
    "birthdate": "1986-05-02",
    "presented": [{"document": "myna_card", "identity": "pin"}],
    "answer": {"by": "card", "validity": 1, "burden_ratio": 30},
}
NOTICE_ALONE = {"on": DAY, "presented": [{"document": "eligibility_notice"}]}


def on_stdin(case: Any) -> bytes:
    return json.dumps(case, ensure_ascii=False).encode()


def test_an_accepted_case_ends_with_0(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("decide", "-", "--json", stdin=on_stdin(ONLINE))
    assert done.code == 0
    assert done.document("decide") == {
        "outcome": "OK_ONLINE",
        "row": 4,
        "charge": {"kind": "ratio", "percent": 30},
        "consent": "ask",
        "ask_for": [],
        "tell": [],
        "queue": None,
        "registration": None,
        "returns": [],
        "reasons": ["answer_valid", "share_from_answer"],
    }


def test_any_other_outcome_ends_with_1(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("decide", "-", "--json", stdin=on_stdin(NOTICE_ALONE))
    assert done.code == 1
    assert done.document("decide")["outcome"] == "NOT_CONFIRMED"


def test_a_file_is_read_and_no_folder_is_made(madoguchi: Madoguchi) -> None:
    (madoguchi.home / "case.json").write_text(json.dumps(ONLINE), encoding="utf-8")
    assert madoguchi.run("decide", "case.json").code == 0
    assert not madoguchi.data_dir.exists()


def test_explained_it_goes_row_by_row_to_the_one_that_fits(madoguchi: Madoguchi) -> None:
    way = madoguchi.run("decide", "-", "--explain", "--json", stdin=on_stdin(ONLINE)).document("decide")["way"]
    assert [(step["row"], step["fits"]) for step in way] == [(1, False), (2, False), (3, False), (4, True)]
    assert way[-1]["why"] == ["answer_valid"]


@pytest.mark.parametrize(
    ("lang", "parts"),
    [
        (
            "ja",
            ["資格を確認できません (NOT_CONFIRMED)", "窓口負担: 100 %", "次に: マイナンバーカード", "✓ 13 そのほか"],
        ),
        ("en", ["(NOT_CONFIRMED)", "100 %", "My Number card", "✓ 13 anything else … fits:"]),
    ],
)
def test_a_person_reads_what_it_comes_to_and_why(madoguchi: Madoguchi, lang: str, parts: list[str]) -> None:
    done = madoguchi.run("decide", "-", "--explain", "--lang", lang, stdin=on_stdin(NOTICE_ALONE))
    for part in parts:
        assert part in done.out
    assert done.err == ""
    unspoken = {word for word in ("passed.", "reason.", "row.", "tell.", "ask.") if word in done.out}
    assert unspoken == set(), "every word has a sentence"


def test_what_follows_is_told_too(madoguchi: Madoguchi) -> None:
    two = {
        "on": DAY,
        "presented": [
            {"document": "eligibility_certificate", "issued_on": "2025-08-01", "insurer_number": "01139997"},
            {"document": "eligibility_certificate", "issued_on": "2026-08-01", "insurer_number": "01139997"},
            {"document": "myna_card", "registered": False},
        ],
        "answer": {"by": "numbers", "validity": 4},
    }
    out = madoguchi.run("decide", "-", stdin=on_stdin(two)).out
    assert "保留: 番号で再照会" in out
    assert "利用登録: 利用登録を案内" in out
    assert "使わない資格確認書は、保険者に返してもらいます" in out
    assert "使わなくなった書類は、お返しいただくことになります" in out
    assert "同意は、本人に画面で選んでもらいます" in madoguchi.run("decide", "-", stdin=on_stdin(ONLINE)).out


def test_staff_and_patient_read_what_to_do_in_order(madoguchi: Madoguchi) -> None:
    lines = madoguchi.run("decide", "-", stdin=on_stdin(ONLINE)).out.splitlines()
    staff, patient = lines.index("職員がすること"), lines.index("患者さんに伝えること")
    assert lines[:2] == ["資格(有効)を確認できました (OK_ONLINE)", "窓口負担: 30 %"]
    assert [line[:4] for line in lines[staff + 1 : staff + 4]] == ["  1.", "  2.", "  3."]
    assert all(line.startswith("  ・") for line in lines[patient + 1 :])
    assert len(lines) > patient + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_typical_visit_is_told_once_and_within_80_cells(madoguchi: Madoguchi, lang: str) -> None:
    for word, visit in typical_cases(date.fromisoformat(DAY)):
        out = madoguchi.run("decide", "-", "--lang", lang, stdin=on_stdin(visit.as_dict())).out
        lines = [line for line in out.splitlines() if line.strip()]
        assert len(lines) == len(set(lines)), word
        told = text(lang, "tell.return_documents")
        assert sum(told in line for line in lines) <= 1, word
        listed = [line for line in lines if line.startswith(" ")]
        assert listed, word
        assert max(map(cells, listed)) <= 80, word


@pytest.mark.parametrize(
    ("case", "code", "part"),
    [
        ({**ONLINE, "colour": 1}, "case.unknown_key", "colour: "),
        ({**ONLINE, "presented": [{"document": "myna_card", "identity": "iris"}]}, "case.unknown_word", "identity"),
        ({**ONLINE, "outage": True}, "case.by_card_in_outage", "answer.by: "),
        (
            {"on": DAY, "presented": [{"document": "portal", "insurer_number": "01139998"}]},
            "field.insurer_number.check_digit",
            "presented[0].insurer_number: ",
        ),
    ],
)
def test_a_mistake_ends_with_2_and_names_the_place(madoguchi: Madoguchi, case: Any, code: str, part: str) -> None:
    done = madoguchi.run("decide", "-", "--json", stdin=on_stdin(case))
    assert (done.code, done.error()) == (2, code)
    assert part in json.loads(done.out)["error"]["message"]
    assert "madoguchi decide --help" in json.loads(done.out)["error"]["remedy"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "case.json"),
        (b"\x89PNG\r\n", "case_encoding"),
        (b'{"on": "2026-11-20"}' + b" " * 1_000_000, "case_too_long"),
        (b"[" * 900_000, "case.json_depth"),
    ],
)
def test_what_is_no_case_ends_in_a_sentence(madoguchi: Madoguchi, raw: bytes, code: str) -> None:
    done = madoguchi.run("decide", "-", "--json", stdin=raw)
    assert (done.code, done.error()) == (2, code)


def test_a_file_that_cannot_be_read_is_named(madoguchi: Madoguchi, tmp_path: Path) -> None:
    for name in ("nowhere.json", str(tmp_path)):
        done = madoguchi.run("decide", name, "--json")
        assert (done.code, done.error()) == (2, "case_unreadable")
        assert name in done.out


def test_without_a_file_the_usage_is_told(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("decide", "--json")
    assert (done.code, done.error()) == (2, "usage")


def test_an_individual_number_ends_with_5_and_is_not_repeated(madoguchi: Madoguchi) -> None:
    case = {"on": DAY, "presented": [{"document": "portal", "insurer_number": "1234 5678 9018"}]}
    done = madoguchi.run("decide", "-", "--json", stdin=on_stdin(case))
    assert (done.code, done.error()) == (5, "individual_number")
    assert "9018" not in done.out + done.err


LENIENT = {
    "on": "2026-07-31",
    "birthdate": "1986-05-02",
    "presented": [{"document": "eligibility_notice", "insurer_number": "01139997"}],
    "answer": {"by": "numbers", "validity": 1},
}


class TestMovedRuleDate:
    def config(self, madoguchi: Madoguchi, text: str) -> Path:
        path = madoguchi.home / "rules.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def test_the_settings_move_the_day_that_has_no_firm_source(self, madoguchi: Madoguchi) -> None:
        path = self.config(madoguchi, "[rules]\nleniency_until = 2026-07-31\n")
        assert madoguchi.run("decide", "-", "--json", stdin=on_stdin(LENIENT)).code == 1
        moved = madoguchi.run("decide", "-", "--config", path, "--json", stdin=on_stdin(LENIENT))
        assert moved.document("decide")["outcome"] == "OK_LENIENT"
        told = "設定で動かした日: leniency_until 2026-07-31"
        assert told in madoguchi.run("decide", "-", "--config", path, stdin=on_stdin(LENIENT)).out
        assert "設定で動かした日" not in madoguchi.run("decide", "-", stdin=on_stdin(LENIENT)).out

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("[rules]\nold_card_until = 2026-12-01\n", "config_unknown_key"),
            ('[rules]\nleniency_until = "2026-07-31"\n', "config_type"),
            ("[rules]\nleniency_until = 1999-01-01\n", "bad_date"),
            ("[rules]\nleniency_until = 2025-07-31\n", "rules.too_early"),
        ],
    )
    def test_and_no_other(self, madoguchi: Madoguchi, text: str, code: str) -> None:
        done = madoguchi.run("decide", "-", "--config", self.config(madoguchi, text), "--json", stdin=on_stdin(LENIENT))
        assert (done.code, done.error()) == (2, code)
