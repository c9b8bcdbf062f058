"""A reader that is plugged in and not usable: by its id, by what holds it, by what PC/SC shows."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from reader.doctor import Finding, check_usb, is_attached
from reader.doctor.usb import loaded_modules, usb_readers
from reader.doctor.usb_table import GRABBERS, KNOWN_READERS, Standing, known_reader, page_of
from tests.reader.doctor_machine import Machine

RC_S300 = (0x054C, 0x0DC9, "RC-S300/P")
RC_S380 = (0x054C, 0x06C3, "RC-S380/P")
ACR122U = (0x072F, 0x2200, "ACR122U PICC Interface")
SHOWN_RC_S300 = "SONY FeliCa RC-S300/P (1234567) 00 00"
SHOWN_ACR122U = "ACS ACR122U PICC Interface 00 00"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def codes(machine: Machine, *names: str, answers: bool = True) -> list[str]:
    return [finding.code for finding in found(machine, *names, answers=answers)]


def found(machine: Machine, *names: str, answers: bool = True) -> tuple[Finding, ...]:
    return check_usb(names if answers else None, machine.system())


def test_without_a_usb_bus_nothing_is_said(machine: Machine) -> None:
    assert found(machine) == ()
    assert not is_attached(machine.system())


def test_other_devices_are_not_looked_at(machine: Machine) -> None:
    machine.plug_in(0x046D, 0xC31C, "USB Keyboard")
    machine.put("/sys/bus/usb/devices/1-9/idVendor", "not a number")
    assert usb_readers(machine.system()) == ()


def test_a_reader_that_is_plugged_in_and_seen(machine: Machine) -> None:
    machine.plug_in(*RC_S300, ccid=True)
    (finding,) = found(machine, SHOWN_RC_S300)
    assert (finding.ok, finding.code, finding.link) == (True, "usb.shown", "hardware/readers/sony-rc-s300.md")
    assert finding.params == {"model": "RC-S300/P", "ids": "054C:0DC9"}
    assert is_attached(machine.system())


def test_a_reader_that_pcsc_does_not_show(machine: Machine) -> None:
    machine.plug_in(*RC_S300, ccid=True)
    (finding,) = found(machine)
    assert (finding.ok, finding.code, finding.link) == (False, "usb.not_shown", "hardware/readers/sony-rc-s300.md")
    assert codes(machine, SHOWN_ACR122U) == ["usb.not_shown"]  # another reader's name is not its own
    assert codes(machine, answers=False) == []  # then the service is what is missing
    assert codes(machine, SHOWN_RC_S300) == ["usb.shown"]


def test_the_kernel_holds_the_reader_until_its_module_is_gone(machine: Machine) -> None:
    machine.plug_in(*ACR122U, ccid=True, driver="pn533_usb")
    machine.load_modules("nfc", "pn533", "pn533_usb", "usbcore")
    finding, other = found(machine)
    assert (finding.check, finding.ok, finding.code) == ("modules", False, "modules.taken")
    assert (finding.params["module"], finding.link) == ("pn533_usb", "hardware/kernel-modules.md")
    assert other.code == "usb.other_driver"
    # sudo modprobe -r pn533_usb, and the reader plugged in anew: now its driver is what is missing
    machine.load_modules("usbcore")
    machine.plug_in(*ACR122U, ccid=True, driver="usbfs")
    (finding,) = found(machine)
    assert (finding.code, finding.link) == ("usb.other_driver", "hardware/readers/acs-acr122u.md")
    # sudo apt install libacsccid1
    assert codes(machine, SHOWN_ACR122U) == ["usb.shown"]


def test_a_loaded_module_counts_where_no_driver_link_can_be_read(machine: Machine) -> None:
    machine.plug_in(*ACR122U, ccid=True)
    machine.load_modules("pn533_usb")
    assert codes(machine) == ["modules.taken", "usb.other_driver"]
    assert codes(machine, SHOWN_ACR122U) == ["usb.shown"]


def test_a_reader_of_another_make_that_the_kernel_holds(machine: Machine) -> None:
    machine.plug_in(0x1234, 0x5678, "Reader 9000", ccid=True, driver="pn533_usb")
    assert codes(machine) == ["modules.taken"]
    assert codes(machine, answers=False) == ["modules.taken"]


def test_modules_that_lie_in_wait_are_a_remark_until_a_reader_is_there(machine: Machine) -> None:
    machine.load_modules("port100", "nfc_digital", "nfc")
    assert loaded_modules(machine.system()) == ("port100", "nfc_digital", "nfc")
    (finding,) = found(machine)
    assert (finding.ok, finding.code) == (None, "modules.loaded")
    assert finding.params == {"modules": "port100", "models": "RC-S380"}
    assert codes(machine, SHOWN_RC_S300) == []
    machine.load_modules("nfc")  # holds no reader by itself
    assert codes(machine) == []


def test_a_reader_for_which_no_remedy_but_another_one_exists(machine: Machine) -> None:
    machine.plug_in(*RC_S380, driver="port100")
    machine.load_modules("port100")
    assert codes(machine) == ["usb.no_pcsc"]  # taking the module away would not help
    assert codes(machine, answers=False) == ["usb.no_pcsc"]
    machine.plug_in(0x054C, 0x02E1, "RC-S330", driver="pn533_usb")
    assert codes(machine) == ["usb.felica_only"]


def test_a_model_that_needs_a_driver_by_name_is_not_taken_for_its_family(machine: Machine) -> None:
    machine.plug_in(0x072F, 0x221A, "ACR1251CL-NTTCom", ccid=True)
    assert codes(machine) == ["usb.other_driver"]
    machine.plug_in(0x072F, 0x221A, "ACR1251 Dual Reader", ccid=True)
    assert codes(machine) == ["usb.not_shown"]


def test_a_reader_that_nobody_listed(machine: Machine) -> None:
    machine.plug_in(0x1234, 0x5678, "Reader 9000", ccid=True)
    (finding,) = found(machine)
    assert (finding.code, finding.link) == ("usb.not_shown", "hardware/first-evening.md")
    (finding,) = found(machine, "Maker Reader 9000 00 00")
    assert (finding.ok, finding.code) == (None, "usb.unconfirmed")
    assert codes(machine, SHOWN_RC_S300) == ["usb.not_shown"]  # that one is somebody else's
    assert codes(machine, "Generic CCID 00 00") == ["usb.unconfirmed"]


def test_two_readers_have_a_finding_each(machine: Machine) -> None:
    machine.plug_in(*RC_S300, ccid=True, at="1-1")
    machine.plug_in(*RC_S380, at="1-4")
    assert codes(machine, SHOWN_RC_S300) == ["usb.shown", "usb.no_pcsc"]


def test_a_model_is_known_by_its_name_where_its_ids_are_not(machine: Machine) -> None:
    machine.plug_in(0x04BB, 0x0001, "USB-NFC4")
    (finding,) = found(machine)
    assert finding.link == "hardware/readers/io-data-usb-nfc.md"
    machine.plug_in(0x046D, 0x0001, "USB-NFC4")  # another maker's
    assert found(machine) == ()


def test_a_service_that_was_named_by_hand_is_not_compared_with_this_machines_usb(machine: Machine) -> None:
    machine.plug_in(*RC_S300, ccid=True)
    machine.environ["PCSCLITE_CSOCK_NAME"] = "/elsewhere/pcscd.comm"
    assert found(machine) == ()
    assert not is_attached(machine.system())


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_are_not_looked_at(machine: Machine, platform: str) -> None:
    machine.plug_in(*RC_S300)
    machine.platform = platform
    assert found(machine) == ()
    assert not is_attached(machine.system())


def test_no_id_belongs_to_two_models_and_each_family_has_a_standing() -> None:
    ids = [pair for row in KNOWN_READERS for pair in row.ids]
    assert len(ids) == len(set(ids))
    assert {row.standing for row in KNOWN_READERS} == set(Standing)
    for row in KNOWN_READERS:
        assert row.ids or row.vendor is not None  # or nothing would ever be found
        for vendor, product in row.ids:
            assert known_reader(vendor, product, "") is row
        assert all(part == part.casefold() for part in row.name_parts)
        assert (row.confidence == "unverified") == (row.standing is Standing.UNKNOWN)


def test_what_the_kernel_takes_is_a_reader_of_the_table() -> None:
    for models in GRABBERS.values():
        assert all(any(model in row.model for row in KNOWN_READERS) for model in models)


@pytest.mark.parametrize(
    ("reader", "page"),
    [
        (SHOWN_RC_S300, "hardware/readers/sony-rc-s300.md"),
        ("ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] 00 00", "hardware/readers/acs-acr1251-acr1252.md"),
        ("Virtual PCD 00 00", "hardware/first-evening.md"),
    ],
)
def test_a_readers_page_is_found_by_its_name(reader: str, page: str) -> None:
    assert page_of(reader) == page


def test_a_reader_without_a_name_is_called_by_its_model_or_ids(machine: Machine) -> None:
    machine.plug_in(0x072F, 0x2200)
    machine.plug_in(0x1111, 0x2222, ccid=True, at="2-1")
    assert [reader.model for reader in usb_readers(machine.system())] == ["ACS ACR122U", "1111:2222"]
    assert dataclasses.replace(usb_readers(machine.system())[1], name="x").model == "x"
