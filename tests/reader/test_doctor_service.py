"""Why the PC/SC service does not answer: each cause by its own name, and gone once its remedy was carried out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reader import doctor, words
from reader.doctor.service import SYSTEM_SOCKET, remarks
from reader.errors import AccessDeniedError, ReaderError, ServiceUnavailableError, TransportError
from reader.transports import pcsc
from tests.reader.doctor_machine import Machine

LOADED_OFF = ("loaded", "inactive", "disabled")
LOADED_ON = ("loaded", "active", "enabled")

Says = Callable[[ReaderError | None], None]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def service_says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """What pyscard meets: an error, or with None an answer."""

    def says(error: ReaderError | None) -> None:
        def list_readers() -> tuple[str, ...]:
            if error is not None:
                raise error
            return ()

        monkeypatch.setattr(pcsc, "list_readers", list_readers)

    says(ServiceUnavailableError("no_service"))
    return says


def code(machine: Machine) -> str:
    finding = doctor.check_pcsc_service(machine.system())
    assert finding.ok is (finding.code == "service.answers")
    return finding.code


def pyscard_fails_with(cause: ImportError) -> ServiceUnavailableError:
    error = ServiceUnavailableError("no_pyscard")
    error.__cause__ = cause
    return error


def test_not_installed_and_then_installed_without_systemd(machine: Machine, service_says: Says) -> None:
    assert code(machine) == "service.not_installed"
    machine.install_pcscd()
    assert code(machine) == "service.stopped"
    service_says(None)
    assert code(machine) == "service.answers"


@pytest.mark.parametrize(
    ("socket", "service", "found"),
    [
        (LOADED_OFF, LOADED_OFF, "service.socket_off"),
        (("loaded", "inactive", "enabled"), LOADED_OFF, "service.socket_off"),
        (("not-found", "inactive", ""), LOADED_OFF, "service.service_off"),
        (("masked", "inactive", "masked"), LOADED_OFF, "service.masked"),
        (LOADED_ON, ("masked", "inactive", "masked"), "service.masked"),
        (LOADED_ON, ("loaded", "failed", "indirect"), "service.failed"),
        (("loaded", "failed", "enabled"), LOADED_OFF, "service.failed"),
        (LOADED_ON, LOADED_OFF, "service.unreachable"),
    ],
)
def test_socket_and_service_are_told_apart(
    machine: Machine, service_says: Says, socket: tuple[str, str, str], service: tuple[str, str, str], found: str
) -> None:
    machine.install_pcscd()
    machine.boot_systemd(socket=socket, service=service)
    assert code(machine) == found


def test_a_socket_that_is_there_and_a_service_that_does_not_answer(machine: Machine, service_says: Says) -> None:
    machine.install_pcscd()
    machine.boot_systemd(socket=LOADED_ON, service=LOADED_OFF)
    machine.put("/run/pcscd/pcscd.comm")
    assert code(machine) == "service.stopped_systemd"
    machine.run("pcscd")
    assert code(machine) == "service.unreachable"


def test_a_systemd_that_does_not_answer_is_no_crash(machine: Machine, service_says: Says) -> None:
    machine.install_pcscd()
    machine.boot_systemd()
    assert code(machine) == "service.stopped_systemd"


def test_a_daemon_without_a_way_to_it(machine: Machine, service_says: Says) -> None:
    machine.install_pcscd()
    machine.run("bash", 17)
    machine.put(SYSTEM_SOCKET)
    assert code(machine) == "service.stopped"  # left behind by one that was killed
    machine.run("pcscd", 18)
    assert code(machine) == "service.unreachable"


def test_somebody_elses_daemon_is_not_the_systems(machine: Machine, service_says: Says) -> None:
    """As a test's private one, on a socket of its own."""
    machine.install_pcscd()
    machine.run("pcscd")
    assert code(machine) == "service.stopped"
    machine.boot_systemd(socket=("loaded", "listening", "enabled"), service=LOADED_OFF)
    assert code(machine) == "service.stopped_systemd"


