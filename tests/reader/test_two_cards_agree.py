"""The software card and a card by another author, asked the same at random: they answer the same.

Commands come in two kinds. Those the sheet describes must be answered alike, byte for byte, but for the few status
words in `SILENT`. Bent ones (a byte changed, added, taken away) must be taken or refused alike; with which word, the
sheet does not say. What breaks if this is wrong: our card and our reading code share a mistake, and nobody sees it.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, Literal

import pytest
from hypothesis import Phase, assume, example, find, given, settings
from hypothesis import strategies as st

from reader.card.interface import EmulatedCard
from tests.contract.makers import independent, ours
from tests.thoroughness import examples

pytestmark = pytest.mark.broad

JPKI: Final = bytes.fromhex("D392F000260100000001")
OTHER_APPLICATIONS: Final = tuple(bytes.fromhex(f"D392100031000101{tail}") for tail in ("0100", "0401", "0402", "0408"))
FILES: Final = (0x01, 0x02, 0x06, 0x08, 0x0A, 0x0B, 0x17, 0x18, 0x1A, 0x1B)
MISSING: Final = (0x03, 0x1D)
"""Files nobody has ever seen on a card."""
NOT_UNDERSTOOD: Final = frozenset({0x05, 0x09, 0x10, 0x16})
"""Files that were seen and not understood (§1.2): not asked for, and the other author's card has none of them."""
PIN_FILES: Final = (0x18, 0x1B)
KEY_FILES: Final = (0x17, 0x1A)
OK: Final = b"\x90\x00"
SELECT_JPKI: Final = b"\x00\xa4\x04\x0c\x0a" + JPKI


@dataclass(frozen=True)
class Said:
    """A command the sheet describes."""

    raw: bytes

    def __repr__(self) -> str:
        return self.raw.hex().upper()


@dataclass(frozen=True, repr=False)
class Bent(Said):
    """A command that is wrong somewhere."""


Power = Literal["power cycle", "warm reset"]
Step = Said | Power


@dataclass(frozen=True)
class Silence:
    """Refusals that the sheet does not tell apart for an instruction (for the commands that `fits` names), and why."""

    instruction: int
    words: frozenset[str]
    why: str
    fits: Callable[[bytes], bool] = lambda raw: True


def _unknown_mode(raw: bytes) -> bool:
    return raw[2] > 5


def _wrong_size(raw: bytes) -> bool:
    return raw[4] not in ((32,) if raw[2] in (2, 4) else range(1, 246 if raw[2] == 0 else 256))


CHANGE: Final = 0x24
SIGN: Final = 0x2A
NOT_ALLOWED: Final = frozenset({"6981", "6982", "6986", "6a82"})
SILENT: Final = (
    Silence(SIGN, frozenset({"6985", "6700"}), "§1.3: wrong input size is answered `6985` or `6700`", _wrong_size),
    Silence(SIGN, NOT_ALLOWED | {"6985", "6700"}, "wrong size and no right to sign: which comes first?", _wrong_size),
    Silence(SIGN, NOT_ALLOWED | {"6a86"}, "unknown mode and no right to sign: which comes first?", _unknown_mode),
)


def _with_length(data: bytes) -> bytes:
    return bytes((len(data),)) + data


def _ef(*choices: int) -> st.SearchStrategy[int]:
    return st.sampled_from(choices)


def _p2(*files: int) -> st.SearchStrategy[int]:
    """The current file, or one by its short name."""
    return st.sampled_from((0x80, 0x80, *(0x80 + ef for ef in files)))


NAMES = st.one_of(
    st.just(JPKI),
    st.integers(3, 9).map(lambda size: JPKI[:size]),
    st.sampled_from(OTHER_APPLICATIONS),
    st.sampled_from((JPKI + b"\0", bytes.fromhex("A000000308000010000100"))),
)
"""Prefixes of two bytes and less fit several applications: which one answers is not known."""

