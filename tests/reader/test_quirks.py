"""Quirks: each does what it says and nothing else, alone and over one another."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.card.applet import SoftwareCard
from reader.card.interface import CardTornError, EmulatedCard
from reader.card.quirks import QUIRKS, parse_quirk, with_quirks
from reader.card.wrapper import CardWrapper
from tests.card_factory import PIN, make_card, make_image
from tests.reader.cards import ListeningCard

SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")
READ = bytes.fromhex("00B0000000")
OK = "9000"
DATA = bytes(range(256)) * 2

NEEDED = {"tear-off": "tear-off=7"}
"""How the quirks are written that cannot be written by name alone."""
ALL = [NEEDED.get(name, name) for name in QUIRKS]


def quirky(card: EmulatedCard, *quirks: str) -> EmulatedCard:
    return with_quirks(card, [parse_quirk(quirk) for quirk in quirks], sleep=lambda _seconds: None)


def say(card: EmulatedCard, command: str | bytes) -> str:
    return card.process(bytes.fromhex(command) if isinstance(command, str) else command).hex().upper()


def giving(data: bytes, sw: str = OK) -> ListeningCard:
    return ListeningCard({READ.hex().upper(): data.hex() + sw})


# What all have in common


@pytest.mark.parametrize("quirk", ALL)
def test_a_quirk_passes_on_power_resets_and_the_atr(quirk: str) -> None:
    inner = ListeningCard()
    card = quirky(inner, quirk)
    card.power_on()
    card.reset()
    card.power_off()
    assert inner.power == ["on", "reset", "off"]
    assert card.atr == inner.atr
    assert isinstance(card, CardWrapper)
    assert card.inner is inner


@pytest.mark.parametrize("quirk", ALL)
def test_a_mute_card_stays_mute_under_every_quirk(quirk: str) -> None:
    card = quirky(ListeningCard(mute=True), quirk)
    assert card.mute
    assert [card.process(SELECT) for _ in range(10)] == [b""] * 10


@pytest.mark.parametrize("quirk", ALL)
def test_no_quirk_keeps_a_command(quirk: str) -> None:
    """Everything that a wrapper holds, in full; the card itself knows its PIN and is left out."""
    inner = ListeningCard()
    card = quirky(inner, quirk)
    verify = bytearray(bytes.fromhex("0020009804") + b"8642")
    for _ in range(7):
        try:
            card.process(verify)
        except CardTornError:
            continue
    held = {name: value for name, value in vars(card).items() if value is not inner}
    assert b"8642" not in b"".join(bytes(value) for value in held.values() if isinstance(value, bytes | bytearray))
    assert "8642" not in repr(held) + repr(card)


def test_no_quirk_is_the_card_itself() -> None:
    inner = ListeningCard()
    assert with_quirks(inner, []) is inner


def test_the_first_quirk_named_lies_next_to_the_card() -> None:
    card = quirky(ListeningCard(), "slow", "garbage")
    assert repr(card).startswith("<Garbage over <Slow over ")


# first-6f00


def test_the_first_command_after_each_power_on_is_refused_and_not_executed() -> None:
    inner = ListeningCard()
    card = quirky(inner, "first-6f00")
    for _ in range(2):
        card.power_on()
        assert [say(card, SELECT) for _ in range(3)] == ["6F00", OK, OK]
    assert len(inner.heard) == 4


def test_a_warm_reset_is_no_power_on() -> None:
    card = quirky(ListeningCard(), "first-6f00")
    card.power_on()
    assert say(card, SELECT) == "6F00"
    card.reset()
    assert say(card, SELECT) == OK


def test_a_pin_as_first_command_spends_no_try() -> None:
    inner = make_card()
    card = quirky(inner, "first-6f00")
    card.power_on()
    assert say(card, "0020009804" + b"0000".hex()) == "6F00"
    assert inner.image.pins[0x18].tries_left == 3


# chaining-61xx


def collected(card: EmulatedCard, command: bytes, most: int = 256) -> tuple[bytes, str, list[str]]:
    """The whole answer as a reader puts it together that asks for `most` bytes at a time; its status words."""
    answer = card.process(command)
    data, announced = answer[:-2], [answer[-2:].hex().upper()]
    while answer[-2] == 0x61:
        length = min(answer[-1] or 256, most)
        answer = card.process(bytes((0x00, 0xC0, 0x00, 0x00, length & 0xFF)))
        data += answer[:-2]
        announced.append(answer[-2:].hex().upper())
    return data, announced[-1], announced


def test_a_long_answer_waits_for_get_response_in_pieces() -> None:
    data, _sw, announced = collected(quirky(giving(DATA[:150]), "chaining-61xx"), READ)
    assert data == DATA[:150]
    assert announced == ["6196", "6156", "6116", OK]


def test_256_bytes_and_more_are_announced_as_00() -> None:
    for length in (256, 300, 512):
        data, _sw, announced = collected(quirky(giving(DATA[:length]), "chaining-61xx=256"), READ)
        if length == 256:
            assert announced == [OK]  # not longer than a piece
        else:
            assert announced[0] == "6100"
        assert data == DATA[:length]


@given(length=st.integers(0, 512), chunk=st.integers(1, 256), most=st.integers(1, 256))
def test_whatever_the_pieces_the_whole_is_the_same(length: int, chunk: int, most: int) -> None:
    data, sw, announced = collected(quirky(giving(DATA[:length], "6282"), f"chaining-61xx={chunk}"), READ, most)
    assert (data, sw) == (DATA[:length], "6282")
    assert len(announced) == (1 if length <= chunk else 1 + -(-length // min(chunk, most)))


@pytest.mark.parametrize("drop", ["process", "reset", "power_off", "power_on"])
def test_another_command_or_a_reset_or_no_power_drops_the_rest(drop: str) -> None:
    inner = giving(DATA[:100])
    card = quirky(inner, "chaining-61xx")
    assert say(card, READ) == "6164"
    getattr(card, drop)(*([SELECT] if drop == "process" else []))
    say(card, "00C0000064")
    assert inner.heard[-1] == "00C0000064"  # nothing waits: it is the inner card's affair


def test_get_response_in_another_form_is_another_command() -> None:
    for command in ("80C0000040", "00C00000", "00C0000100", "00C00000000040"):
        inner = giving(DATA[:100])
        card = quirky(inner, "chaining-61xx")
        say(card, READ)
        say(card, command)
        assert inner.heard[-1] == command


# wrong-le-6cxx


def test_a_command_that_asks_for_too_much_is_told_the_right_length_and_then_served() -> None:
    card = quirky(make_card(filler=0), "wrong-le-6cxx")
    card.power_on()
    say(card, SELECT)
    assert say(card, "00B08600A1") == "6CA0"  # EF 0006 has 160 bytes
    assert len(say(card, "00B08600A0")) == 2 * 162
    assert say(card, "00B0009000") == "6C10"
    assert say(card, "00B0009010").endswith("9000")


def test_a_command_that_asks_for_less_or_nothing_or_fails_is_served() -> None:
    card = quirky(make_card(), "wrong-le-6cxx")
    card.power_on()
    assert say(card, SELECT) == OK
    assert say(card, "00B0860020").endswith(OK)
    assert say(card, "00B0000004").endswith(OK)
    assert say(card, "00B07FFF04") == "6B00"
    assert say(card, "0020009804" + PIN.encode().hex()) == OK
    assert len(say(card, "802A009733" + bytes(51).hex() + "00")) == 2 * 258


def test_get_response_is_never_asked_for_again_in_another_length() -> None:
    card = quirky(giving(DATA[:100]), "chaining-61xx", "wrong-le-6cxx")
    assert say(card, READ) == "6164"
    assert say(card, "00C0000000") == DATA[:64].hex().upper() + "6124"
    assert say(card, "00C0000000") == DATA[64:100].hex().upper() + OK


# short-only


@pytest.mark.parametrize("command", ["00B00000000100", "00A4040C0000023F00", "00A4040C0000023F000000", "002000800000"])
def test_an_extended_command_is_refused_and_not_executed(command: str) -> None:
    inner = ListeningCard()
    assert say(quirky(inner, "short-only"), command) == "6700"
    assert inner.heard == []


@pytest.mark.parametrize("command", ["00200080", "00B0000000", "00A4020C020018", "802A00800131" + "00", "00"])
def test_a_short_command_is_executed(command: str) -> None:
    inner = ListeningCard()
    assert say(quirky(inner, "short-only"), command) == OK
    assert inner.heard == [command]


# slow


def test_every_command_waits_as_long_as_was_said() -> None:
    waits: list[float] = []
    card = with_quirks(ListeningCard(), [parse_quirk("slow=250"), parse_quirk("slow")], sleep=waits.append)
    card.process(SELECT)
    card.process(READ)
    assert waits == [0.2, 0.25, 0.2, 0.25]


# garbage


def test_from_the_nth_command_on_answers_are_senseless_until_power_goes() -> None:
    card = quirky(ListeningCard(), "garbage=3")
    rounds = []
    for _ in range(2):
        card.power_on()
        rounds.append([say(card, SELECT) for _ in range(40)])
        card.power_off()
    assert rounds[0] == rounds[1]  # the same nonsense every time
    assert rounds[0][:2] == [OK, OK]
    assert OK not in rounds[0][2:]
    assert len(set(rounds[0][2:])) == 38
    lengths = [len(answer) // 2 for answer in rounds[0][2:]]
    assert min(lengths) >= 1
    assert max(lengths) <= 258
    assert max(lengths) > 100 > min(lengths)


def test_a_card_that_answers_garbage_still_counts_its_tries() -> None:
    inner = make_card()
    card = quirky(inner, "garbage=1")
    card.power_on()
    say(card, SELECT)
    say(card, "0020009804" + b"0000".hex())
    assert inner.image.pins[0x18].tries_left == 2


# tear-off


def test_the_card_is_torn_off_before_the_nth_command_and_only_once() -> None:
    inner = ListeningCard()
    card = quirky(inner, "tear-off=3")
    card.power_on()
    assert [say(card, SELECT), say(card, SELECT)] == [OK, OK]
    with pytest.raises(CardTornError):
        card.process(SELECT)
    assert len(inner.heard) == 2
    card.power_off()
    card.power_on()
    assert [say(card, SELECT) for _ in range(5)] == [OK] * 5


def test_the_answer_is_lost_though_the_command_was_executed() -> None:
    inner = make_card()
    card = quirky(inner, "tear-off=2:after")
    card.power_on()
    say(card, SELECT)
    with pytest.raises(CardTornError):
        card.process(bytes.fromhex("0020009804") + b"0000")
    assert inner.image.pins[0x18].tries_left == 2


def test_commands_are_counted_anew_from_each_power_on() -> None:
    card = quirky(ListeningCard(), "tear-off=3")
    for _ in range(3):
        card.power_on()
        say(card, SELECT)
        say(card, SELECT)
    with pytest.raises(CardTornError):
        card.process(SELECT)


def test_a_card_can_be_torn_off_twice_by_two_quirks() -> None:
    card = quirky(ListeningCard(), "tear-off=1", "tear-off=2")
    torn = []
    for _ in range(4):
        try:
            say(card, SELECT)
            torn.append(False)
        except CardTornError:
            torn.append(True)
    assert torn == [True, True, False, False]


# wrong-length, flip-byte


@pytest.mark.parametrize(
    ("quirk", "answer", "heard"),
    [
        ("wrong-length=2", "0102039000", "01029000"),
        ("wrong-length=2", "9000", "90"),
        ("wrong-length=2:long", "0102039000", "010203039000"),
        ("wrong-length=2:long", "9000", "009000"),
        ("flip-byte=2", "0102039000", "0103039000"),
        ("flip-byte=2:sw", "0102039000", "0102039001"),
        ("flip-byte=2:sw", "63C3", "63C2"),
    ],
)
def test_the_nth_answer_after_each_power_on_is_wrong_and_no_other(quirk: str, answer: str, heard: str) -> None:
    card = quirky(giving(b"", answer), quirk)
    for _ in range(2):
        card.power_on()
        assert [say(card, READ) for _ in range(4)] == [answer, heard, answer, answer]


def test_the_flip_waits_for_an_answer_that_has_data() -> None:
    card = quirky(giving(b"\x01\x02\x03"), "flip-byte=2")
    card.power_on()
    assert [say(card, command) for command in (READ, SELECT, SELECT, READ, READ)] == [
        "0102039000",
        OK,
        OK,
        "0103039000",
        "0102039000",
    ]


# All together


@pytest.mark.parametrize(
    "order", list(itertools.permutations(["first-6f00", "chaining-61xx", "wrong-le-6cxx", "short-only", "slow"]))
)
def test_lawful_quirks_in_any_order_change_no_data(order: tuple[str, ...]) -> None:
    image = make_image(filler=0)
    card = quirky(SoftwareCard(image), *order)
    card.power_on()
    assert say(card, SELECT) == "6F00"
    assert say(card, SELECT) == OK
    read = b""
    while len(read) < len(image.auth_certificate):
        command = (
            bytes((0x00, 0xB0, 0x8A, 0x00, 0x00))
            if not read
            else bytes((0x00, 0xB0, len(read) >> 8, len(read) & 0xFF, 0x00))
        )
        data, sw, _ = collected(card, command)
        if sw.startswith("6C"):
            data, sw, _ = collected(card, command[:4] + bytes.fromhex(sw[2:]))
        assert sw == OK
        read += data
    assert read == image.auth_certificate
