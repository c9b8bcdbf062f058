"""The camera, the facility passcode, and what a list of medicines hints at."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kiosk.services.desk_interfaces import FaceLook, PasscodeChecked
from kiosk.services.face_camera import FACE_TRIES, SimulatedCamera
from kiosk.services.medical_information import GivenMedicine, MedicalInformation
from kiosk.services.passcode_desk import PRACTICE_PASSCODE, StoredPasscode
from kiosk.settings.passcodes import PasscodeKind, PasscodeStore
from reader.pin import PinHandle

# --- the camera -------------------------------------------------------------------------------------------------


def test_a_face_matches_unless_somebody_said_otherwise() -> None:
    camera = SimulatedCamera()
    assert camera.look(b"taro") == FaceLook(matched=True, tries_left=FACE_TRIES)
    camera.matches = False
    assert camera.look(b"taro") == FaceLook(matched=False, tries_left=FACE_TRIES - 1)


def test_misses_are_counted_by_card_and_over_visits_and_end_with_a_match() -> None:
    camera = SimulatedCamera(tries=3)
    camera.matches = False
    assert [camera.look(b"taro").tries_left for _ in range(2)] == [2, 1]
    assert camera.look(b"hanako").tries_left == 2
    camera.matches = True
    assert camera.look(b"taro").matched
    camera.matches = False
    assert camera.look(b"taro").tries_left == 2


def test_a_card_without_tries_is_not_looked_at_any_more() -> None:
    camera = SimulatedCamera(tries=1)
    camera.matches = False
    assert camera.look(b"taro") == FaceLook(matched=False, tries_left=0)
    camera.matches = True
    assert camera.look(b"taro") == FaceLook(matched=False, tries_left=0)
    assert camera.look(b"hanako").matched


def test_a_card_without_a_photo_is_told_and_costs_nothing() -> None:
    camera = SimulatedCamera(tries=2)
    camera.photo = False
    assert camera.look(b"kazuha") == FaceLook(matched=False, tries_left=2, no_photo=True)
    camera.photo = True
    assert camera.look(b"kazuha").matched


def test_of_a_card_only_a_hash_is_kept() -> None:
    camera = SimulatedCamera()
    camera.matches = False
    camera.look(b"certificate of taro")
    assert b"taro" not in b"".join(camera._misses)


@pytest.mark.parametrize("tries", [0, -1])
def test_a_camera_that_never_looks_is_none(tries: int) -> None:
    with pytest.raises(ValueError, match="once"):
        SimulatedCamera(tries)


# --- the facility passcode --------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path: Path) -> PasscodeStore:
    return PasscodeStore(tmp_path / "keystore" / "passcodes.json", lambda: 1_000.0)


def typed(digits: str) -> PinHandle:
    return PinHandle(bytearray(digits.encode()))


def is_wiped(handle: PinHandle) -> bool:
    with handle.spend() as digits:
        return digits == b""


def test_at_the_software_reader_the_practice_passcode_counts_until_one_is_set(store: PasscodeStore) -> None:
    desk = StoredPasscode(store, software=True)
    assert desk.practice == PRACTICE_PASSCODE
    assert desk.check(typed(PRACTICE_PASSCODE)).accepted
    assert not desk.check(typed("0000")).accepted
    store.put(PasscodeKind.FACILITY, bytearray(b"7319"))
    assert StoredPasscode(store, software=True).practice is None
    assert not desk.check(typed(PRACTICE_PASSCODE)).accepted
    assert desk.check(typed("7319")).accepted


def test_at_a_real_reader_nothing_is_accepted_before_one_is_set(store: PasscodeStore) -> None:
    desk = StoredPasscode(store, software=False)
    handle = typed(PRACTICE_PASSCODE)
    assert desk.practice is None
    assert desk.check(handle) == PasscodeChecked(accepted=False, tries_left=0)
    assert is_wiped(handle)


def test_wrong_ones_are_counted_and_then_there_is_a_wait(store: PasscodeStore) -> None:
    store.put(PasscodeKind.FACILITY, bytearray(b"7319"))
    desk = StoredPasscode(store, software=True)
    said = [desk.check(typed("0000")) for _ in range(5)]
    assert [one.tries_left for one in said] == [4, 3, 2, 1, 0]
    assert said[-1].wait_seconds > 0
    assert not desk.check(typed("7319")).accepted, "not during the wait"


def test_whatever_comes_of_it_the_digits_are_wiped(store: PasscodeStore, tmp_path: Path) -> None:
    store.put(PasscodeKind.FACILITY, bytearray(b"7319"))
    for digits in ("7319", "0000"):
        handle = typed(digits)
        StoredPasscode(store, software=True).check(handle)
        assert is_wiped(handle)
    store.path.chmod(0o644)
    handle = typed("7319")
    with pytest.raises(OSError, match="passcode"):
        StoredPasscode(store, software=True).check(handle)
    assert is_wiped(handle)


# --- medicines --------------------------------------------------------------------------------------------------


def medicine(name: str, ingredient: str, on: date | None, days: int | None = 7, *avoid: str) -> GivenMedicine:
    return GivenMedicine(name, ingredient, on, days, avoid_with=avoid)


FIRST = medicine("テスト錠A", "成分甲", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("other", "kinds"),
    [
        (medicine("テスト錠B", "成分甲", date(2026, 11, 7)), ["duplicate"]),
        (medicine("テスト錠B", "成分甲", date(2026, 11, 8)), []),
        (medicine("テスト錠B", "成分甲", None, None), ["duplicate"]),
        (medicine("テスト錠B", "成分乙", date(2026, 11, 1)), []),
        (medicine("テスト錠B", "成分乙", date(2026, 11, 1), 7, "成分甲"), ["contraindication"]),
        (medicine("テスト錠B", "成分乙", date(2026, 11, 8), 7, "成分甲"), []),
        (medicine("テスト錠B", "成分甲", date(2026, 11, 1), 7, "成分甲"), ["contraindication", "duplicate"]),
        (medicine("テスト錠B", "", date(2026, 11, 1)), []),
    ],
)
def test_what_was_taken_on_the_same_days_is_looked_at(other: GivenMedicine, kinds: list[str]) -> None:
    for medicines in ((FIRST, other), (other, FIRST)):
        assert [hint.kind for hint in MedicalInformation(medicines).hints] == kinds


def test_a_hint_names_both_and_the_days() -> None:
    other = medicine("テスト錠B", "成分乙", date(2026, 11, 5), 7, "成分甲")
    [hint] = MedicalInformation((FIRST, other)).hints
    assert (hint.first, hint.second, hint.ingredient) == ("テスト錠B", "テスト錠A", "成分甲")
    assert (hint.since, hint.until) == (date(2026, 11, 5), date(2026, 11, 7))


def test_nothing_of_a_list_is_in_its_text_form() -> None:
    assert "成分甲" not in repr(MedicalInformation((FIRST,)))
    assert MedicalInformation().hints == ()