COMMANDS = st.one_of(
    NAMES.map(lambda name: b"\x00\xa4\x04\x0c" + _with_length(name)),
    _ef(*FILES, *MISSING, 0x3F00).map(lambda ef: b"\x00\xa4\x02\x0c\x02" + ef.to_bytes(2, "big")),
    st.builds(
        lambda offset, le: b"\x00\xb0" + offset.to_bytes(2, "big") + bytes((le,)),
        st.one_of(st.integers(0, 2_000), st.integers(0, 0x7FFF)),
        st.integers(0, 255),
    ),
    st.builds(
        lambda ef, offset, le: bytes((0x00, 0xB0, 0x80 + ef, offset, le)),
        _ef(*FILES, *MISSING),
        st.integers(0, 255),
        st.integers(0, 255),
    ),
    _p2(*FILES, *MISSING).map(lambda p2: bytes((0x00, 0x20, 0x00, p2))),
    st.builds(
        lambda p2, secret: bytes((0x00, 0x20, 0x00, p2)) + _with_length(secret),
        _p2(*PIN_FILES),
        st.sampled_from((b"1234", b"ABC123", b"0000", b"9999", b"XXXXXX")),
    ),
    st.builds(
        lambda ef, secret: bytes((0x00, 0x24, 0x01, 0x80 + ef)) + _with_length(secret * (1 if ef == 0x18 else 2)),
        _ef(*PIN_FILES),
        st.sampled_from((b"9999", b"1234")),
    ),
    st.builds(
        lambda mode, p2, given: bytes((0x80, 0x2A, mode, p2)) + _with_length(given) + b"\0",
        st.integers(0, 7),
        _p2(*KEY_FILES),
        st.one_of(*(st.binary(min_size=size, max_size=size) for size in (1, 32, 51, 245, 255))),
    ),
    st.integers(0, 255).map(lambda le: bytes((0x00, 0x84, 0x00, 0x00, le))),
    st.sampled_from(
        [
            bytes.fromhex(text)
            for text in (
                *("00A40000", "00A4000C023F00", "00CADF3005", "00CB3FFF035C017E00", "C0A4000000", "01B0000000"),
                *("80A20000", "80A200AE", "80A28000", "80A200B6", "80AE0000", "00840000000100"),
            )
        ]
    ),
)


def named_files(raw: bytes) -> tuple[int, ...]:
    """Every file that a command may name, by its id or its short name."""
    return () if len(raw) < 4 else (raw[2] & 0x1F, raw[3] & 0x1F, int.from_bytes(raw[5:7], "big"))


@st.composite
def bent(draw: st.DrawFn) -> Bent:
    """A described command with one thing wrong. Not a CHANGE: which PINs a card lets be set is nowhere told."""
    raw = bytearray(draw(COMMANDS.filter(lambda raw: raw[1] != CHANGE)))
    where = draw(st.integers(0, len(raw) - 1))
    match draw(st.sampled_from(("change", "add", "cut", "flip"))):
        case "change":
            raw[where] = draw(st.integers(0, 255))
        case "add":
            raw += draw(st.binary(min_size=1, max_size=3))
        case "cut":
            del raw[where:]
        case _:
            raw[min(where, 3)] ^= 1 << draw(st.integers(0, 7))
    assume(raw[1:2] != bytes((CHANGE,)))
    assume(NOT_UNDERSTOOD.isdisjoint(named_files(bytes(raw))))
    return Bent(bytes(raw))


def _said(*texts: str) -> list[Step]:
    return [Said(bytes.fromhex(text)) for text in (SELECT_JPKI.hex(), *texts)]


IDIOMS = st.sampled_from(
    (
        _said(),
        _said("002000980431323334"),
        _said("0020009B06414243313233"),
        _said("002000980430303030"),
        _said("802A009703AABBCC00"),
        _said("802A029A20" + "5A" * 32 + "00"),
        _said("00B0810000"),
    )
)
"""What programs do in one go, from the start: random commands alone seldom come as far as a signature."""

PARTS = st.one_of(
    *(COMMANDS.map(lambda raw: [Said(raw)]),) * 5,
    bent().map(lambda step: [step]),
    st.sampled_from((["power cycle"], ["warm reset"])),
    IDIOMS,
    IDIOMS,
)
STEPS = st.lists(st.lists(PARTS, max_size=20), max_size=20).map(
    lambda many: [step for parts in many for part in parts for step in part]
)
"""Lists of lists come out longer than lists, and shrink as well."""


def twins() -> tuple[EmulatedCard, EmulatedCard]:
    """The two cards with the same content: EF 0006 is read off ours, because most of it is nowhere described."""
    ours_card = ours()
    ours_card.power_on()
    ours_card.process(SELECT_JPKI)
    token = ours_card.process(bytes.fromhex("00B08600A0"))[:-2]
    cards = (ours_card, independent(token=token))
    for card in cards:
        card.power_off()
        card.power_on()
    return cards


def refused(answer: bytes) -> bool:
    """A status word and no data, neither success nor a count of tries nor anything to be continued."""
    return len(answer) == 2 and (0x64 <= answer[0] <= 0x6F) and answer[0] != 0x6C


def alike(step: Said, first: bytes, second: bytes) -> bool:
    """Whether two answers to a command say the same."""
    if first == second:
        return True
    words = frozenset((first[-2:].hex(), second[-2:].hex()))
    instruction = step.raw[1] if len(step.raw) > 1 else None
    random_answer = instruction == 0x84 or (instruction == 0x2A and step.raw[2] >= 4)
    if len(words) == 1 and random_answer:
        return len(first) == len(second)
    if not (refused(first) and refused(second)):
        return False
    return isinstance(step, Bent) or any(
        silence.instruction == instruction and words <= silence.words and silence.fits(step.raw) for silence in SILENT
    )


