"""Every kind of card through `madoguchi check --persona NAME --variant KIND`, and what each one is told."""

from __future__ import annotations

import pytest

from tests.cli.command import Finished, Madoguchi

ON = "2026-11-20"
pytestmark = pytest.mark.daemon


def check(madoguchi: Madoguchi, variant: str, *more: str, pin: bytes = b"4093") -> Finished:
    arguments = ("check", "--persona", "taro", "--variant", variant, "--pin-stdin", "--date", ON, "--json", *more)
    return madoguchi.run(*arguments, stdin=pin)


@pytest.mark.parametrize(
    ("variant", "after_pin"),
    [("plastic", 2), ("child", 2), ("iphone", 2), ("next-generation", 2)],
)
def test_a_card_with_a_pin_is_received(lived_in: Madoguchi, variant: str, after_pin: int) -> None:
    done = check(lived_in, variant)
    document = done.document("check")
    assert (done.code, document["outcome"], document["answer"]["name"]) == (0, "OK_ONLINE", "協会　太郎")
    assert document["apdus"]["after_pin"] == after_pin


def test_a_phone_that_hides_its_certificate_is_received_too(lived_in: Madoguchi) -> None:
    document = check(lived_in, "android").document("check")
    assert (document["outcome"], document["answer"]["certificate_state"]) == ("OK_ONLINE", "valid")
    assert document["apdus"]["after_pin"] > 2, "its certificate is read after the PIN"


def test_a_wrong_pin_on_a_phone_spends_one_try_of_the_phones_own(madoguchi: Madoguchi) -> None:
    assert check(madoguchi, "android", pin=b"0000").error() == "wrong_pin"
    assert check(madoguchi, "plastic").document("check")["outcome"] == "OK_ONLINE"
    refused = check(madoguchi, "android", pin=b"0000")
    assert "あと 1 回" in refused.document("error")["error"]["message"]
    assert (check(madoguchi, "android").code, check(madoguchi, "android").error()) == (5, "last_try")


@pytest.mark.parametrize(
    ("variant", "error"),
    [
        ("face-only", "face_only"),
        ("juki", "not_myna_card"),
        ("not-myna", "not_myna_card"),
        ("mute", "card_unreadable"),
    ],
)
def test_what_has_no_pin_or_is_no_my_number_card_is_told_before_any_pin(
    lived_in: Madoguchi, variant: str, error: str
) -> None:
    for pin in (b"4093", b"0000"):
        done = check(lived_in, variant, pin=pin)
        assert (done.code, done.error()) == (3, error)
    told = check(lived_in, variant, "--lang", "en").document("error")["error"]
    assert told["message"]
    assert told["remedy"]


def test_a_visit_can_be_traced_into_a_new_file_of_ones_own(madoguchi: Madoguchi) -> None:
    trace = madoguchi.home / "visit.trace"
    assert check(madoguchi, "plastic", "--trace", str(trace)).code == 0
    assert trace.stat().st_mode & 0o777 == 0o600
    lines = trace.read_text().splitlines()
    assert next(line for line in lines if line[0] == ">").startswith("> 00A4040C0AD392F000260100000001")
    assert [line for line in lines if line.startswith("> 0020")] == ["> 00200080", "> 00200080 [withheld]"]
    assert "34303933" not in trace.read_text(), "the PIN as it goes over the wire"
    again = check(madoguchi, "plastic", "--trace", str(trace))
    assert (again.code, again.error()) == (2, "file_exists")
    nowhere = check(madoguchi, "plastic", "--trace", str(madoguchi.home / "no" / "folder"))
    assert (nowhere.code, nowhere.error()) == (2, "trace_file")


def test_a_visit_that_fails_leaves_its_trace(madoguchi: Madoguchi) -> None:
    trace = madoguchi.home / "visit.trace"
    assert check(madoguchi, "juki", "--trace", str(trace)).error() == "not_myna_card"
    assert "00A4040C0AD392F000260100000001" in trace.read_text()
