"""How quirks are written: each by its name, and what is no quirk is refused with what there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.card.quirks import QUIRKS, Quirk, QuirkError, parse_quirk


@pytest.mark.parametrize(
    ("written", "name", "number", "word"),
    [
        ("first-6f00", "first-6f00", 0, ""),
        ("chaining-61xx", "chaining-61xx", 64, ""),
        ("chaining-61xx=256", "chaining-61xx", 256, ""),
        ("wrong-le-6cxx", "wrong-le-6cxx", 0, ""),
        ("short-only", "short-only", 0, ""),
        ("slow", "slow", 200, ""),
        ("slow=1", "slow", 1, ""),
        ("garbage", "garbage", 3, ""),
        ("tear-off=13", "tear-off", 13, "before"),
        ("tear-off=13:after", "tear-off", 13, "after"),
        ("wrong-length=2:long", "wrong-length", 2, "long"),
        ("wrong-length", "wrong-length", 3, "short"),
        ("flip-byte=4:sw", "flip-byte", 4, "sw"),
    ],
)
def test_a_quirk_is_read_from_its_name(written: str, name: str, number: int, word: str) -> None:
    quirk = parse_quirk(written)
    assert (quirk.kind.name, quirk.number, quirk.word) == (name, number, word)
    assert parse_quirk(str(quirk)) == quirk


@pytest.mark.parametrize(
    ("written", "mistake"),
    [
        ("", "unknown"),
        ("slowly", "unknown"),
        ("SLOW", "unknown"),
        ("=3", "unknown"),
        ("first-6f00=1", "number_unwanted"),
        ("short-only=", "number_unwanted"),
        ("tear-off", "number_missing"),
        ("tear-off=", "number_range"),
        ("tear-off=0", "number_range"),
        ("tear-off=-1", "number_range"),
        ("tear-off=+1", "number_range"),
        ("tear-off=1.5", "number_range"),
        ("tear-off=١", "number_range"),
        ("tear-off=²", "number_range"),
        ("slow=60001", "number_range"),
        ("chaining-61xx=257", "number_range"),
        ("slow=" + "9" * 5_000, "number_range"),
        ("tear-off=3:later", "word"),
        ("tear-off=3:", "word"),
        ("slow=3:after", "word"),
        ("tear-off:after", "unknown"),
    ],
)
def test_what_is_no_quirk_is_refused_with_what_was_wrong_and_what_there_is(written: str, mistake: str) -> None:
    with pytest.raises(QuirkError) as refusal:
        parse_quirk(written)
    assert (refusal.value.mistake, refusal.value.quirk) == (mistake, written)
    assert refusal.value.names == tuple(QUIRKS)
    assert (refusal.value.usage == "") == (mistake == "unknown")


@given(st.text(max_size=40) | st.builds("{}={}".format, st.sampled_from(sorted(QUIRKS)), st.text(max_size=10)))
def test_any_text_is_a_quirk_or_a_quirk_error(text: str) -> None:
    try:
        quirk = parse_quirk(text)
    except QuirkError:
        return
    assert isinstance(quirk, Quirk)


def test_the_help_can_say_how_each_is_written() -> None:
    assert [kind.usage for kind in QUIRKS.values()] == [
        "first-6f00",
        "chaining-61xx[=BYTES]",
        "wrong-le-6cxx",
        "short-only",
        "slow[=MS]",
        "garbage[=N]",
        "tear-off=N[:before|after]",
        "wrong-length[=N[:short|long]]",
        "flip-byte[=N[:data|sw]]",
    ]
