"""What a report says of a machine: enough to help, and nothing by which a card or a reader is known again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.doctor import evidence
from reader.doctor.atr import PUBLISHED, shown_atr
from reader.errors import ServiceUnavailableError
from reader.transports import pcsc
from tests.reader.doctor_machine import Machine

CONTACTLESS = bytes.fromhex("3B888001000005E0B381A1007F")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("atr", sorted(PUBLISHED), ids=lambda atr: atr.hex())
def test_a_published_atr_is_shown(atr: bytes) -> None:
    assert shown_atr(atr) == atr.hex().upper()


def test_historical_bytes_may_hold_the_cards_number_and_are_left_out() -> None:
    pupi = "DEADBEEF"
    atr = bytes.fromhex(f"3B888001{pupi}00000000") + b"\x00"
    assert shown_atr(atr) == "3B888001 [8 historical bytes withheld]"


@pytest.mark.parametrize(
    ("atr", "shown"),
    [
        ("", ""),
        ("3B", "[1 bytes withheld]"),
        ("3B00", "3B00"),
        ("3B02ABCD", "3B02 [2 historical bytes withheld]"),
        ("3BF1112233", "[5 bytes withheld]"),  # says that more interface bytes follow than came
        # T0 = F2: TA1, TB1, TC1, TD1; TD1 = 81: TD2; TD2 = 31: TA3, TB3
        ("3BF2111213813144551122", "3BF211121381314455 [2 historical bytes withheld]"),
    ],
)
def test_interface_bytes_are_shown(atr: str, shown: str) -> None:
    assert shown_atr(bytes.fromhex(atr)) == shown


@given(st.binary(max_size=40), st.binary(min_size=4, max_size=15))
def test_no_historical_byte_is_ever_shown(start: bytes, historical: bytes) -> None:
    # Well formed: TS, T0 without interface bytes, the historical bytes.
    atr = bytes([0x3B, len(historical)]) + historical
    assert historical.hex().upper() not in shown_atr(atr)
    assert len(shown_atr(start)) <= 2 * len(start) + 40  # any bytes at all are no crash


def test_a_report_names_versions_modules_and_readers_but_nothing_else(machine: Machine) -> None:
    machine.put("/etc/os-release", 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n')
    machine.put("/proc/sys/kernel/osrelease", "6.1.0-13-amd64\n")
    machine.answers["pcscd"] = "pcsc-lite version 1.9.9.\nCopyright ...\n"
    machine.answers["dpkg-query"] = "1.2-3"
    machine.load_modules("nfc", "port100", "snd_hda_intel")
    machine.plug_in(0x054C, 0x06C3, "RC-S380/P", serial="0123456", driver="port100")
    machine.plug_in(0x046D, 0xC31C, "Hanako's Keyboard", at="1-7")
    machine.environ["SSH_CONNECTION"] = "192.0.2.1 50000 192.0.2.2 22"
    found = evidence.machine(machine.system())
    assert found["versions"]["pcscd"] == "1.9.9"
    assert found["versions"]["kernel"] == "6.1.0-13-amd64"
    assert found["versions"]["distribution"] == "Debian GNU/Linux 12 (bookworm)"
    assert found["packages"]["pcscd"] == "1.2-3"
    assert found["modules"] == ["port100", "nfc"]
    assert found["usb"] == [
        {
            "ids": "054C:06C3",
            "name": "RC-S380/P",
            "drivers": ["port100"],
            "known": "no_pcsc",
            "confidence": "kernel",
        }
    ]
    assert found["variables"] == {
        "PCSCLITE_CSOCK_NAME": False,
        "LIBPCSCLITE_PATH": False,
        "SSH_CONNECTION": True,
        "container": False,
    }
    text = json.dumps(found)
    assert not any(secret in text for secret in ("0123456", "192.0.2", "Hanako", "snd_hda"))


def test_a_machine_that_says_nothing_is_no_crash(machine: Machine) -> None:
    found = evidence.machine(machine.system())
    assert (found["packages"], found["usb"], found["versions"]["pcscd"]) == ({}, [], None)
    machine.platform = "win32"
    assert evidence.machine(machine.system())["versions"]["system"] == "win32"
    assert not any(command[0] == "systemctl" for command in machine.asked)


def test_readers_and_atrs_as_pcsc_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("First (1234567) 00 00", "Second 01 00", "Third 02 00")
    monkeypatch.setattr(pcsc, "list_readers", lambda: names)
    monkeypatch.setattr(pcsc, "cards_on", lambda _: {names[0]: CONTACTLESS, names[2]: b""})
    assert evidence.pcsc_readers() == [
        {"name": names[0], "atr": CONTACTLESS.hex().upper()},
        {"name": names[1], "atr": None},
        {"name": names[2], "atr": ""},
    ]


def test_serial_numbers_are_collected_to_be_taken_out(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.plug_in(0x054C, 0x0DC9, "RC-S300/P", serial="7654321")
    monkeypatch.setattr(pcsc, "list_readers", lambda: ("SONY RC-S300/P (1234567) 00 00", "Virtual PCD 00 00"))
    assert evidence.serial_numbers(machine.system()) == {"1234567", "7654321"}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (None, set()),
        ("0", set()),
        ("PaSoRi", set()),
        ("uTrust 3700", set()),  # a model
        ("SONY RC-S300/P (KJ-12)", {"KJ-12"}),
        ("7654321", {"7654321"}),
        ("RC-S300 7654321", {"7654321"}),
    ],
)
def test_a_serial_number_that_was_typed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, wanted: str | None, found: set[str]
) -> None:
    """The reader that was asked for need not be attached."""
    monkeypatch.setattr(pcsc, "list_readers", lambda: ())
    assert evidence.serial_numbers(machine.system(), wanted) == found


def test_paths_that_variables_name_are_collected_to_be_taken_out(machine: Machine) -> None:
    assert evidence.places(machine.system()) == frozenset()
    machine.environ.update(
        {"PCSCLITE_CSOCK_NAME": "/srv/own/comm", "LIBPCSCLITE_PATH": "", "SSH_CONNECTION": "x", "container": "lxc"}
    )
    assert evidence.places(machine.system()) == {"/srv/own/comm"}


def test_without_a_service_there_are_no_readers_to_tell_of(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> tuple[str, ...]:
        raise ServiceUnavailableError("no_service")

    monkeypatch.setattr(pcsc, "list_readers", nobody)
    assert evidence.pcsc_readers() == []
    assert evidence.serial_numbers(machine.system()) == frozenset()
