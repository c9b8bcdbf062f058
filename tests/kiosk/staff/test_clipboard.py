"""What staff are told of a clipboard whose page answers: only what they do not know already."""

from __future__ import annotations

from kiosk.staff.clipboard import BLANK, StaffClipboard


def made(written: list[str]) -> StaffClipboard:
    return StaffClipboard(written.append, lambda: 0.0, 60.0)


def test_a_page_that_did_as_it_was_told_says_nothing_new() -> None:
    clipboard = made([])
    clipboard.put("資格情報")
    assert clipboard.told("copied") == ""
    clipboard.clear()
    assert clipboard.told("cleared") == ""


def test_what_is_still_there_is_said_and_so_is_its_end() -> None:
    clipboard = made([])
    clipboard.put("資格情報")
    clipboard.clear()
    assert [clipboard.told(said) for said in ("not_cleared", "cleared", "cleared")] == [
        "side.clipboard.not_cleared",
        "side.clipboard.cleared",
        "",
    ]


def test_what_was_never_copied_is_said_and_not_cleared() -> None:
    written: list[str] = []
    clipboard = made(written)
    clipboard.put("資格情報")
    assert clipboard.told("not_copied") == "side.clipboard.not_copied"
    assert not clipboard.holds
    clipboard.clear()
    assert written == ["資格情報"]
    assert BLANK not in written


def test_a_refused_copy_takes_the_earlier_one_away() -> None:
    written: list[str] = []
    clipboard = made(written)
    clipboard.put("一人目")
    assert clipboard.told("copied") == ""
    clipboard.put("二人目")
    assert clipboard.told("not_copied") == "side.clipboard.not_copied"
    assert written == ["一人目", "二人目", BLANK, ""]
    assert not clipboard.holds
    assert clipboard.told("not_cleared") == "side.clipboard.not_cleared"
    assert clipboard.told("cleared") == "side.clipboard.cleared"


def test_after_a_refused_copy_the_next_one_is_the_first() -> None:
    written: list[str] = []
    clipboard = made(written)
    for text in ("一人目", "二人目"):
        clipboard.put(text)
        assert clipboard.told("not_copied") == "side.clipboard.not_copied"
    assert BLANK not in written


def test_a_new_copy_takes_the_place_of_what_was_left() -> None:
    clipboard = made([])
    clipboard.told("not_cleared")
    assert clipboard.told("copied") == ""
    assert clipboard.told("cleared") == ""


def test_another_word_means_nothing() -> None:
    assert made([]).told("secret") == ""
