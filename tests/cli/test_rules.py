"""`madoguchi rules`: the days with their sources, and what holds on one of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eligibility.rule_dates import RULE_DATES, SEEDS
from eligibility.typical_cases import typical_cases
from tests.cli.command import Madoguchi


def on(madoguchi: Madoguchi, day: str) -> dict[str, Any]:
    done = madoguchi.run("rules", "--on", day, "--json")
    assert done.code == 0
    found: dict[str, Any] = done.document("rules")
    return found


def outcomes(document: dict[str, Any]) -> dict[str, str]:
    return {row["presented"]: row["outcome"] for row in document["presented"]}


def test_every_rule_date_is_told_with_its_source(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("rules", "--json")
    assert done.code == 0
    assert [(row["word"], row["day"], row["source"]) for row in done.document("rules")["rule_dates"]] == [
        (rule.word, rule.day.isoformat(), rule.source) for rule in RULE_DATES
    ]
    assert not madoguchi.data_dir.exists()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_person_reads_days_marks_sources_and_the_documents_behind_them(madoguchi: Madoguchi, lang: str) -> None:
    out = madoguchi.run("rules", "--lang", lang).out
    for rule in RULE_DATES:
        assert f"{rule.day}  " in out
    marks = {"ja": ("[判断に使う] [未確認]", "未確認"), "en": ("[decides] [unverified]", "unverified")}[lang]
    line = next(line for line in out.splitlines() if marks[0] in line)
    assert line.startswith("2026-03-31")
    assert out.count(f"[{marks[1]}]") == len([rule for rule in RULE_DATES if not rule.verified])
    assert all(f"{name}  " in out for name in SEEDS)
    assert "rule." not in out


@pytest.mark.parametrize(
    ("day", "period", "first", "last"),
    [
        ("2024-12-01", "P0", None, "2024-12-01"),
        ("2024-12-02", "P1", "2024-12-02", "2025-06-26"),
        ("2025-09-19", "P1", "2025-09-19", "2025-12-01"),
        ("2025-12-02", "P2", "2025-12-02", "2026-03-31"),
        ("2026-04-01", "P3", "2026-04-01", None),
        ("令和8年3月31日", "P2", "2025-12-02", "2026-03-31"),
    ],
)
def test_a_day_has_its_regime(madoguchi: Madoguchi, day: str, period: str, first: str | None, last: str | None) -> None:
    regime = on(madoguchi, day)["regime"]
    assert (regime["period"], regime["first"], regime["last"]) == (period, first, last)


def test_what_is_presented_comes_to_what_the_tables_of_the_notices_say(madoguchi: Madoguchi) -> None:
    """reception.md §5, whose columns are these days' periods."""
    p1, p2, p3 = (outcomes(on(madoguchi, day)) for day in ("2025-12-01", "2025-12-02", "2026-04-01"))
    for period in (p1, p2, p3):
        assert period["card"] == "OK_ONLINE"
        assert period["certificate"] == "OK_CERTIFICATE"
        assert period["broken_card_notice"] == "OK_MANUAL_NOTICE"
        assert period["broken_card_portal"] == "OK_MANUAL_PORTAL"
        assert period["broken_card_declaration"] == "OK_DECLARATION"
        assert {period[f"certificate_{wrong}"] for wrong in ("expired", "left", "copy")} == {"NOT_CONFIRMED"}
        assert period["nothing"] == "NOT_CONFIRMED"
    assert [period["old_card"] for period in (p1, p2, p3)] == ["OK_OLD_CARD", "OK_LENIENT", "NOT_CONFIRMED"]
    assert [period["notice_alone"] for period in (p1, p2, p3)] == ["NOT_CONFIRMED", "OK_LENIENT", "NOT_CONFIRMED"]
    assert [period["notice_alone_national"] for period in (p1, p2, p3)] == ["OK_LENIENT", "OK_LENIENT", "NOT_CONFIRMED"]


def test_every_label_of_a_presentation_has_words(madoguchi: Madoguchi) -> None:
    out = madoguchi.run("rules", "--on", "2026-11-21", "--lang", "en").out
    assert len(outcomes(on(madoguchi, "2026-11-21"))) == len(typical_cases(date(2026, 11, 21)))
    assert "typical." not in out
    assert "in_force." not in out


def test_a_day_moved_by_the_settings_is_told_as_such(madoguchi: Madoguchi) -> None:
    settings = madoguchi.home / "rules.toml"
    settings.write_text("[rules]\nleniency_until = 2026-07-31\n", encoding="utf-8")
    rows = {
        row["word"]: row
        for row in madoguchi.run("rules", "--config", settings, "--json").document("rules")["rule_dates"]
    }
    assert (rows["leniency_until"]["day"], rows["leniency_until"]["moved"]) == ("2026-07-31", True)
    assert not any(row["moved"] for word, row in rows.items() if word != "leniency_until")
    told = "".join(madoguchi.run("rules", "--config", settings).out.split())
    assert "設定で変更。出典では2026-03-31" in told
    moved = madoguchi.run("rules", "--on", "2026-07-31", "--config", settings, "--json").document("rules")
    assert moved["regime"]["period"] == "P2"
    assert outcomes(moved)["notice_alone"] == "OK_LENIENT"


def test_a_day_that_is_none_ends_with_2(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("rules", "--on", "2026-02-30", "--json")
    assert (done.code, done.error()) == (2, "bad_date")
