"""The staff's passcodes: what may be one, how often it may be typed wrong, and what a damaged file means."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from kiosk.settings import passcodes
from kiosk.settings.passcode_file import Work
from kiosk.settings.passcodes import (
    Checked,
    PasscodeFileError,
    PasscodeKind,
    PasscodeNotSetError,
    PasscodeRefusedError,
    PasscodeStore,
    passcode_path,
)

RIGHT, WRONG = b"580213", b"580214"
START = 1_790_000_000.0


class Clock:
    """Epoch seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work the file allows: these tests are about everything but the cost of a hash."""
    monkeypatch.setattr(passcodes, "_WORK", Work(n=2**14, r=8, p=1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return passcode_path(tmp_path)


@pytest.fixture
def store(path: Path, clock: Clock) -> PasscodeStore:
    made = PasscodeStore(path, clock)
    made.put(PasscodeKind.STAFF, bytearray(RIGHT))
    return made


def tried(store: PasscodeStore, typed: bytes, kind: PasscodeKind = PasscodeKind.STAFF) -> Checked:
    return store.check(kind, bytearray(typed))


def drafts_beside(path: Path) -> list[str]:
    """Names of files in the folder besides the one and its lock."""
    return [found.name for found in path.parent.iterdir() if found.name.removesuffix(".lock") != path.name]


def test_the_right_passcode_is_accepted_and_the_other_kind_is_apart(store: PasscodeStore) -> None:
    assert tried(store, RIGHT) == Checked(accepted=True, tries_left=5, wait_seconds=0)
    assert not store.is_set(PasscodeKind.FACILITY)
    store.put(PasscodeKind.FACILITY, bytearray(b"4093"))
    assert tried(store, b"4093", PasscodeKind.FACILITY).accepted
    assert not tried(store, b"4093").accepted
    assert not tried(store, RIGHT, PasscodeKind.FACILITY).accepted


def test_nothing_can_be_compared_with_a_passcode_that_is_not_set(path: Path, clock: Clock) -> None:
    store = PasscodeStore(path, clock)
    typed = bytearray(RIGHT)
    with pytest.raises(PasscodeNotSetError):
        store.check(PasscodeKind.STAFF, typed)
    assert typed == bytes(len(RIGHT))
    assert store.wait_seconds(PasscodeKind.STAFF) == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("kind", "digits", "code"),
    [
        (PasscodeKind.STAFF, b"", "passcode.length"),
        (PasscodeKind.STAFF, b"580", "passcode.length"),
        (PasscodeKind.STAFF, b"580213580", "passcode.length"),
        (PasscodeKind.FACILITY, b"58021", "passcode.length"),
        (PasscodeKind.STAFF, b"58o2", "passcode.digits"),
        (PasscodeKind.STAFF, "５８０２".encode(), "passcode.digits"),
        (PasscodeKind.STAFF, b"0000", "passcode.too_easy"),
        (PasscodeKind.STAFF, b"77777777", "passcode.too_easy"),
        (PasscodeKind.STAFF, b"1234", "passcode.too_easy"),
        (PasscodeKind.STAFF, b"98765", "passcode.too_easy"),
        (PasscodeKind.STAFF, b"8901", "passcode.too_easy"),
    ],
)
def test_what_cannot_be_a_passcode_is_refused_and_the_old_one_stands(
    store: PasscodeStore, kind: PasscodeKind, digits: bytes, code: str
) -> None:
    typed = bytearray(digits)
    with pytest.raises(PasscodeRefusedError) as refused:
        store.put(kind, typed)
    assert refused.value.code == code
    assert typed == bytes(len(digits))
    assert tried(store, RIGHT).accepted


def test_the_facility_passcode_is_whatever_four_digits_its_reader_has(path: Path, clock: Clock) -> None:
    store = PasscodeStore(path, clock)
    store.put(PasscodeKind.FACILITY, bytearray(b"1234"))
    assert tried(store, b"1234", PasscodeKind.FACILITY).accepted


def test_five_wrong_tries_bring_a_wait_that_doubles_up_to_ten_minutes(store: PasscodeStore, clock: Clock) -> None:
    assert [tried(store, WRONG) for _ in range(5)] == [
        Checked(accepted=False, tries_left=left, wait_seconds=30 if left == 0 else 0) for left in (4, 3, 2, 1, 0)
    ]
    for wait in (30, 60, 120, 240, 480, 600, 600):
        assert store.wait_seconds(PasscodeKind.STAFF) == wait
        clock.now += wait - 1
        assert tried(store, RIGHT) == Checked(accepted=False, tries_left=0, wait_seconds=1)
        clock.now += 1
        assert store.wait_seconds(PasscodeKind.STAFF) == 0
        assert not tried(store, WRONG).accepted
    assert store.wait_seconds(PasscodeKind.STAFF) == 600


def test_a_try_during_the_wait_neither_counts_nor_lengthens_it(store: PasscodeStore, clock: Clock) -> None:
    for _ in range(5):
        tried(store, WRONG)
    for _ in range(10):
        assert tried(store, RIGHT) == Checked(accepted=False, tries_left=0, wait_seconds=30)
    clock.now += 30
    assert tried(store, RIGHT).accepted


def test_a_right_one_gives_all_tries_back(store: PasscodeStore) -> None:
    for _ in range(4):
        tried(store, WRONG)
    assert tried(store, RIGHT).accepted
    assert tried(store, WRONG) == Checked(accepted=False, tries_left=4, wait_seconds=0)


def test_a_restart_gives_nothing_back(store: PasscodeStore, path: Path, clock: Clock) -> None:
    for _ in range(3):
        tried(store, WRONG)
    again = PasscodeStore(path, clock)
    assert tried(again, WRONG).tries_left == 1
    tried(again, WRONG)
    assert PasscodeStore(path, clock).wait_seconds(PasscodeKind.STAFF) == 30


def test_a_clock_that_is_set_back_begins_the_wait_anew_once(store: PasscodeStore, path: Path, clock: Clock) -> None:
    for _ in range(5):
        tried(store, WRONG)
    clock.now -= 86_400
    assert tried(store, RIGHT) == Checked(accepted=False, tries_left=0, wait_seconds=30)
    clock.now += 29
    assert PasscodeStore(path, clock).wait_seconds(PasscodeKind.STAFF) == 1
    clock.now += 1
    assert tried(store, RIGHT).accepted


def test_a_clock_that_ran_years_ahead_locks_nobody_out_for_years(store: PasscodeStore, clock: Clock) -> None:
    clock.now += 10 * 365 * 86_400
    for _ in range(5):
        tried(store, WRONG)
    clock.now = START
    assert store.wait_seconds(PasscodeKind.STAFF) == 30
    clock.now += 30
    assert tried(store, RIGHT).accepted


def test_the_waits_of_the_two_kinds_are_apart(store: PasscodeStore) -> None:
    store.put(PasscodeKind.FACILITY, bytearray(b"4093"))
    for _ in range(5):
        tried(store, WRONG)
    assert store.wait_seconds(PasscodeKind.FACILITY) == 0
    assert tried(store, b"4093", PasscodeKind.FACILITY).accepted
    assert store.wait_seconds(PasscodeKind.STAFF) == 30


def test_the_tries_at_the_facility_passcode_are_the_clinics_choice(store: PasscodeStore, path: Path) -> None:
    clock = Clock()
    strict = PasscodeStore(path, clock, visual_tries=2)
    strict.put(PasscodeKind.FACILITY, bytearray(b"4093"))
    came = [tried(strict, b"4094", PasscodeKind.FACILITY) for _ in range(2)]
    assert [(checked.tries_left, checked.wait_seconds) for checked in came] == [(1, 0), (0, 30)]
    clock.now += 30
    assert tried(strict, b"4094", PasscodeKind.FACILITY).wait_seconds == 60
    assert strict.wait_seconds(PasscodeKind.FACILITY) == 60
    assert tried(strict, WRONG).tries_left == 4


def test_a_try_is_spent_before_it_is_compared(store: PasscodeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def plug_pulled(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(passcodes, "_matches", plug_pulled)
        typed = bytearray(RIGHT)
        with pytest.raises(KeyboardInterrupt):
            store.check(PasscodeKind.STAFF, typed)
    assert typed == bytes(len(RIGHT))
    assert tried(store, WRONG).tries_left == 3


def test_many_tries_at_once_are_counted_one_by_one(store: PasscodeStore, path: Path, clock: Clock) -> None:
    came: list[Checked] = []
    threads = [
        threading.Thread(target=lambda: came.append(tried(PasscodeStore(path, clock), WRONG))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(checked.tries_left for checked in came) == [0] * 8 + [1, 2, 3, 4]
    assert store.wait_seconds(PasscodeKind.STAFF) == 30  # the fifth brought it, and the others were not compared


def test_a_changed_passcode_counts_at_once_and_ends_the_wait(store: PasscodeStore, path: Path, clock: Clock) -> None:
    for _ in range(5):
        tried(store, WRONG)
    PasscodeStore(path, clock).put(PasscodeKind.STAFF, bytearray(b"2718"))
    assert not tried(store, RIGHT).accepted
    assert tried(store, b"2718").accepted


def test_without_any_passcode_there_is_no_file(store: PasscodeStore, path: Path) -> None:
    store.put(PasscodeKind.FACILITY, bytearray(b"4093"))
    assert store.remove(PasscodeKind.STAFF)
    assert not store.remove(PasscodeKind.STAFF)
    assert store.is_set(PasscodeKind.FACILITY)
    assert store.remove(PasscodeKind.FACILITY)
    assert not path.exists()


def test_only_the_owner_may_read_the_file_and_it_holds_no_digits(store: PasscodeStore, path: Path) -> None:
    tried(store, WRONG)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert RIGHT not in path.read_bytes()
    assert drafts_beside(path) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o644])
def test_a_file_that_others_may_use_is_an_error(store: PasscodeStore, path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(PasscodeFileError) as refused:
        tried(store, RIGHT)
    assert (refused.value.code, refused.value.path) == ("passcode.file_open", path)


def damage_by_name(name: str, content: bytes) -> bytes:
    document = json.loads(content)
    entry = document["passcodes"]["staff"]
    if name == "empty":
        return b""
    if name == "cut":
        return content[: len(content) // 2]
    if name == "nothing in it":
        return b'{"version": 1, "passcodes": {}}'
    if name == "a list":
        return b"[]"
    if name == "tries given back":
        entry["wrong"] = 0
    elif name == "a hash of another":
        entry["hash"] = "00" * 32
    elif name == "another version":
        document["version"] = 2
    else:
        document["passcodes"] = []
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "name",
    ["empty", "cut", "nothing in it", "a list", "tries given back", "a hash of another", "another version", "no kinds"],
)
def test_a_damaged_file_never_counts_as_no_passcode(store: PasscodeStore, path: Path, name: str) -> None:
    tried(store, WRONG)
    path.write_bytes(damage_by_name(name, path.read_bytes()))
    for use in (
        lambda: store.is_set(PasscodeKind.STAFF),
        lambda: tried(store, RIGHT).accepted,
        lambda: bool(store.wait_seconds(PasscodeKind.STAFF)),
        lambda: store.remove(PasscodeKind.STAFF),
        lambda: store.put(PasscodeKind.STAFF, bytearray(RIGHT)),
    ):
        with pytest.raises(PasscodeFileError) as refused:
            use()
        assert refused.value.code == "passcode.file_broken"


def test_a_hash_that_would_take_all_memory_is_not_computed(store: PasscodeStore, path: Path) -> None:
    from kiosk.settings.passcode_file import read_records, write_records

    [record] = read_records(path).values()
    for work in (Work(2**30, 8, 1), Work(2**15, 512, 1), Work(2**15, 8, 64), Work(2**4, 8, 1), Work(2**15 + 1, 8, 1)):
        write_records(path, {"staff": type(record)(record.salt, record.hashed, work)})
        with pytest.raises(PasscodeFileError):
            tried(store, RIGHT)


def test_a_disk_that_refuses_leaves_the_old_passcode(
    store: PasscodeStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.settings.passcode_file.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            store.put(PasscodeKind.STAFF, bytearray(b"2718"))
    assert tried(store, RIGHT).accepted
    assert drafts_beside(path) == []


def test_no_text_form_shows_anything_of_a_passcode(store: PasscodeStore, path: Path) -> None:
    from kiosk.settings.passcode_file import read_records

    [record] = read_records(path).values()
    shown = repr(record) + repr(store) + repr(tried(store, WRONG))
    assert record.salt.hex() not in shown
    assert repr(record.hashed) not in shown
    for digits in (RIGHT, WRONG, b"11111111"):
        with pytest.raises(PasscodeRefusedError) as refused:
            store.put(PasscodeKind.FACILITY, bytearray(digits))
        assert digits.decode() not in repr(refused.value)
