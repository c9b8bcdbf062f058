"""Ports that are open to strangers, and clocks that cannot be right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from reader.doctor import check_clock, check_vpcd_ports
from reader.doctor.clock import RELEASED
from reader.doctor.network import listeners
from tests.reader.doctor_machine import Machine

DROP_IN = "/etc/systemd/system/pcscd.service.d/madoguchi-loopback.conf"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def codes(machine: Machine) -> list[str]:
    return [finding.code for finding in check_vpcd_ports(machine.system())]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "2001:db8::1", "::ffff:0.0.0.0"])
def test_a_virtual_reader_that_listens_beyond_this_machine(machine: Machine, host: str) -> None:
    machine.listen(host, 35963)
    (finding,) = check_vpcd_ports(machine.system())
    assert (finding.ok, finding.code, finding.params) == (None, "network.vpcd_open", {"ports": "35963"})
    assert finding.link == "hardware/vpcd.md"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_where_it_belongs(machine: Machine, host: str) -> None:
    machine.listen(host, 35963)
    machine.listen(host, 35964)
    assert codes(machine) == []


def test_both_slots_are_named_once(machine: Machine) -> None:
    for host in ("0.0.0.0", "::"):
        machine.listen(host, 35964)
        machine.listen(host, 35963)
    (finding,) = check_vpcd_ports(machine.system())
    assert finding.params == {"ports": "35963, 35964"}


def test_other_ports_and_connections_are_not_meant(machine: Machine) -> None:
    machine.listen("0.0.0.0", 22)
    machine.listen("192.0.2.7", 35963, state="01")
    assert codes(machine) == []


def test_what_listens_is_read_as_the_kernel_writes_it(machine: Machine) -> None:
    machine.listen("192.0.2.7", 8080)
    machine.listen("2001:db8::1", 443)
    assert {(str(host), port) for host, port in listeners(machine.system())} == {
        ("192.0.2.7", 8080),
        ("2001:db8::1", 443),
    }


def test_the_rule_of_setup_counts_where_systemd_runs(machine: Machine) -> None:
    machine.listen("0.0.0.0", 35963)
    machine.put(DROP_IN, "[Service]\nIPAddressDeny = any\nIPAddressAllow=localhost\n")
    assert codes(machine) == ["network.vpcd_open"]  # nobody reads it
    machine.boot_systemd()
    assert codes(machine) == ["network.vpcd_filtered"]
    machine.put(DROP_IN, "[Service]\nIPAddressAllow=localhost\n")
    assert codes(machine) == ["network.vpcd_open"]


def test_other_systems_have_no_such_table(machine: Machine) -> None:
    machine.listen("0.0.0.0", 35963)
    machine.platform = "darwin"
    assert codes(machine) == []


def test_a_clock_before_this_program_was_made(machine: Machine) -> None:
    finding = check_clock(RELEASED - timedelta(seconds=1), machine.system())
    assert (finding.ok, finding.code, finding.link) == (False, "clock.before_release", "hardware/clock.md")
    assert check_clock(RELEASED, machine.system()).ok is True


def test_the_time_zone_does_not_matter(machine: Machine) -> None:
    here = RELEASED.astimezone(timezone(timedelta(hours=-11)))
    assert here.day != RELEASED.day
    assert check_clock(here, machine.system()).ok is True


@pytest.mark.parametrize(("answer", "code"), [("yes", "clock.plausible"), ("no", "clock.unsynchronised")])
def test_a_clock_that_nothing_keeps_right_is_a_remark(machine: Machine, answer: str, code: str) -> None:
    machine.boot_systemd()
    machine.answers["timedatectl"] = f"{answer}\n"
    finding = check_clock(datetime(2030, 1, 1, tzinfo=UTC), machine.system())
    assert (finding.code, finding.ok) == (code, True if answer == "yes" else None)


@pytest.mark.parametrize("answer", [None, "", "n/a"])
def test_not_knowing_is_no_fault(machine: Machine, answer: str | None) -> None:
    machine.boot_systemd()
    if answer is not None:
        machine.answers["timedatectl"] = answer
    assert check_clock(RELEASED, machine.system()).ok is True


def test_without_systemd_nobody_is_asked(machine: Machine) -> None:
    check_clock(RELEASED, machine.system())
    assert machine.asked == []