def leaves_open_which_file_is_current(step: Said) -> bool:
    """§1.3 says of READ BINARY by short name that the file becomes current, and of the other commands nothing."""
    return len(step.raw) >= 4 and step.raw[1] in (0x20, 0x24, 0x2A) and step.raw[3] != 0x80


def is_a_wrong_pin(step: Said, answer: bytes) -> bool:
    """§1.7 says how long a VERIFY lasts, but not whether a wrong PIN after it ends that: power does, for certain."""
    return step.raw[1:2] == b"\x20" and len(step.raw) > 5 and answer[:1] == b"\x63"


def selects_by_name(step: Said) -> bool:
    """Whether the step may make another application current."""
    return step.raw[1:3] == b"\xa4\x04"


def first_difference(steps: list[Step], cards: tuple[EmulatedCard, EmulatedCard]) -> str | None:
    """Do the steps with both cards: where their answers first differ, or None."""

    def both(raw: bytes) -> tuple[bytes, bytes]:
        return cards[0].process(raw), cards[1].process(raw)

    def power_cycle() -> None:
        for card in cards:
            card.power_off()
            card.power_on()

    selected = bytes.fromhex("00A4020C020018")
    verified = in_another_application = False
    for step in steps:
        if step == "power cycle":
            power_cycle()
            verified = in_another_application = False
            continue
        if step == "warm reset":
            for card in cards:
                card.reset()
        elif in_another_application and not selects_by_name(step):
            continue
        # What is selected after a warm reset is not told; that the PIN stays verified is.
        asked = Said(SELECT_JPKI) if isinstance(step, str) else step
        first, second = both(asked.raw)
        if not alike(asked, first, second):
            return f"{asked!r}: {first.hex().upper()} and {second.hex().upper()}"
        if first == OK and selects_by_name(asked):
            # What lies in the others is no part of the comparison, only that they can be selected.
            in_another_application = not JPKI.startswith(asked.raw[5:]) or len(asked.raw) < 8
        if asked.raw[:4] == selected[:4] and first == OK:
            selected = asked.raw
        if in_another_application:
            continue
        if verified and is_a_wrong_pin(asked, first):
            power_cycle()
            verified = False
        verified = verified or (asked.raw[1:2] == b"\x20" and first == OK)
        if leaves_open_which_file_is_current(asked):
            first, second = both(selected)
            if first != second:
                return f"{selected.hex().upper()}: {first.hex().upper()} and {second.hex().upper()}"
    return None


@settings(max_examples=examples(400), deadline=None)
@given(STEPS)
@example([Said(SELECT_JPKI), *(Said(bytes.fromhex("002000980430303030")),) * 4, Said(bytes.fromhex("00200098"))])
def test_two_cards_answer_the_same_to_the_same_commands(steps: list[Step]) -> None:
    assert first_difference(steps, twins()) is None


def test_the_other_authors_card_imports_nothing_of_ours() -> None:
    """Looked at in a new interpreter, so that nothing else can have been imported on the way."""
    script = "import sys, tests.independent_card.card; print(*(m for m in sys.modules if m.split('.')[0] == 'reader'))"
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert printed.split() == []


class Damaged:
    """The other author's card with one mistake."""

    def __init__(self, card: EmulatedCard, mistake: str) -> None:
        self.card, self.mistake = card, mistake
        self.mute, self.atr = card.mute, card.atr

    def process(self, command: bytes | bytearray) -> bytes:
        """The card's answer, with the mistake in it."""
        if self.mistake == "asking costs a try" and command == bytes.fromhex("00200098"):
            return self.card.process(bytes.fromhex("002000980431313131"))
        answer = self.card.process(command)
        if self.mistake == "reads too far" and answer == b"\x6b\x00":
            return OK
        if self.mistake == "the last byte is lost" and len(answer) == 258 and command[1] == 0xB0:
            return answer[:255] + OK
        return answer

    def power_on(self) -> None:
        """Give power, but to a card that by mistake never lost it."""
        if self.mistake != "stays verified":
            self.card.power_on()

    def power_off(self) -> None:
        """Cold, or by mistake warm."""
        if self.mistake == "stays verified":
            self.card.reset()
        else:
            self.card.power_off()

    def reset(self) -> None:
        """Warm, or by mistake cold."""
        self.card.reset()
        if self.mistake == "a reset takes the PIN":
            self.card.power_off()


SEARCH = settings(max_examples=20_000, deadline=None, database=None, phases=[Phase.generate])
MISTAKES = ("asking costs a try", "reads too far", "the last byte is lost", "stays verified", "a reset takes the PIN")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_card_with_one_mistake_is_found_out(mistake: str) -> None:
    """The comparison itself: the strategies come upon each of these by themselves."""

    def differs(steps: list[Step]) -> bool:
        return first_difference(steps, (independent(), Damaged(independent(), mistake))) is not None

    find(STEPS, differs, settings=SEARCH, random=Random(3))
