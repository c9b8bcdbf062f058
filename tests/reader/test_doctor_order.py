"""The whole examination: from the service down, up to the first fault, and beside it what explains one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reader import doctor
from reader.errors import ReaderError, ReaderUnavailableError, ServiceUnavailableError
from reader.transports import pcsc
from tests.reader.doctor_machine import Machine

RC_S300 = (0x054C, 0x0DC9, "RC-S300/P")
NAME = "SONY FeliCa RC-S300/P (1234567) 00 00"

Lists = Callable[..., None]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def pcsc_lists(monkeypatch: pytest.MonkeyPatch) -> Lists:
    """The readers that PC/SC shows, none of which can be connected to; or the error it meets."""

    def lists(*names: str, error: ReaderError | None = None) -> None:
        def list_readers() -> tuple[str, ...]:
            if error is not None:
                raise error
            return names

        def choose(wanted: str | None = None) -> str:
            if not names:
                raise ReaderUnavailableError(wanted or "")
            return names[0]

        monkeypatch.setattr(pcsc, "list_readers", list_readers)
        monkeypatch.setattr(pcsc, "choose_reader", choose)

    return lists


def codes(machine: Machine, wanted: str | None = None) -> list[str]:
    return [finding.code for finding in doctor.examine(wanted, machine.system())]


def test_without_a_service_the_readers_are_not_looked_for_but_the_usb_is(machine: Machine, pcsc_lists: Lists) -> None:
    pcsc_lists(error=ServiceUnavailableError("no_service"))
    machine.plug_in(0x054C, 0x06C3, "RC-S380/P")
    machine.listen("0.0.0.0", 35963)
    assert codes(machine) == ["service.not_installed", "usb.no_pcsc", "network.vpcd_open"]


def test_a_reader_on_the_usb_that_pcsc_does_not_show(machine: Machine, pcsc_lists: Lists) -> None:
    pcsc_lists()
    assert codes(machine) == ["service.answers", "readers.none"]
    machine.plug_in(*RC_S300, ccid=True)
    assert codes(machine) == ["service.answers", "readers.none_shown", "usb.not_shown"]


def test_a_container_is_told_that_usb_has_to_be_passed_in(machine: Machine, pcsc_lists: Lists) -> None:
    pcsc_lists()
    machine.put("/run/.containerenv")
    assert codes(machine) == ["service.answers", "readers.none_in_container"]
    pcsc_lists("Sam Sung Reader SAM 00 00")
    assert codes(machine) == ["service.answers", "readers.sam_slot"]


@pytest.mark.parametrize(
    ("platform", "code", "link"),
    [
        ("darwin", "system.macos", "hardware/macos.md"),
        ("win32", "system.windows", "hardware/windows.md"),
        ("cygwin", "system.other", "hardware/first-evening.md"),
    ],
)
@pytest.mark.parametrize("answers", [True, False])
def test_elsewhere_it_says_what_was_not_looked_at(
    machine: Machine, pcsc_lists: Lists, platform: str, code: str, link: str, answers: bool
) -> None:
    machine.platform = platform
    pcsc_lists(error=None if answers else ServiceUnavailableError("no_service"))
    last = doctor.examine(None, machine.system())[-1]
    assert (last.ok, last.code, last.link) == (None, code, link)
    assert machine.asked == []
    assert doctor.check_clock(doctor.clock.RELEASED, machine.system()).ok is True


def test_a_service_that_dies_in_the_middle_is_no_crash(
    machine: Machine, pcsc_lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    pcsc_lists()
    answers = iter([()])

    def once() -> tuple[str, ...]:
        for names in answers:
            return names
        raise ServiceUnavailableError("no_service")

    monkeypatch.setattr(pcsc, "list_readers", once)
    machine.plug_in(*RC_S300, ccid=True)
    assert codes(machine)[:2] == ["service.answers", "service.not_installed"]
