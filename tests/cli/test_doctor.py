"""`madoguchi doctor`: what works, what does not, and what fixes it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mock_server.personas import load_personas
from tests.cli.command import Finished, Madoguchi
from tests.cli.starts import at, without_a_visit
from tests.cli.warm import Program
from tests.reader.doctor_machine import Machine

COMMAND = ("doctor", "--json")

pytestmark = pytest.mark.daemon  # each examines with a whole visit in a process of its own


ON_A_MACHINE = """
import functools, pathlib, sys
import reader.doctor
from reader.transports import pcsc
platform, root = sys.argv[1:3]
machine = functools.partial(reader.doctor.System, platform=platform, root=pathlib.Path(root), environ={}, user="hanako")
reader.doctor.System = machine
pcsc.list_readers = lambda: ()
from kiosk.cli.main import main
raise SystemExit(main(sys.argv[3:]))
"""
"""Runs the command on a machine that does not exist, whose PC/SC service answers and shows no reader."""


def on_machine(platform: str, root: Path) -> Program:
    """The start of a command on a machine of that kind with the files below `root`."""
    return Program(ON_A_MACHINE, platform, str(root))


def findings(done: Finished) -> dict[str, dict[str, Any]]:
    return {row["check"]: row for row in done.document("doctor")["findings"]}


def test_without_a_reader_the_software_counter_is_enough(lived_in: Madoguchi) -> None:
    done = lived_in.run("doctor", "--json")
    found = findings(done)
    assert (done.code, done.document("doctor")["ok"]) == (0, True)
    assert found["software_counter"]["ok"] is True
    assert found["data_dir"]["ok"] is True
    missing = found.get("service", found.get("pyscard"))
    assert missing is not None
    assert missing["ok"] is None
    assert missing["remedy"]
    assert missing["link"] == "hardware/pcscd.md"


def test_a_person_reads_signs_causes_and_remedies(lived_in: Madoguchi) -> None:
    done = lived_in.run("doctor")
    assert done.code == 0
    assert "✓ ソフトウェアの窓口" in done.out
    assert "\n! " in done.out
    assert "\n  → " in done.out
    assert "\n    くわしくは hardware/pcscd.md\n" in done.out
    assert done.out.splitlines()[-1].startswith("使えます。!")


def test_a_reader_that_was_asked_for_has_to_be_there(lived_in: Madoguchi) -> None:
    done = lived_in.run("doctor", "--reader", "PaSoRi", "--json")
    assert (done.code, done.document("doctor")["ok"]) == (3, False)


def test_a_server_that_was_asked_for_has_to_answer(lived_in: Madoguchi) -> None:
    done = lived_in.run("doctor", "--server", "http://127.0.0.1:9", "--json")
    assert done.code == 4
    assert findings(done)["server"]["code"] == "server_down"


def test_the_gravest_fault_decides_the_exit_code(madoguchi: Madoguchi) -> None:
    madoguchi.data_dir.write_bytes(b"no folder")
    broken = madoguchi.run("doctor", "--json")
    assert broken.code == 2
    assert findings(broken)["data_dir"]["ok"] is False
    assert findings(broken)["software_counter"]["ok"] is True  # it examines a folder of its own
    worse = madoguchi.run("doctor", "--reader", "0", "--server", "http://127.0.0.1:9", "--json")
    assert worse.code == 4


def test_a_variable_that_leads_nowhere_is_named_and_goes_with_it(lived_in: Madoguchi) -> None:
    """The remedy: unset PCSCLITE_CSOCK_NAME."""
    nowhere = str(lived_in.home / "nowhere")
    done = lived_in.run("doctor", "--json", env={"PCSCLITE_CSOCK_NAME": nowhere})
    found = findings(done)
    service = found.get("service")
    if service is None:
        assert found["pyscard"]["code"] == "pyscard.missing"
        return
    assert service["code"] == "service.socket_elsewhere"
    assert nowhere in service["message"]
    codes = {
        row["code"]
        for row in lived_in.run("doctor", "--json", env={"PCSCLITE_CSOCK_NAME": None}).document("doctor")["findings"]
    }
    assert "service.socket_elsewhere" not in codes


@pytest.mark.parametrize("year", [1970, 1985])
def test_a_wrong_clock_is_the_cause_and_not_the_installation(madoguchi: Madoguchi, year: int) -> None:
    done = madoguchi.run("doctor", "--json", "--lang", "en", start=at(datetime(year, 1, 1, 0, 5)))
    rows = done.document("doctor")["findings"]
    assert done.code == 2
    assert [(row["code"], row["ok"]) for row in rows if row["ok"] is False] == [
        ("clock.before_release", False),
        ("software_counter.wrong_clock", False),
    ]
    assert rows[0]["code"] == "clock.before_release"  # the cause is read first
    consequence = next(row for row in rows if row["check"] == "software_counter")
    assert "clock" in consequence["remedy"]
    assert consequence["link"] == "hardware/clock.md"
    assert not any("nstall it again" in (row["remedy"] or "") for row in rows)


def test_a_counter_that_fails_while_the_clock_is_right_is_not_put_down_to_it(lived_in: Madoguchi) -> None:
    found = findings(lived_in.run("doctor", "--json", start=without_a_visit()))
    assert found["software_counter"]["code"] == "software_counter.failed"
    assert found["clock"]["ok"] is not False


@pytest.mark.parametrize(("platform", "code"), [("darwin", "system.macos"), ("win32", "system.windows")])
def test_on_other_systems_it_says_what_it_did_not_look_at(
    lived_in: Madoguchi, tmp_path: Path, platform: str, code: str
) -> None:
    done = lived_in.run(*COMMAND, start=on_machine(platform, tmp_path))
    row = findings(done)["system"]
    assert (done.code, row["ok"], row["code"]) == (0, None, code)
    assert row["link"] in row["remedy"]


def test_a_reader_that_is_plugged_in_has_to_work(lived_in: Madoguchi, tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    without = lived_in.run(*COMMAND, start=on_machine("linux", tmp_path))
    assert (without.code, findings(without)["readers"]["ok"]) == (0, None)
    machine.plug_in(0x054C, 0x0DC9, "RC-S300/P", ccid=True)
    done = lived_in.run(*COMMAND, start=on_machine("linux", tmp_path))
    found = findings(done)
    assert (done.code, found["readers"]["ok"], found["usb"]["code"]) == (3, False, "usb.not_shown")
    assert found["usb"]["link"] == "hardware/readers/sony-rc-s300.md"


def test_an_authority_of_another_day_is_found(madoguchi: Madoguchi) -> None:
    pin = load_personas()["taro"].pin.encode("ascii") + b"\n"
    made = madoguchi.run("check", "--persona", "taro", "--pin-stdin", "--date", "2031-01-01", stdin=pin)
    assert made.code in (0, 1), made.err
    done = madoguchi.run("doctor", "--json")
    found = findings(done)["test_ca"]
    assert (done.code, found["ok"], found["code"], found["link"]) == (
        0,
        None,
        "test_ca.not_yet_valid",
        "hardware/clock.md",
    )
    # Its remedy, where the clock is right.
    (madoguchi.data_dir / "keystore").rename(madoguchi.data_dir / "keystore-of-2031")
    assert findings(madoguchi.run("doctor", "--json"))["test_ca"]["ok"] is True


def test_a_server_of_another_day_is_a_remark(madoguchi: Madoguchi) -> None:
    madoguchi.run("card", "status", "--persona", "taro")  # the authority of today
    with madoguchi.serving("server", "run", "--port", "0", "--date", "2031-01-01", "--json") as server:
        address = json.loads(server.first_line)["url"]
        done = madoguchi.run("doctor", "--server", address, "--json")
    rows = done.document("doctor")["findings"]
    (differs,) = (row for row in rows if row["code"] == "clock.server_differs")
    assert (done.code, differs["ok"]) == (0, None)
    assert "2031-01-01" in differs["message"]


def test_a_damaged_test_authority_is_found(madoguchi: Madoguchi) -> None:
    madoguchi.run("card", "status", "--persona", "taro")
    for pem in (madoguchi.data_dir / "keystore" / "authority").glob("*.pem"):
        pem.write_bytes(b"damaged")
    done = madoguchi.run("doctor", "--json")
    assert done.code == 2
    assert findings(done)["test_ca"]["ok"] is False


def test_a_journal_key_that_others_can_read_is_found(madoguchi: Madoguchi) -> None:
    key = madoguchi.data_dir / "keystore" / "journal.key"
    key.parent.mkdir(parents=True, mode=0o700)
    key.write_text("madoguchi-journal-key-1 " + "0" * 64 + "\n")
    key.chmod(0o600)
    assert findings(madoguchi.run("doctor", "--json"))["journal"]["ok"] is True
    key.chmod(0o644)
    done = madoguchi.run("doctor", "--json")
    assert (done.code, findings(done)["journal"]["code"]) == (2, "journal.key.permissions")


def test_the_doctor_leaves_nothing_behind(madoguchi: Madoguchi) -> None:
    madoguchi.run("doctor", env={"TMPDIR": str(madoguchi.home)})
    assert [path.name for path in madoguchi.home.iterdir()] == ["data"]
    assert list(madoguchi.data_dir.iterdir()) == []
