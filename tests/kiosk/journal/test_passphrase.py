"""The master key sealed with a passphrase: nothing opens without it, and the journal stays the same."""

from __future__ import annotations

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.journal import JournalFile, JournalKeyError, KeyFile, read
from kiosk.journal.key_file import load_key, needs_passphrase, protect_key
from tests.kiosk.journal.conftest import Desk, a_visit

PASSPHRASE = "まどぐちの ひみつ".encode()


def protect(desk: Desk, passphrase: bytes = PASSPHRASE) -> None:
    before = KeyFile(desk.key_file, lambda: PASSPHRASE).master()
    protect_key(desk.key_file, before, passphrase, os.urandom)


def refusal(path: Path, passphrase: bytes | None) -> str:
    with pytest.raises(JournalKeyError) as refused:
        load_key(path, None if passphrase is None else lambda: passphrase)
    return refused.value.code


def test_the_journal_opens_with_the_passphrase_and_not_without(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    protect(desk)
    assert needs_passphrase(desk.key_file)
    assert refusal(desk.key_file, None) == "journal.key.locked"
    assert refusal(desk.key_file, b"another passphrase") == "journal.key.passphrase"
    keys = KeyFile(desk.key_file, lambda: PASSPHRASE)
    journal = JournalFile(desk.folder, keys, now=lambda: desk.clock, random_bytes=desk.random_bytes, kiosk="counter-1")
    journal.prepare()
    journal.record(a_visit(2))
    assert [entry.visit for entry in read(desk.folder, keys)] == [1, 2]
    assert len(desk.segments()) == 1, "the master key is the same"


def test_neither_key_nor_passphrase_stands_in_the_file(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    master = load_key(desk.key_file)
    protect(desk)
    raw = desk.key_file.read_bytes()
    assert master.hex().encode() not in raw
    assert PASSPHRASE not in raw
    assert stat.S_IMODE(desk.key_file.stat().st_mode) == 0o600


def test_the_passphrase_is_asked_for_once(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    protect(desk)
    asked: list[bytes] = []

    def ask() -> bytes:
        asked.append(PASSPHRASE)
        return PASSPHRASE

    keys = KeyFile(desk.key_file, ask)
    for _ in range(3):
        keys.master()
    assert len(asked) == 1


@pytest.mark.parametrize("sealed_before", [False, True])
def test_a_counter_that_runs_while_somebody_seals_its_key_anew_goes_on_recording(
    desk: Desk, *, sealed_before: bool
) -> None:
    desk.journal().record(a_visit(1))
    if sealed_before:
        protect(desk)
    keys = KeyFile(desk.key_file, lambda: PASSPHRASE)
    journal = JournalFile(desk.folder, keys, now=lambda: desk.clock, random_bytes=desk.random_bytes, kiosk="counter-1")
    journal.record(a_visit(2))
    protect_key(desk.key_file, keys.master(), b"a second passphrase", os.urandom)
    journal.record(a_visit(3))
    desk.clock += timedelta(days=1)
    journal.record(a_visit(4))
    found = read(desk.folder, KeyFile(desk.key_file, lambda: b"a second passphrase"))
    assert [entry.visit for entry in found] == [1, 2, 3, 4]


def test_it_can_be_changed_and_taken_away(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    protect(desk)
    protect_key(desk.key_file, load_key(desk.key_file, lambda: PASSPHRASE), b"a second passphrase", os.urandom)
    assert refusal(desk.key_file, PASSPHRASE) == "journal.key.passphrase"
    protect_key(desk.key_file, load_key(desk.key_file, lambda: b"a second passphrase"), b"", os.urandom)
    assert not needs_passphrase(desk.key_file)
    assert [entry.visit for entry in read(desk.folder, desk.key_file)] == [1]


def test_a_short_passphrase_is_not_taken(desk: Desk) -> None:
    desk.journal().record(a_visit(1))
    with pytest.raises(ValueError, match="10 bytes"):
        protect(desk, b"short")
    assert not needs_passphrase(desk.key_file)


@pytest.mark.parametrize("change", [("65536 8 1", "32768 8 1"), ("65536 8 1", "65536 4 1")])
def test_weaker_parameters_cannot_be_put_in_their_place(desk: Desk, change: tuple[str, str]) -> None:
    desk.journal().record(a_visit(1))
    protect(desk)
    desk.key_file.write_text(desk.key_file.read_text().replace(*change))
    assert refusal(desk.key_file, PASSPHRASE) == "journal.key.passphrase"


@pytest.mark.parametrize("parameters", ["0 8 1", "3 8 1", "65536 0 1", "65536 8 0", "1073741824 8 1", "65536 999 1"])
def test_parameters_that_make_no_sense_or_eat_all_memory_are_refused(desk: Desk, parameters: str) -> None:
    desk.journal().record(a_visit(1))
    protect(desk)
    desk.key_file.write_text(desk.key_file.read_text().replace("65536 8 1", parameters))
    assert refusal(desk.key_file, PASSPHRASE) == "journal.key.broken"
