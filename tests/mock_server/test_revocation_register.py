"""The register of revocations: one file, several programs, nothing lost."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509 import ReasonFlags

from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from mock_server.revocation.register import REASONS, RevocationRegister
from tests.mock_server.conftest import TODAY

HOUR = timedelta(hours=1)


@pytest.fixture
def keystore(tmp_path: Path) -> Keystore:
    return Keystore(tmp_path / "keystore")


@pytest.fixture
def register(keystore: Keystore) -> RevocationRegister:
    return RevocationRegister(keystore)


def test_nothing_is_revoked_and_no_file_made_at_first(register: RevocationRegister) -> None:
    assert register.revoked() == {}
    assert not register.path.exists()


def test_a_revocation_has_reason_and_moment_and_is_seen_by_every_program(
    register: RevocationRegister, keystore: Keystore
) -> None:
    other = RevocationRegister(keystore)
    assert other.revoked() == {}
    assert register.revoke("auth-001", 7, TODAY + timedelta(microseconds=9), reason="key_compromise")
    [one] = other.revoked().values()
    assert (one.generation, one.serial, one.reason) == ("auth-001", 7, ReasonFlags.key_compromise)
    assert (one.at, one.on_crl) == (TODAY, True)
    assert stat.S_IMODE(register.path.stat().st_mode) == 0o600


def test_serial_numbers_of_two_generations_are_two_things(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY)
    assert ("auth-002", 7) not in register.revoked()


def test_revoking_twice_changes_nothing(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY, reason="superseded")
    content = register.path.read_bytes()
    before = register.revoked()
    assert not register.revoke("auth-001", 7, TODAY + HOUR, reason="key_compromise")
    assert register.path.read_bytes() == content
    assert register.revoked() is before, "whoever holds results made from it may keep them"


def test_what_only_ocsp_knew_gets_onto_the_list_and_never_off_it(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY, on_crl=False)
    assert not register.revoked()["auth-001", 7].on_crl
    assert register.revoke("auth-001", 7, TODAY + HOUR)
    assert (register.revoked()["auth-001", 7].on_crl, register.revoked()["auth-001", 7].at) == (True, TODAY)
    assert not register.revoke("auth-001", 7, TODAY, on_crl=False)


def test_the_earlier_moment_counts(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY, reason="superseded")
    assert register.revoke("auth-001", 7, TODAY - HOUR)
    one = register.revoked()["auth-001", 7]
    assert (one.at, one.reason) == (TODAY - HOUR, ReasonFlags.superseded)


def test_a_revocation_can_be_taken_back(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY)
    assert register.reinstate("auth-001", 7)
    assert not register.reinstate("auth-001", 7)
    assert register.revoked() == {}


def test_crl_numbers_rise_for_each_generation_and_touch_no_revocation(
    register: RevocationRegister, keystore: Keystore
) -> None:
    register.revoke("auth-001", 7, TODAY)
    before = register.revoked()
    numbers = [register.next_crl_number("auth-001"), register.next_crl_number("auth-001")]
    other = RevocationRegister(keystore)
    numbers += [other.next_crl_number("auth-002"), other.next_crl_number("auth-001")]
    assert numbers == [1, 2, 1, 3]
    assert register.revoked() is before


def test_every_reason_survives_the_file(register: RevocationRegister, keystore: Keystore) -> None:
    for serial, reason in enumerate(REASONS, 1):
        register.revoke("auth-001", serial, TODAY, reason=reason)
    found = RevocationRegister(keystore).revoked()
    assert [found["auth-001", serial].reason for serial in range(1, len(REASONS) + 1)] == list(REASONS.values())


def test_what_is_no_reason_or_no_moment_is_refused(register: RevocationRegister) -> None:
    with pytest.raises(ValueError, match="reason"):
        register.revoke("auth-001", 7, TODAY, reason="bad mood")
    with pytest.raises(ValueError, match="aware"):
        register.revoke("auth-001", 7, datetime(2026, 11, 20))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"version": 2, "revoked": [], "crl_numbers": {}}',
        b'{"version": 1, "revoked": [{}], "crl_numbers": {}}',
        b'{"version": 1, "revoked": [], "crl_numbers": {"auth-001": "x"}}',
        (
            b'{"version": 1, "revoked": [{"generation": "auth-001", "serial": "7", "reason": "mood", '
            b'"at": "2026-11-20T00:00:00+00:00", "on_crl": true}], "crl_numbers": {}}'
        ),
    ],
)
def test_a_damaged_register_is_told_of_and_never_written_over(register: RevocationRegister, content: bytes) -> None:
    register.path.write_bytes(content)
    for ask in (
        register.revoked,
        lambda: register.revoke("auth-001", 7, TODAY),
        lambda: register.reinstate("auth-001", 7),
        lambda: register.next_crl_number("auth-001"),
    ):
        with pytest.raises(SetupError) as damaged:
            ask()
        assert damaged.value.code == "setup.keystore.damaged"
    assert register.path.read_bytes() == content


def test_a_register_that_was_mended_counts_again(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY)
    good = register.path.read_bytes()
    register.path.write_bytes(b"{")
    with pytest.raises(SetupError):
        register.revoked()
    register.path.write_bytes(good)
    assert ("auth-001", 7) in register.revoked()


def test_a_register_that_is_gone_revokes_nobody(register: RevocationRegister) -> None:
    register.revoke("auth-001", 7, TODAY)
    register.path.unlink()
    assert register.revoked() == {}


def test_the_file_is_plain_enough_to_be_read_by_people(register: RevocationRegister) -> None:
    register.revoke("auth-001", 2**62 + 1, TODAY, reason="key_compromise")
    [row] = json.loads(register.path.read_text())["revoked"]
    assert row == {
        "generation": "auth-001",
        "serial": str(2**62 + 1),
        "reason": "key_compromise",
        "at": TODAY.astimezone(UTC).isoformat(),
        "on_crl": True,
    }


REVOKE = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from mock_server.keystore import Keystore
from mock_server.revocation.register import RevocationRegister
register = RevocationRegister(Keystore(Path(sys.argv[1])))
for serial in range(20):
    register.revoke("auth-001", int(sys.argv[2]) * 100 + serial, datetime(2026, 11, 20, tzinfo=UTC))
"""


@pytest.mark.daemon
def test_programs_that_revoke_at_once_lose_nothing(register: RevocationRegister, tmp_path: Path) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", REVOKE, str(tmp_path / "keystore"), str(number)]) for number in range(3)
    ]
    assert [program.wait() for program in programs] == [0] * 3
    assert {serial for _, serial in register.revoked()} == {
        number * 100 + serial for number in range(3) for serial in range(20)
    }
