"""What somebody without the key cannot do unseen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.journal import Head, JournalDamagedError, Verification, read, verify
from kiosk.journal.chain import NOTHING_YET
from tests.kiosk.journal.conftest import Desk, a_visit
from tests.thoroughness import examples

Write = Callable[[int], list[Path]]


def check(desk: Desk, expect: Head | None = None) -> Verification:
    return verify(desk.folder, desk.key_file, expect=expect)


def codes(found: Verification) -> list[str]:
    return [fault.code.removeprefix("journal.fault.") for fault in found.faults]


def test_an_untouched_journal_is_whole_and_reaches_its_head(desk: Desk, written: Write) -> None:
    written(5)
    found = check(desk, desk.journal().head)
    assert found.whole
    assert not found.torn
    assert [entry.visit for entry in found.entries] == [1, 2, 3, 4, 5]


@settings(max_examples=examples(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_flipped_bit_is_found(desk: Desk, data: st.DataObject) -> None:
    if not desk.segments():
        for number in range(1, 4):
            desk.journal().record(a_visit(number))
    [segment] = desk.segments()
    whole = segment.read_bytes()
    place = data.draw(st.integers(0, len(whole) - 2))
    changed = bytearray(whole)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    segment.write_bytes(changed)
    try:
        assert not check(desk).whole or check(desk).torn
        if not check(desk).torn:
            with pytest.raises(JournalDamagedError):
                read(desk.folder, desk.key_file)
    finally:
        segment.write_bytes(whole)


def test_a_flipped_byte_costs_its_own_entry_and_is_named(desk: Desk) -> None:
    for number in range(1, 5):
        desk.journal().record(a_visit(number))
    [segment] = desk.segments()
    lines = segment.read_text().splitlines()
    flipped = "1" if lines[2][60] == "0" else "0"
    lines[2] = lines[2][:60] + flipped + lines[2][61:]
    segment.write_text("\n".join(lines) + "\n")
    found = check(desk)
    assert [(fault.code, fault.segment, fault.line) for fault in found.faults] == [
        ("journal.fault.seal", segment.name, 3)
    ]
    assert [entry.visit for entry in found.entries] == [1, 3, 4]


def test_swapped_entries_are_found(desk: Desk) -> None:
    for number in range(1, 5):
        desk.journal().record(a_visit(number))
    [segment] = desk.segments()
    opening, *entries = segment.read_text().splitlines()
    entries[1], entries[2] = entries[2], entries[1]
    segment.write_text("\n".join([opening, *entries]) + "\n")
    assert "order" in codes(check(desk))


def test_swapped_entries_with_their_numbers_put_right_are_found(desk: Desk) -> None:
    for number in range(1, 5):
        desk.journal().record(a_visit(number))
    [segment] = desk.segments()
    opening, *entries = (line.split() for line in segment.read_text().splitlines())
    entries[1][1:], entries[2][1:] = entries[2][1:], entries[1][1:]
    segment.write_text("\n".join(" ".join(line) for line in [opening, *entries]) + "\n")
    assert "seal" in codes(check(desk))


def test_an_entry_taken_out_or_doubled_is_found(desk: Desk) -> None:
    for number in range(1, 5):
        desk.journal().record(a_visit(number))
    [segment] = desk.segments()
    lines = segment.read_text().splitlines()
    for changed in (lines[:2] + lines[3:], lines[:3] + lines[2:]):
        segment.write_text("\n".join(changed) + "\n")
        assert "order" in codes(check(desk))


def test_a_segment_taken_out_or_exchanged_is_found(desk: Desk, written: Write) -> None:
    _, second, third, _ = written(5)
    content = second.read_bytes()
    second.write_bytes(third.read_bytes())
    assert "order" in codes(check(desk))
    second.unlink()
    assert "order" in codes(check(desk))
    second.write_bytes(content)
    assert check(desk).whole


def test_a_segment_of_another_counter_with_the_same_key_is_found(desk: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other")
    desk.journal().prepare()
    other.key_file.parent.mkdir(parents=True)
    other.key_file.write_bytes(desk.key_file.read_bytes())
    other.key_file.chmod(0o600)
    for number in range(1, 3):
        desk.journal("counter-1").record(a_visit(number))
        other.journal("counter-2").record(a_visit(number))
    [mine], [theirs] = desk.segments(), other.segments()
    lines, foreign = mine.read_text().splitlines(), theirs.read_text().splitlines()
    mine.write_text("\n".join([*lines[:2], foreign[2]]) + "\n")
    assert "seal" in codes(check(desk))


def test_a_cut_tail_is_seen_by_whoever_kept_the_head(desk: Desk, written: Write) -> None:
    segments = written(4)
    head = desk.journal().head
    segments[-1].unlink()
    assert check(desk).whole, "the chain alone cannot tell"
    found = check(desk, head)
    assert codes(found) == ["head"]
    with pytest.raises(ValueError, match="SEQUENCE:TAG"):
        Head.parse("7")
    assert Head.parse(str(head)) == head


def test_a_head_seen_in_the_morning_is_still_met_in_the_evening(desk: Desk, written: Write) -> None:
    written(2)
    morning = desk.journal().head
    desk.clock += timedelta(hours=8)
    desk.journal().record(a_visit(3))
    assert check(desk, morning).whole
    assert check(desk, NOTHING_YET).whole


def test_a_journal_that_was_emptied_is_seen_by_whoever_kept_the_head(desk: Desk, written: Write) -> None:
    for_removal = written(2)
    head = desk.journal().head
    for path in for_removal:
        path.unlink()
    assert codes(check(desk, head)) == ["head"]


def test_another_key_opens_nothing_and_the_counter_goes_on(desk: Desk, written: Write) -> None:
    written(2)
    desk.key_file.unlink()
    desk.journal().record(a_visit(3))
    found = check(desk)
    assert [entry.visit for entry in found.entries] == [3]
    assert codes(found) == ["seal"], "the old segment is sealed with the lost key; the chain itself is in order"


def test_a_damaged_segment_is_left_as_evidence_and_the_counter_goes_on(desk: Desk, written: Write) -> None:
    [segment] = written(2)
    damaged = segment.read_bytes()[:-10] + b"overwrite\n"
    segment.write_bytes(damaged)
    desk.journal().record(a_visit(3))
    assert segment.read_bytes() == damaged
    found = check(desk)
    assert [entry.visit for entry in found.entries] == [1, 3]
    assert codes(found)[0] == "line"
    with pytest.raises(JournalDamagedError) as refusal:
        read(desk.folder, desk.key_file)
    assert refusal.value.code == "journal.damaged"
    assert refusal.value.path == segment


def test_half_a_line_before_another_segment_is_no_crash(desk: Desk, written: Write) -> None:
    first, *_ = written(4)
    first.write_bytes(first.read_bytes() + b"7 abc")
    found = check(desk)
    assert codes(found) == ["torn"]
    assert not found.torn