def test_a_service_that_takes_the_connection_and_does_not_answer(machine: Machine, service_says: Says) -> None:
    service_says(ServiceUnavailableError("service_silent"))
    assert code(machine) == "service.hangs"  # whatever else is there or missing
    machine.install_pcscd()
    machine.put(SYSTEM_SOCKET)
    machine.run("pcscd")
    assert code(machine) == "service.hangs"
    finding = doctor.check_pcsc_service(machine.system())
    assert finding.link == "hardware/pcscd.md"
    assert remarks(finding, machine.system()) == ()
    assert finding.remedy_id is not None
    for lang in words.LANGUAGES:
        remedy = words.text(lang, finding.remedy_id)
        assert "systemctl restart pcscd" in remedy
        assert "card emulate --persona taro --listen" in remedy


@pytest.mark.parametrize(
    ("socket", "service", "found"),
    [
        (LOADED_ON, LOADED_OFF, "service.hangs"),  # reversed mode, while no card listens
        (LOADED_ON, ("loaded", "active", "indirect"), "service.hangs"),
        (LOADED_ON, ("masked", "inactive", "masked"), "service.masked"),
        (LOADED_ON, ("loaded", "failed", "indirect"), "service.failed"),
    ],
)
def test_a_socket_that_systemd_holds_for_a_service_that_does_not_start(
    machine: Machine, service_says: Says, socket: tuple[str, str, str], service: tuple[str, str, str], found: str
) -> None:
    service_says(ServiceUnavailableError("service_silent"))
    machine.install_pcscd()
    machine.boot_systemd(socket=socket, service=service)
    assert code(machine) == found


def test_another_service_that_hangs_is_named(machine: Machine, service_says: Says) -> None:
    service_says(ServiceUnavailableError("service_silent"))
    machine.boot_systemd(socket=LOADED_ON, service=("masked", "inactive", "masked"))
    machine.environ["PCSCLITE_CSOCK_NAME"] = "/tmp/own.comm"
    finding = doctor.check_pcsc_service(machine.system())
    assert finding.code == "service.hangs"  # the system's units have nothing to do with it
    (remark,) = remarks(finding, machine.system())
    assert (remark.code, remark.params) == ("service.socket_named", {"path": "/tmp/own.comm"})


@pytest.mark.parametrize(
    ("platform", "found"), [("darwin", "service.stopped_macos"), ("win32", "service.stopped_windows")]
)
def test_a_service_that_hangs_elsewhere(machine: Machine, service_says: Says, platform: str, found: str) -> None:
    service_says(ServiceUnavailableError("service_silent"))
    machine.platform = platform
    assert code(machine) == found


