"""The table of decisions, line by line; that it covers what it must; and that its reader tells a slip of the pen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from eligibility.case_json import parse_case
from eligibility.outcome import OutcomeWord
from eligibility.policy import decide
from tests.eligibility.decision_cells import ROWS
from tests.eligibility.decision_table import COLUMNS, FOLDER, Decision, TableError, read_file, read_folder
from tests.eligibility.fixture_insurers import ALL as FIXTURE_INSURERS

TABLE = read_folder()

SCENARIOS_THAT_ARE_NO_DECISION = {"F29", "F32"}
"""A card left in the slot is a reminder; a wrong check digit is refused before anything is decided."""


@pytest.mark.parametrize("decision", TABLE, ids=lambda decision: decision.id)
def test_it_is_decided_as_the_table_says(decision: Decision) -> None:
    differences = decision.differences(decide(decision.case).as_dict())
    assert not differences, f"{decision.file} line {decision.line}, {decision.source}: " + "; ".join(differences)


# What the table covers


def test_the_table_is_long_and_every_line_has_its_own_id_and_a_source() -> None:
    assert len(TABLE) >= 230
    assert len({decision.id for decision in TABLE}) == len(TABLE)
    assert all(decision.source for decision in TABLE)


def test_a_line_is_also_a_case_for_the_command() -> None:
    for decision in TABLE:
        assert parse_case(json.dumps(decision.raw)) == decision.case, decision.id


def test_every_row_and_every_outcome_is_reached() -> None:
    assert {decision.expected["row"] for decision in TABLE} >= {str(row) for row in ROWS}
    assert {decision.expected["outcome"] for decision in TABLE} == {word.value for word in OutcomeWord}


def test_every_scenario_that_is_a_decision_is_a_source() -> None:
    named = {scenario for decision in TABLE for scenario in re.findall(r"F[0-9]{2}", decision.source)}
    assert named == {f"F{number:02}" for number in range(1, 33)} - SCENARIOS_THAT_ARE_NO_DECISION


def test_every_invented_insurer_is_used() -> None:
    used = {document.get("insurer_number") for decision in TABLE for document in decision.raw["presented"]}
    assert used >= {number.digits for number in FIXTURE_INSURERS}


def without_the_day(decision: Decision) -> str:
    return json.dumps({key: value for key, value in decision.raw.items() if key != "on"}, sort_keys=True)


def on(day: date) -> dict[str, list[dict[str, str]]]:
    """What is expected on the day, by the case without its day."""
    found: dict[str, list[dict[str, str]]] = {}
    for decision in TABLE:
        if decision.case.on == day:
            found.setdefault(without_the_day(decision), []).append(decision.expected)
    return found


@pytest.mark.parametrize(
    ("last", "changes"),
    [
        # From the next day on no 健康保険証 is issued; which documents count does not change.
        (date(2024, 12, 1), False),
        (date(2025, 6, 26), True),
        (date(2025, 12, 1), True),
        (date(2026, 3, 31), True),
    ],
    ids=str,
)
def test_both_sides_of_a_rule_date_are_covered_with_the_same_case(last: date, changes: bool) -> None:
    before, after = on(last), on(last + timedelta(days=1))
    pairs = [(before[case], after[case]) for case in before.keys() & after.keys()]
    assert pairs
    assert any(one != other for one, other in pairs) is changes


def test_both_sides_of_the_start_of_phones_are_covered_with_the_same_case() -> None:
    before, after = on(date(2025, 9, 18)), on(date(2025, 9, 19))
    (case,) = before.keys() & after.keys()
    assert (before[case][0]["row"], after[case][0]["row"]) == ("12", "9")


@pytest.mark.parametrize(
    ("born", "last"),
    [
        # 75th birthday (validation.md §4)
        (date(1951, 11, 20), date(2026, 11, 19)),
        (date(1952, 2, 29), date(2027, 2, 28)),
        # the 70-years rule
        (date(1956, 11, 1), date(2026, 10, 31)),
        (date(1956, 11, 2), date(2026, 11, 30)),
        (date(1956, 12, 1), date(2026, 11, 30)),
        (date(1956, 12, 2), date(2026, 12, 31)),
        (date(1956, 2, 29), date(2026, 2, 28)),
        # the end of 未就学
        (date(2020, 4, 1), date(2026, 3, 31)),
        (date(2020, 4, 2), date(2027, 3, 31)),
        (date(2020, 2, 29), date(2026, 3, 31)),
        # 特別療養 begins after the year of age 18
        (date(2008, 4, 1), date(2026, 3, 31)),
        (date(2008, 4, 2), date(2027, 3, 31)),
    ],
    ids=str,
)
def test_both_sides_of_an_age_are_covered(born: date, last: date) -> None:
    days = {decision.case.on: decision.expected["pays"] for decision in TABLE if decision.case.birthdate == born}
    assert days[last] != days[last + timedelta(days=1)]


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ("eligibility_certificate", "expires_on"),
        ("insurance_card", "expires_on"),
        ("eligibility_notice", "valid_from"),
        ("eligibility_notice", "expires_on"),
        ("elderly_recipient_certificate", "valid_from"),
        ("elderly_recipient_certificate", "expires_on"),
    ],
)
def test_both_sides_of_a_printed_limit_are_covered_with_the_same_case(document: str, key: str) -> None:
    pairs = 0
    for decision in TABLE:
        for shown in decision.raw["presented"]:
            if shown["document"] == document and (limit := shown.get(key)) is not None:
                day = date.fromisoformat(limit)
                last, next_day = (day - timedelta(days=1), day) if key == "valid_from" else (day, day + timedelta(1))
                case = without_the_day(decision)
                pairs += case in on(last) and case in on(next_day) and on(last)[case] != on(next_day)[case]
    assert pairs


# How a slip of the pen is told

GOOD = {
    "id": "X-001",
    "situation": "資格確認書がある",
    "on": "2026-11-20",
    "born": "1986-05-02",
    "presented": "eligibility_certificate insurer_number=01139997 issued_on=2025-08-01 expires_on=2029-07-31",
    "answer": "",
    "also": "",
    "outcome": "OK_CERTIFICATE",
    "row": "6",
    "pays": "30%",
    "consent": "no",
    "asks_for": "*",
    "queue": "-",
    "registration": "-",
    "returns": "-",
    "reasons": "",
    "source": "design.md §5 row 6",
}


def quoted(cells: list[str]) -> str:
    return ",".join('"{}"'.format(cell.replace('"', '""')) for cell in cells)


def write(path: Path, *lines: dict[str, str], encoding: str = "utf-8") -> Path:
    rows = [list(COLUMNS), *([line[column] for column in COLUMNS] for line in lines)]
    path.write_text("\n".join(map(quoted, rows)) + "\n", encoding=encoding)
    return path


def only(folder: Path, **changes: str) -> Decision:
    (decision,) = read_file(write(folder / "x.csv", GOOD | changes))
    return decision


def refused(read: Callable[[], object]) -> TableError:
    with pytest.raises(TableError) as error:
        read()
    return error.value


def test_a_line_becomes_the_json_of_a_case(tmp_path: Path) -> None:
    decision = only(
        tmp_path,
        presented="myna_card identity=pin certificate=grace face_only=no + portal form=pdf burden_ratio=20%",
        answer="card 1 burden_ratio=30 insurer_number=01139997 card_class=05",
        also="site=checkup visit=return known_patient flags=undisclosed equipped_for_smartphone",
    )
    assert decision.raw == {
        "on": "2026-11-20",
        "birthdate": "1986-05-02",
        "presented": [
            {"document": "myna_card", "identity": "pin", "certificate": "grace", "face_only": False},
            {"document": "portal", "form": "pdf", "burden_ratio": 20},
        ],
        "answer": {
            "by": "card",
            "validity": 1,
            "burden_ratio": 30,
            "insurer_number": "01139997",
            "card_class": "05",
        },
        "site": "checkup",
        "visit": "return",
        "known_patient": True,
        "flags": ["undisclosed"],
        "equipped_for_smartphone": True,
    }
    assert only(tmp_path, born="", presented="").raw == {"on": "2026-11-20", "presented": [], "answer": None}


def test_what_a_spreadsheet_does_to_a_file_is_understood(tmp_path: Path) -> None:
    plain = only(tmp_path)
    presented = GOOD["presented"].replace("2025-08-01", "2025/8/1").replace("01139997", "０１１３９９９７")
    written = only(tmp_path, on="2026/11/20", born="1986/5/2", presented=f"\u3000{presented.replace('=', '＝')} ")
    assert written.raw == plain.raw
    path = write(tmp_path / "bom.csv", GOOD, encoding="utf-8-sig")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n") + b",,,\r\n\r\n")
    assert [decision.raw for decision in read_file(path)] == [plain.raw]


def test_every_file_opens_in_a_spreadsheet_as_utf_8() -> None:
    for path in FOLDER.glob("*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("on", "2026-11-31"),
        ("on", "20日"),
        ("born", "昭和61年"),
        ("presented", "my_card"),
        ("presented", "myna_card + + portal"),
        ("presented", "myna_card identity=finger"),
        ("presented", "myna_card identity=pin identity=face"),
        ("presented", "portal colour=red"),
        ("presented", "portal burden_ratio=many"),
        ("presented", "portal burden_ratio=25"),
        ("presented", "myna_card readable=perhaps"),
        ("presented", "portal insurer_number"),
        ("presented", "portal insurer_number="),
        ("presented", "portal insurer_number=協会けんぽ"),
        # F32: a typed number with a wrong check digit
        ("presented", "eligibility_notice insurer_number=01139998"),
        ("presented", "smartphone certificate=grace"),
        ("answer", "phone 1"),
        ("answer", "card"),
        ("answer", "numbers 6"),
        ("answer", "card 1"),
        ("answer", "numbers 1 person=nobody"),
        ("also", "outage=maybe"),
        ("also", "weather=rain"),
        ("also", "site=hospital"),
        ("also", "flags=undisclosed,invisible"),
        ("also", "birthdate=1986-05-02"),
        ("outcome", "OK_MAYBE"),
        ("row", "14"),
        ("pays", "25%"),
        ("pays", "30"),
        ("consent", "ask"),
        ("asks_for", "passport"),
        ("asks_for", "portal, has pin"),
        ("queue", "later"),
        ("registration", "yes"),
        ("returns", "letter"),
        ("reasons", "because"),
        *((column, "") for column in COLUMNS if column not in {"born", "presented", "answer", "also", "reasons"}),
    ],
)
def test_a_mistake_is_told_with_file_line_and_column(tmp_path: Path, column: str, cell: str) -> None:
    path = write(tmp_path / "x.csv", GOOD, GOOD | {"id": "X-002", column: cell})
    error = refused(lambda: list(read_file(path)))
    assert (error.file, error.line, error.column) == ("x.csv", 3, column)
    told = str(error)
    assert told.startswith(f"x.csv 3行目 {column}列: ")
    assert not re.search("case\\.|field\\.", told), "a message id instead of a sentence"


def test_an_id_given_twice_is_told_with_both_places(tmp_path: Path) -> None:
    write(tmp_path / "1.csv", GOOD)
    write(tmp_path / "2.csv", GOOD | {"id": "X-002"}, GOOD)
    error = refused(lambda: read_folder(tmp_path))
    assert (error.file, error.line, error.column) == ("2.csv", 3, "id")
    assert "1.csv の2行目" in str(error)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda text: text.replace('"pays"', '"price"'), "price"),
        (lambda text: text.replace('"pays",', ""), "pays"),
        (lambda text: text.replace('"born"', '"on"'), "on"),
        (lambda text: text.replace('"30%",', ""), None),
    ],
    ids=["unknown", "missing", "twice", "cell missing"],
)
def test_a_wrong_column_is_told(tmp_path: Path, change: Callable[[str], str], column: str | None) -> None:
    path = write(tmp_path / "x.csv", GOOD)
    path.write_text(change(path.read_text()))
    error = refused(lambda: list(read_file(path)))
    assert (error.line, error.column) == (2 if column is None else 1, column)


def test_the_line_told_is_the_one_where_the_mistake_begins(tmp_path: Path) -> None:
    two_lines = GOOD | {"situation": "資格確認書が\nある"}
    error = refused(lambda: list(read_file(write(tmp_path / "x.csv", two_lines, GOOD | {"row": "0"}))))
    assert error.line == 4
    path = write(tmp_path / "x.csv", GOOD)
    path.write_text(path.read_text() + '"never closed\n')
    assert refused(lambda: list(read_file(path))).line == 3


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", GOOD, encoding="cp932")
    assert "UTF-8" in str(refused(lambda: list(read_file(path))))


# What an expectation means

OUTCOME = {
    "outcome": "OK_CERTIFICATE",
    "row": 6,
    "charge": {"kind": "ask", "provisional": 30},
    "consent": None,
    "ask_for": ["elderly_recipient_certificate", "numbers_query"],
    "tell": [],
    "queue": "recheck",
    "registration": None,
    "returns": ["insurance_card", "eligibility_certificate"],
    "reasons": ["paper_in_date", "share_unknown"],
}


@pytest.mark.parametrize(
    ("column", "met", "unmet"),
    [
        ("outcome", ["OK_CERTIFICATE", "*"], ["OK_ONLINE"]),
        ("row", ["6", "*"], ["1"]),
        ("pays", ["ask 30%", "ask*", "*"], ["ask", "30%", "-", "nothing", "full"]),
        ("consent", ["no", "*"], ["yes"]),
        (
            "asks_for",
            ["elderly_recipient_certificate, numbers_query", "has numbers_query", "has numbers_query, no portal", "*"],
            ["-", "numbers_query", "numbers_query, elderly_recipient_certificate", "has portal", "no numbers_query"],
        ),
        ("queue", ["recheck", "*"], ["-", "four_items"]),
        ("registration", ["-", "*"], ["offer"]),
        (
            "returns",
            ["eligibility_certificate、insurance_card", "has insurance_card", "*"],
            ["-", "insurance_card", "insurance_card, insurance_card", "no insurance_card"],
        ),
        (
            "reasons",
            ["", "share_unknown", "share_unknown, no ratio_differs", "no answer_valid"],
            ["-", "answer_valid", "no share_unknown", "share_unknown, answer_valid"],
        ),
    ],
)
def test_a_cell_expects_what_it_says(tmp_path: Path, column: str, met: list[str], unmet: list[str]) -> None:
    differences = [only(tmp_path, **{column: cell}).differences(OUTCOME) for cell in met + unmet]
    told = [[line for line in lines if line.startswith(f"{column}: ")] for lines in differences]
    assert [bool(lines) for lines in told] == [False] * len(met) + [True] * len(unmet)


@pytest.mark.parametrize(
    ("charge", "cell"),
    [
        (None, "-"),
        ({"kind": "none"}, "nothing"),
        ({"kind": "full"}, "full"),
        ({"kind": "ratio", "percent": 20}, "20%"),
        ({"kind": "ask", "provisional": None}, "ask"),
    ],
)
def test_every_charge_has_its_word(tmp_path: Path, charge: dict[str, object] | None, cell: str) -> None:
    outcome = OUTCOME | {"charge": charge}
    assert not [line for line in only(tmp_path, pays=cell).differences(outcome) if line.startswith("pays")]
    assert [line for line in only(tmp_path, pays="30%").differences(outcome) if line.startswith("pays")] == [
        f"pays: expected '30%', decided {cell!r}"
    ]
