"""`madoguchi doctor`: what works, what does not, and what fixes it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.command import Finished, Madoguchi

pytestmark = pytest.mark.daemon  # each examines with a whole visit in a process of its own


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


def test_a_person_reads_signs_causes_and_remedies(lived_in: Madoguchi) -> None:
    done = lived_in.run("doctor")
    assert done.code == 0
    assert "✓ ソフトウェアの窓口" in done.out
    assert "\n! " in done.out
    assert "\n  → " in done.out


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