def test_a_socket_that_may_not_be_looked_at_is_no_crash(
    machine: Machine, service_says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.install_pcscd()
    machine.environ["PCSCLITE_CSOCK_NAME"] = "/" + "x" * 300  # a name that cannot be one
    assert code(machine) == "service.socket_elsewhere"
    machine.environ["PCSCLITE_CSOCK_NAME"] = "/closed/pcscd.comm"
    real_stat = os.stat

    def closed(path: Any, *arguments: Any, **named: Any) -> os.stat_result:
        if "closed" in str(path):
            raise PermissionError(13, "denied")
        return real_stat(path, *arguments, **named)

    monkeypatch.setattr(os, "stat", closed)
    assert code(machine) == "service.socket_elsewhere"


def test_a_variable_that_names_another_socket(machine: Machine, service_says: Says) -> None:
    machine.install_pcscd()
    machine.environ["PCSCLITE_CSOCK_NAME"] = "/tmp/nowhere"
    finding = doctor.check_pcsc_service(machine.system())
    assert (finding.code, finding.params) == ("service.socket_elsewhere", {"path": "/tmp/nowhere"})
    machine.put("/tmp/nowhere")
    there = doctor.check_pcsc_service(machine.system())
    assert there.code == "service.stopped"
    assert [remark.code for remark in remarks(there, machine.system())] == ["service.socket_named"]


@pytest.mark.parametrize(
    ("platform", "found", "link"),
    [
        ("darwin", "service.stopped_macos", "hardware/macos.md"),
        ("win32", "service.stopped_windows", "hardware/windows.md"),
        ("freebsd14", "service.stopped", "hardware/pcscd.md"),
    ],
)
def test_other_systems_have_their_own_words(
    machine: Machine, service_says: Says, platform: str, found: str, link: str
) -> None:
    machine.platform = platform
    finding = doctor.check_pcsc_service(machine.system())
    assert (finding.code, finding.link) == (found, link)
    assert machine.asked == []


def test_a_library_that_is_missing(machine: Machine, service_says: Says) -> None:
    machine.install_pcscd()
    machine.libraries.clear()
    assert code(machine) == "pyscard.no_library"
    machine.libraries.add("libpcsclite.so.1")
    assert code(machine) == "service.stopped"


@pytest.mark.parametrize(
    ("cause", "found"),
    [
        (ModuleNotFoundError("No module named 'smartcard'", name="smartcard"), "pyscard.missing"),
        (ModuleNotFoundError("No module named '_scard'", name="smartcard.scard._scard"), "pyscard.unusable"),
        (ImportError("_scard.so: undefined symbol: PyLong_AsInt"), "pyscard.unusable"),
        (ImportError("_scard.so: wrong ELF class: ELFCLASS32"), "pyscard.unusable"),
        (ImportError("libpcsclite.so.1: cannot open shared object file"), "pyscard.no_library"),
    ],
)
def test_a_pyscard_that_cannot_be_imported(
    machine: Machine, service_says: Says, cause: ImportError, found: str
) -> None:
    service_says(pyscard_fails_with(cause))
    assert code(machine) == found


def test_a_refusal_names_the_user_and_what_makes_it_likely(machine: Machine, service_says: Says) -> None:
    service_says(AccessDeniedError())
    finding = doctor.check_pcsc_service(machine.system())
    assert (finding.code, finding.params["user"], finding.link) == (
        "service.denied",
        "hanako",
        "hardware/polkit.md",
    )
    assert remarks(finding, machine.system()) == ()
    machine.put("/proc/mounts", "sysfs /sys sysfs rw 0 0\nproc /proc proc rw,relatime,hidepid=invisible,gid=26 0 0\n")
    machine.environ["SSH_CONNECTION"] = "192.0.2.1 50000 192.0.2.2 22"
    assert [remark.code for remark in remarks(finding, machine.system())] == ["service.hidepid", "service.over_ssh"]
    machine.put("/proc/mounts", "proc /proc proc rw,relatime,hidepid=0 0 0\n")
    del machine.environ["SSH_CONNECTION"]
    assert remarks(finding, machine.system()) == ()


def test_a_service_that_answers_and_would_not_after_a_restart(machine: Machine, service_says: Says) -> None:
    service_says(None)
    finding = doctor.check_pcsc_service(machine.system())
    assert remarks(finding, machine.system()) == ()  # no systemd: nobody can tell
    machine.boot_systemd(socket=LOADED_OFF, service=("loaded", "active", "disabled"))
    assert [remark.code for remark in remarks(finding, machine.system())] == ["service.not_at_boot"]
    machine.boot_systemd(socket=LOADED_ON, service=("loaded", "active", "indirect"))
    assert remarks(finding, machine.system()) == ()


@pytest.mark.parametrize(
    ("socket", "service", "starts"),
    [
        ("disabled", "indirect", False),  # Debian's service only names its socket
        ("enabled", "indirect", True),
        ("disabled", "enabled", True),
        ("disabled", "static", False),
        ("enabled-runtime", "indirect", False),  # until the machine is switched off
    ],
)
def test_what_starts_with_the_machine_is_what_is_enabled(
    machine: Machine, service_says: Says, socket: str, service: str, starts: bool
) -> None:
    service_says(None)
    machine.boot_systemd(socket=("loaded", "active", socket), service=("loaded", "active", service))
    finding = doctor.check_pcsc_service(machine.system())
    found = [remark.code for remark in remarks(finding, machine.system())]
    assert found == ([] if starts else ["service.not_at_boot"])


def test_an_error_that_nobody_foresaw_is_told(machine: Machine, service_says: Says) -> None:
    service_says(TransportError("80100001"))
    finding = doctor.check_pcsc_service(machine.system())
    assert (finding.code, finding.params) == ("service.broken", {"detail": "80100001"})


def test_files_that_nobody_may_read_are_no_crash(machine: Machine, service_says: Says) -> None:
    machine.install_pcscd()
    (machine.root / "proc" / "1").mkdir(parents=True)
    (machine.root / "proc" / "1" / "comm").mkdir()  # reading it fails, as for root's processes under hidepid
    assert code(machine) == "service.stopped"
    shutil.rmtree(machine.root / "proc")
    assert code(machine) == "service.stopped"
