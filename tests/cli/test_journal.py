"""`madoguchi journal`: listed, verified, exported, purged; names only where they may be shown."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import signal
import stat
import subprocess
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli import journal_source
from kiosk.cli.composition import KIOSK_NAME, journal_key_path
from kiosk.cli.journal_rows import COLUMNS, harmless_cell
from kiosk.journal import JournalFile, VisitRecord
from kiosk.journal.draft_store import DraftStore
from kiosk.journal.key_file import load_key, protect_key
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore, passcode_path
from tests.cli.command import LONG_ENOUGH_S, Finished, Madoguchi, command_line
from tests.e2e.terminal import TerminalProgram
from tests.eventually import eventually

JST = timezone(timedelta(hours=9))
TODAY = datetime.now(JST).replace(hour=9, minute=14, second=30, microsecond=0)
PASSPHRASE = "まどぐちの ひみつ"
HANAKO = {"name": "窓口　花子", "name_kana": "マドグチ　ハナコ", "birthdate": date(1953, 5, 2)}
PERSONAL = ("花子", "ハナコ", "1953-05-02", "01139997", "３４５６")


def write(data_dir: Path, days: int = 1) -> JournalFile:
    """Two receptions and an undo on each day, the last day today."""
    clock = [TODAY]
    journal = JournalFile(
        data_dir / "journal",
        journal_key_path(data_dir),
        now=lambda: clock[0],
        random_bytes=os.urandom,
        kiosk=KIOSK_NAME,
    )
    for day in range(days):
        clock[0] = TODAY - timedelta(days=days - 1 - day)
        first = VisitRecord(
            1, "OK_ONLINE", "pin", ("myna_card",), (), 1, "ratio:30", ("answer_ratio",), 4,
            insurer_number="01139997", number="３４５６", ratio=30, **HANAKO,  # type: ignore[arg-type]
        )  # fmt: skip
        journal.record(first)
        journal.record(VisitRecord(2, "ABANDONED", troubles=("card_pulled",)))
        journal.record(VisitRecord(1, "NOT_CONFIRMED", "pin", corrects=True))
    return journal


def listed(done: Finished) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = done.document("journal-list")["entries"]
    return entries


def set_passcode(data_dir: Path, digits: bytes = b"4093") -> None:
    PasscodeStore(passcode_path(data_dir), lambda: 0.0).put(PasscodeKind.STAFF, bytearray(digits))


@pytest.mark.parametrize("name", ["", "list", "verify", "export", "purge", "passphrase"])
@pytest.mark.parametrize(("lang", "example"), [("ja", "例:"), ("en", "Examples:")])
def test_every_command_teaches_by_examples_in_both_languages(
    madoguchi: Madoguchi, name: str, lang: str, example: str
) -> None:
    done = madoguchi.run("journal", *([name] if name else []), "--help", "--lang", lang)
    assert (done.code, done.err) == (0, "")
    assert example in done.out


# --- list -------------------------------------------------------------------------------------------------------


def test_an_empty_journal_is_listed_and_whole(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("journal", "list", "--json")
    assert (done.code, done.document("journal-list")) == (
        0,
        {"date": None, "masked": True, "whole": True, "entries": []},
    )
    assert madoguchi.run("journal", "verify", "--json").document("journal-verify")["head"] == f"0:{'0' * 32}"
    assert not madoguchi.data_dir.exists(), "who looks makes nothing"


def test_what_is_no_data_folder_has_no_empty_journal(madoguchi: Madoguchi) -> None:
    madoguchi.data_dir.write_text("")
    done = madoguchi.run("journal", "verify", "--json")
    assert (done.code, done.error()) == (2, "journal_unreadable")


def test_entries_are_listed_masked_oldest_first(madoguchi: Madoguchi) -> None:
    journal = write(madoguchi.data_dir)
    done = madoguchi.run("journal", "list", "--json")
    entries = listed(done)
    assert [(entry["kind"], entry["visit"], entry["outcome"]) for entry in entries] == [
        ("visit", 1, "OK_ONLINE"),
        ("abandoned", 2, "ABANDONED"),
        ("visit", 1, "NOT_CONFIRMED"),
    ]
    assert [entry["run"] for entry in entries] == [journal.run] * 3
    assert [entry["corrected"] for entry in entries] == [True, False, False]
    assert entries[2]["corrects"] == entries[0]["sequence"]
    assert entries[0]["person"]["name"] == "***"
    plain = madoguchi.run("journal", "list", "--lang", "en")
    for personal in PERSONAL:
        assert personal not in done.out + plain.out
    assert "OK_ONLINE" in plain.out
    assert "--reveal" in plain.out, "it says that names are left out"


def test_one_day_can_be_listed(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir, days=2)
    yesterday = (TODAY - timedelta(days=1)).date().isoformat()
    entries = listed(madoguchi.run("journal", "list", "--json", "--date", yesterday))
    assert {entry["at"][:10] for entry in entries} == {yesterday}
    assert len(entries) == 3
    assert madoguchi.run("journal", "list", "--date", "2026-02-30", "--json").error() == "bad_date"


def test_names_are_shown_where_it_is_asked_for_and_that_is_noted(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    done = madoguchi.run("journal", "list", "--reveal", "--json")
    assert listed(done)[0]["person"]["name"] == "窓口　花子"
    assert done.document("journal-list")["masked"] is False
    assert "config passcode" in done.err, "no passcode is set, and that is said"
    plain = madoguchi.run("journal", "list", "--reveal")
    assert "花子" in plain.out
    noted = [entry for entry in listed(madoguchi.run("journal", "list", "--json")) if entry["kind"] == "revealed"]
    assert [entry["why"] for entry in noted] == ["list", "list"]


def test_with_a_staff_passcode_names_are_shown_to_who_knows_it(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    set_passcode(madoguchi.data_dir)
    reveal = ("journal", "list", "--reveal", "--json")
    none = madoguchi.run(*reveal)
    assert (none.code, none.error()) == (2, "journal_passcode_terminal")
    wrong = madoguchi.run(*reveal, "--passcode-stdin", stdin=b"1357\n")
    assert (wrong.code, wrong.error()) == (5, "journal_passcode_wrong")
    assert "花子" not in wrong.out + wrong.err
    assert "1357" not in wrong.out + wrong.err
    assert not [e for e in listed(madoguchi.run("journal", "list", "--json")) if e["kind"] == "revealed"]
    assert [e["why"] for e in listed(madoguchi.run("journal", "list", "--json")) if e["kind"] == "lock"] == ["refused"]
    right = madoguchi.run(*reveal, "--passcode-stdin", stdin=b"4093\n")
    assert right.code == 0
    assert listed(right)[0]["person"]["name"] == "窓口　花子"


def test_too_many_wrong_passcodes_mean_a_wait(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    set_passcode(madoguchi.data_dir)
    store = PasscodeStore(passcode_path(madoguchi.data_dir), lambda: datetime.now().timestamp())
    while not store.check(PasscodeKind.STAFF, bytearray(b"1357")).wait_seconds:
        pass
    done = madoguchi.run("journal", "list", "--reveal", "--passcode-stdin", "--json", stdin=b"4093\n")
    assert (done.code, done.error()) == (5, "journal_passcode_wait")


# --- verify -----------------------------------------------------------------------------------------------------


def test_a_whole_journal_is_told_with_its_head(madoguchi: Madoguchi) -> None:
    head = str(write(madoguchi.data_dir).head)
    done = madoguchi.run("journal", "verify", "--json")
    found = done.document("journal-verify")
    assert (done.code, found["whole"], found["head"], found["kept_head"], found["entries"]) == (0, True, head, head, 3)
    told = madoguchi.run("journal", "verify", "--lang", "en").out
    assert f"HEAD {head}" in told
    assert "Numbered to 4: 3 entries and 1 keys" in told
    assert madoguchi.run("journal", "verify", "--expect", head).code == 0


def test_a_cut_tail_is_told_by_the_head_kept_apart_and_by_one_on_paper(madoguchi: Madoguchi) -> None:
    head = str(write(madoguchi.data_dir).head)
    [segment] = (madoguchi.data_dir / "journal").glob("*.journal")
    segment.write_bytes(b"".join(segment.read_bytes().splitlines(keepends=True)[:-1]))
    done = madoguchi.run("journal", "verify", "--json")
    assert done.code == 1
    assert [fault["code"] for fault in done.document("journal-verify")["faults"]] == ["kept_head"]
    (madoguchi.data_dir / "journal-head" / "head").unlink()
    unseen = madoguchi.run("journal", "verify", "--lang", "en")
    assert unseen.code == 0
    assert "No head is kept apart" in unseen.out
    told = madoguchi.run("journal", "verify", "--expect", head, "--json")
    assert told.code == 1
    assert [fault["code"] for fault in told.document("journal-verify")["faults"]] == ["head"]


def test_a_head_copied_wrongly_is_told_from_a_cut_tail(madoguchi: Madoguchi) -> None:
    head = str(write(madoguchi.data_dir).head)
    number, mark = head.split(":")
    slip = f"{number}:{mark[:-1]}{'0' if mark[-1] != '0' else '1'}"
    earlier = f"2:{mark}"
    for wrong, code in ((slip, "head_mark"), (earlier, "head_mark"), (f"99:{mark}", "head")):
        done = madoguchi.run("journal", "verify", "--expect", wrong, "--json")
        faults = done.document("journal-verify")["faults"]
        assert (done.code, [fault["code"] for fault in faults]) == (1, [code]), wrong
    told = madoguchi.run("journal", "verify", "--expect", slip).out
    assert f"{number} 番の しるし" in told
    assert "書き写し" in told
    assert "切り取られています" not in told
    assert "切り取られています" in madoguchi.run("journal", "verify", "--expect", f"99:{mark}").out


def test_a_changed_entry_is_named_and_the_rest_listed(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    [segment] = (madoguchi.data_dir / "journal").glob("*.journal")
    lines = segment.read_text().splitlines()
    lines[2] = lines[2][:60] + ("1" if lines[2][60] == "0" else "0") + lines[2][61:]
    segment.write_text("\n".join(lines) + "\n")
    done = madoguchi.run("journal", "verify", "--json")
    [fault] = done.document("journal-verify")["faults"]
    assert (done.code, fault["code"], fault["segment"], fault["line"]) == (1, "seal", segment.name, 3)
    rest = madoguchi.run("journal", "list", "--json")
    assert (rest.code, len(listed(rest)), rest.document("journal-list")["whole"]) == (1, 2, False)
    assert "verify" in madoguchi.run("journal", "list", "--lang", "en").err


def test_what_is_no_head_is_refused(madoguchi: Madoguchi) -> None:
    for wrong in ("7", "7:abc", "x" * 40):
        done = madoguchi.run("journal", "verify", "--expect", wrong, "--json")
        assert (done.code, done.error()) == (2, "journal_head")


@pytest.mark.parametrize(("content", "code"), [(None, "journal.key.missing"), ("x", "journal.key.broken")])
def test_a_key_that_is_gone_or_broken_is_told(madoguchi: Madoguchi, content: str | None, code: str) -> None:
    write(madoguchi.data_dir)
    path = journal_key_path(madoguchi.data_dir)
    path.unlink()
    if content is not None:
        path.write_text(content)
        path.chmod(0o600)
    done = madoguchi.run("journal", "verify", "--json")
    assert (done.code, done.error()) == (2, code)


# --- export -----------------------------------------------------------------------------------------------------


def test_an_export_is_masked_and_for_its_owner_only(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    path = madoguchi.home / "out.csv"
    done = madoguchi.run("journal", "export", "--output", path, "--json")
    assert done.code == 0
    found = done.document("journal-export")
    assert (found["count"], found["format"], found["masked"], found["output"]) == (3, "csv", True, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["outcome"] for row in rows] == ["OK_ONLINE", "ABANDONED", "NOT_CONFIRMED"]
    assert (rows[0]["name"], rows[0]["number"], rows[0]["birthdate"]) == ("***", "***", "1953-**-**")
    assert not [personal for personal in PERSONAL if personal in text]
    assert [entry["kind"] for entry in listed(madoguchi.run("journal", "list", "--json"))][-1] == "visit"


def test_an_export_with_names_is_noted(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    path = madoguchi.home / "out.json"
    assert madoguchi.run("journal", "export", "--reveal", "--output", path).code == 0
    entries = json.loads(path.read_text("utf-8"))["entries"]
    assert entries[0]["person"]["name"] == "窓口　花子"
    assert entries[-1]["kind"] == "revealed", "and that is part of what was exported"
    assert entries[-1]["why"] == "export"


def test_a_file_that_is_there_is_not_overwritten_without_being_told_to(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    path = madoguchi.home / "out.csv"
    path.write_text("precious")
    done = madoguchi.run("journal", "export", "--output", path, "--reveal", "--json")
    assert (done.code, done.error(), path.read_text()) == (2, "journal_output_exists", "precious")
    assert not [e for e in listed(madoguchi.run("journal", "list", "--json")) if e["kind"] == "revealed"]
    assert madoguchi.run("journal", "export", "--output", path, "--force").code == 0
    assert "OK_ONLINE" in path.read_text("utf-8-sig")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    nowhere = madoguchi.run("journal", "export", "--output", madoguchi.home / "no" / "out.csv", "--json")
    assert (nowhere.code, nowhere.error()) == (2, "journal_output_failed")
    assert [entry.name for entry in madoguchi.home.iterdir() if entry.name.startswith(".out")] == []


def test_without_a_file_it_goes_to_standard_output(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    plain = madoguchi.run("journal", "export")
    assert plain.out.startswith("sequence,at,kind,")
    as_json = madoguchi.run("journal", "export", "--format", "json")
    assert len(json.loads(as_json.out)["entries"]) == 3
    as_object = madoguchi.run("journal", "export", "--json").document("journal-export")
    assert (as_object["output"], as_object["format"], len(as_object["entries"])) == (None, "json", 3)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("＝HYPERLINK()", "'＝HYPERLINK()"),
        ("　=1", "'　=1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("\x1b[2J山田", "\\x1b[2J山田"),
        ("山田=太郎", "山田=太郎"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(text: str, cell: str) -> None:
    assert harmless_cell(text) == cell


def test_a_name_that_looks_like_a_formula_is_harmless_in_an_export(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir).record(VisitRecord(7, "OK_ONLINE", name='=HYPERLINK("http://x")'))
    done = madoguchi.run("journal", "export", "--reveal")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["name"] for row in rows if row["visit"] == "7"] == ['\'=HYPERLINK("http://x")']


# --- purge ------------------------------------------------------------------------------------------------------


def test_old_days_are_destroyed_and_the_rest_verifies(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir, days=3)
    DraftStore(
        madoguchi.data_dir / "drafts",
        journal_key_path(madoguchi.data_dir),
        now=lambda: datetime.now(JST),
        random_bytes=os.urandom,
    ).keep("portal_screen", [("name", "窓口　花子")])
    today = TODAY.date().isoformat()
    before = [(TODAY - timedelta(days=days)).date().isoformat() for days in (2, 1)]
    done = madoguchi.run("journal", "purge", "--before", today, "--yes", "--json")
    assert done.code == 0
    assert done.document("journal-purge") == {"before": today, "days": before, "entries": 6}
    found = madoguchi.run("journal", "verify", "--json").document("journal-verify")
    assert found["whole"] is True
    assert [(stone["day"], stone["entries"]) for stone in found["purged"]] == [(day, 3) for day in before]
    entries = listed(madoguchi.run("journal", "list", "--json"))
    assert {entry["at"][:10] for entry in entries} == {today}
    assert (entries[-1]["kind"], entries[-1]["details"]) == ("purged", [["day", day] for day in before])
    assert list((madoguchi.data_dir / "drafts").iterdir()) == []
    again = madoguchi.run("journal", "purge", "--before", today, "--yes", "--json")
    assert (again.code, again.document("journal-purge")["days"]) == (1, [])


def test_nothing_is_destroyed_without_a_yes(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir, days=2)
    today = TODAY.date().isoformat()
    done = madoguchi.run("journal", "purge", "--before", today, "--json")
    assert (done.code, done.error()) == (2, "journal_purge_yes")
    for answer, left in (("no", 6), ("yes", 4)):
        told = at_a_terminal(madoguchi, ("journal", "purge", "--before", today), [answer])
        assert "yes" in told, "it says what would be destroyed and how to agree"
        assert len(listed(madoguchi.run("journal", "list", "--json"))) == left


def test_the_day_in_use_is_never_destroyed(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    tomorrow = (TODAY + timedelta(days=2)).date().isoformat()
    done = madoguchi.run("journal", "purge", "--before", tomorrow, "--yes", "--json")
    assert (done.code, done.error()) == (2, "journal_purge_future")
    assert len(listed(madoguchi.run("journal", "list", "--json"))) == 3


# --- passphrase -------------------------------------------------------------------------------------------------


def test_with_a_passphrase_nothing_opens_without_it(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    phrase = f"{PASSPHRASE}\n".encode()
    set_it = madoguchi.run("journal", "passphrase", "--passphrase-stdin", "--json", stdin=phrase)
    assert (set_it.code, set_it.document("journal-passphrase")) == (0, {"passphrase": True, "changed": True})
    without = madoguchi.run("journal", "list", "--json")
    assert (without.code, without.error()) == (2, "journal_passphrase_terminal")
    wrong = madoguchi.run("journal", "list", "--passphrase-stdin", "--json", stdin=b"something else\n")
    assert (wrong.code, wrong.error()) == (2, "journal.key.passphrase")
    assert PASSPHRASE not in wrong.out + wrong.err
    right = madoguchi.run("journal", "list", "--passphrase-stdin", "--json", stdin=phrase)
    assert len(listed(right)) == 3
    assert madoguchi.run("journal", "verify", "--passphrase-stdin", stdin=phrase).code == 0


def test_passphrase_and_passcode_can_both_come_from_standard_input(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    set_passcode(madoguchi.data_dir)
    madoguchi.run("journal", "passphrase", "--passphrase-stdin", stdin=f"{PASSPHRASE}\n".encode())
    done = madoguchi.run(
        *("journal", "list", "--reveal", "--passphrase-stdin", "--passcode-stdin", "--json"),
        stdin=f"{PASSPHRASE}\r\n4093\r\n".encode(),
    )
    assert listed(done)[0]["person"]["name"] == "窓口　花子"


def test_a_passphrase_can_be_changed_and_taken_away(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    own = ("journal", "passphrase", "--passphrase-stdin", "--json")
    madoguchi.run(*own, stdin=b"the first passphrase\n")
    changed = madoguchi.run(*own, stdin=b"the first passphrase\nthe second passphrase\n")
    assert changed.code == 0
    assert madoguchi.run(*own, "--remove", stdin=b"the first passphrase\n").error() == "journal.key.passphrase"
    removed = madoguchi.run(*own, "--remove", stdin=b"the second passphrase\n")
    assert removed.document("journal-passphrase") == {"passphrase": False, "changed": True}
    assert len(listed(madoguchi.run("journal", "list", "--json"))) == 3
    nothing = madoguchi.run(*own, "--remove")
    assert (nothing.code, nothing.document("journal-passphrase")["changed"]) == (1, False)
    short = madoguchi.run(*own, stdin=b"short\n")
    assert (short.code, short.error()) == (2, "journal_passphrase_short")


def test_a_passphrase_is_typed_twice_unseen_at_a_terminal(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    told = at_a_terminal(madoguchi, ("journal", "passphrase"), ["correct horse", "correct hose"])
    assert "correct" not in told
    assert madoguchi.run("journal", "list").code == 0, "two that differ change nothing"
    at_a_terminal(madoguchi, ("journal", "passphrase"), ["correct horse", "correct horse"])
    told = at_a_terminal(madoguchi, ("journal", "list"), ["correct horse"])
    assert "OK_ONLINE" in told
    assert "correct" not in told


def test_doctor_says_that_the_key_has_a_passphrase_and_does_not_ask_for_it(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    madoguchi.run("journal", "passphrase", "--passphrase-stdin", stdin=f"{PASSPHRASE}\n".encode())
    findings = madoguchi.run("doctor", "--json").document("doctor")["findings"]
    [found] = [finding for finding in findings if finding["code"].startswith("journal.")]
    assert (found["code"], found["ok"]) == ("journal.sealed", True)


def test_a_sealed_key_is_known_by_how_its_file_begins(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    path = journal_key_path(madoguchi.data_dir)
    assert not path.read_bytes().startswith(journal_source._SEALED)
    protect_key(path, load_key(path), PASSPHRASE.encode(), os.urandom)
    assert path.read_bytes().startswith(journal_source._SEALED)


def test_the_counter_asks_for_the_passphrase_before_it_starts_and_records_with_it(madoguchi: Madoguchi) -> None:
    write(madoguchi.data_dir)
    phrase = f"{PASSPHRASE}\n".encode()
    madoguchi.run("journal", "passphrase", "--passphrase-stdin", stdin=phrase)
    counter = command_line("kiosk", "--persona", "taro", "--date", "2026-11-20")
    with TerminalProgram(counter, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("合言葉")
        screen.press(f"{PASSPHRASE}\r")
        screen.wait_for("本人確認の方法")
        assert PASSPHRASE not in screen.raw.decode("utf-8", "replace")
        screen.press("\x11")
        assert screen.wait_for_end() == 0
    done = madoguchi.run("journal", "list", "--json", "--passphrase-stdin", stdin=phrase)
    assert len(listed(done)) > 3, "the visit that was cut short has its entry"
    with TerminalProgram(counter, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("合言葉")
        screen.press("something else\r")
        assert screen.wait_for_end() == 2
        assert "合言葉が違います" in screen.raw.decode("utf-8", "replace")


def test_a_counter_that_is_killed_in_a_visit_closes_it_at_its_next_start_and_says_so(madoguchi: Madoguchi) -> None:
    counter = command_line("kiosk", "--persona", "taro", "--date", "2026-11-20")
    with TerminalProgram(counter, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("本人確認の方法")
        assert eventually((madoguchi.data_dir / "journal" / "open-visit").exists)
        os.kill(screen._child.pid, signal.SIGKILL)
        screen.wait_for_end()
    assert listed(madoguchi.run("journal", "list", "--json")) == []
    with TerminalProgram(counter, env=madoguchi.environment(), cwd=madoguchi.home) as screen:
        screen.wait_for("本人確認の方法")
        screen.press("\x11")
        assert screen.wait_for_end() == 0
    kinds = [entry["kind"] for entry in listed(madoguchi.run("journal", "list", "--json"))]
    assert kinds[:2] == ["resumed", "abandoned"]
    assert madoguchi.run("journal", "verify").code == 0


def at_a_terminal(madoguchi: Madoguchi, arguments: tuple[str, ...], typed: list[str]) -> str:
    """What is shown to somebody who types these lines, each when the command waits for one."""
    own, theirs = pty.openpty()
    process = subprocess.Popen(
        command_line(*arguments),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=madoguchi.environment(),
        cwd=madoguchi.home,
        start_new_session=True,
    )
    os.close(theirs)
    shown = b""
    waiting = [*typed]
    try:
        while True:
            try:
                part = os.read(own, 4096)
            except OSError:  # the terminal's other end is closed: the command has ended
                break
            if not part:
                break
            shown += part
            if waiting and shown.rstrip().endswith(b":"):
                os.write(own, f"{waiting.pop(0)}\n".encode())
                shown += b"\n"
    finally:
        process.wait(LONG_ENOUGH_S)
        os.close(own)
    return shown.decode("utf-8", "replace")
