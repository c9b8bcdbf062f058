"""The commands of a running `card emulate`: what is one, what is not, and that nothing typed ever comes back."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reader.transports.card_control import (
    LINE_LIMIT,
    USAGE,
    CardWish,
    ControlMistakeError,
    Help,
    LineDecoder,
    Place,
    Quit,
    Remove,
    Status,
    Swap,
    parse_command,
)

TARO = CardWish("taro")


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("place taro", Place(TARO)),
        ("place taro 1", Place(TARO, 1)),
        ("  place\ttaro   0  ", Place(TARO, 0)),
        ("swap taro 1", Swap(TARO, 1)),
        ("place taro variant=android", Place(CardWish("taro", variant="android"))),
        ("place taro 0 variant=android quirk=slow=200", Place(CardWish("taro", "android", ("slow=200",)))),
        (
            "place taro 1 quirk=first-6f00 contactless=106 quirk=tear-off=13:after",
            Place(CardWish("taro", None, ("first-6f00", "tear-off=13:after"), "106"), 1),
        ),
        ("place taro quirk=none", Place(CardWish("taro", quirks=()))),
        ("remove", Remove()),
        ("remove 1", Remove(1)),
        ("status", Status()),
        ("help", Help()),
        ("quit", Quit()),
    ],
)
def test_the_commands(line: str, command: object) -> None:
    assert parse_command(line) == command


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("", "no_command"),
        ("   \t ", "no_command"),
        ("plaice taro", "unknown_command"),
        ("PLACE taro", "unknown_command"),
        ("4093", "unknown_command"),
        ("place", "persona_missing"),
        ("place variant=android", "persona_missing"),
        ("swap variant=android taro", "persona_missing"),
        ("place taro 0 1", "too_many_words"),
        ("place taro variant=android 1", "too_many_words"),
        ("remove 0 1", "too_many_words"),
        ("status now", "too_many_words"),
        ("quit now", "too_many_words"),
        ("place taro 2", "bad_slot"),
        ("place taro -1", "bad_slot"),
        ("place taro ２", "bad_slot"),
        ("place taro ²", "bad_slot"),
        ("remove two", "bad_slot"),
        ("place taro colour=red", "bad_option"),
        ("place taro variant=", "bad_option"),
        ("place taro =android", "bad_option"),
        ("place taro quirk=none quirk=slow", "bad_option"),
        ("place taro variant=android variant=mute", "option_twice"),
        ("place taro contactless=106 contactless=106", "option_twice"),
        ("place ta\x00ro", "not_text"),
        ("place taro\x1b[2J", "not_text"),
        ("place taro\x85", "not_text"),
    ],
)
def test_what_is_no_command(line: str, code: str) -> None:
    with pytest.raises(ControlMistakeError) as mistake:
        parse_command(line)
    assert mistake.value.code == code


def test_a_reader_with_more_slots() -> None:
    assert parse_command("remove 4", slots=5) == Remove(4)
    with pytest.raises(ControlMistakeError):
        parse_command("remove 1", slots=1)


@given(st.text())
@example("place taro " * 200)
def test_any_text_is_a_command_or_a_mistake_that_repeats_nothing(line: str) -> None:
    mistake = mistake_in(line)
    if mistake is not None:
        assert (mistake.args, mistake.__context__) == ((mistake.code,), None)


def mistake_in(line: str) -> ControlMistakeError | None:
    try:
        parse_command(line)
    except ControlMistakeError as mistake:
        return mistake
    return None


words = st.lists(
    st.sampled_from(
        [
            "place",
            "swap",
            "remove",
            "status",
            "help",
            "quit",
            "taro",
            "0",
            "1",
            "variant=mute",
            "quirk=slow",
            "=",
            "x=1",
        ]
    ),
    max_size=6,
)


@given(words)
def test_nearly_right_lines_are_commands_or_mistakes(parts: list[str]) -> None:
    try:
        command = parse_command(" ".join(parts))
    except ControlMistakeError:
        return
    assert type(command).__name__.lower() == parts[0]


@given(st.lists(st.text(alphabet=st.characters(blacklist_characters="\r\n", blacklist_categories=["Cs"]), max_size=40)))
def test_any_chopping_gives_the_same_lines(lines: list[str]) -> None:
    stream = "".join(f"{line}\n" for line in lines).encode()
    decoder = LineDecoder()
    seen = [line for index in range(len(stream)) for line in decoder.feed(stream[index : index + 1])]
    assert seen == lines
    assert LineDecoder().feed(stream) == lines
    assert decoder.pending == 0


def test_lines_may_end_as_on_windows_and_the_last_one_waits_for_its_end() -> None:
    decoder = LineDecoder()
    assert decoder.feed(b"status\r\nrem") == ["status"]
    assert decoder.pending == 3
    assert decoder.feed(b"ove\n\n") == ["remove", ""]


def kinds(found: list[str | ControlMistakeError]) -> list[str]:
    return [f"!{line.code}" if isinstance(line, ControlMistakeError) else line for line in found]


def test_an_endless_line_is_one_mistake_and_takes_no_memory() -> None:
    decoder = LineDecoder()
    found = [line for _ in range(50) for line in decoder.feed(b"x" * LINE_LIMIT)]
    assert kinds(found) == ["!line_too_long"]
    assert decoder.pending <= LINE_LIMIT + 1
    assert kinds(decoder.feed(b"x\nstatus\n")) == ["status"]


def test_a_line_of_the_greatest_length_is_taken() -> None:
    assert LineDecoder().feed(b"x" * LINE_LIMIT + b"\r\n") == ["x" * LINE_LIMIT]


def test_what_is_no_text_is_a_mistake() -> None:
    assert kinds(LineDecoder().feed(b"\xff\xfe\nstatus\n")) == ["!not_text", "status"]


@given(st.lists(st.binary(max_size=2_000), max_size=10))
def test_any_bytes_are_lines_or_mistakes(chunks: list[bytes]) -> None:
    decoder, found = LineDecoder(), list[str | ControlMistakeError]()
    for chunk in chunks:
        found += decoder.feed(chunk)
        assert decoder.pending <= LINE_LIMIT + 1
    assert len(found) <= b"".join(chunks).count(b"\n") + 1


def test_the_usage_names_every_command() -> None:
    assert [usage.split()[0] for usage in USAGE] == ["place", "swap", "remove", "status", "help", "quit"]
