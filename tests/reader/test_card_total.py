"""Whatever bytes come in, the software card answers a status word of its list and keeps its counters right."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from tests.card_factory import make_variant
from tests.thoroughness import examples

KNOWN = {
    0x6700, 0x6881, 0x6882, 0x6981, 0x6982, 0x6984, 0x6985, 0x6986, 0x6A82, 0x6A83, 0x6A86, 0x6A88, 0x6B00, 0x6D00,
    0x6E00, 0x9000, *range(0x63C0, 0x63D0),
}  # fmt: skip
"""Every status word of the card but 6581 (disk) and 6F00, which would hide a fault of ours."""

INTERESTING = st.sampled_from([0x00, 0x01, 0x02, 0x04, 0x0C, 0x80, 0x8A, 0x96, 0x97, 0x98, 0x9A, 0x9B, 0xFF])
NEAR_APDU = st.builds(
    lambda cla, ins, p1, p2, body: bytes((cla, ins, p1, p2)) + body,
    st.sampled_from([0x00, 0x80]) | st.integers(0, 255),
    st.sampled_from([0xA4, 0xB0, 0xB2, 0x20, 0x24, 0x2A, 0x84, 0xA2, 0xCA]) | st.integers(0, 255),
    INTERESTING,
    INTERESTING,
    st.sampled_from(
        [
            b"",
            b"\x00",
            b"\x04",
            bytes.fromhex("0AD392F000260100000001"),
            bytes.fromhex("0AD3921000310001010100"),
            bytes.fromhex("0AD3921000310001010402"),
            bytes.fromhex("020011"),
            bytes.fromhex("020018"),
            bytes.fromhex("020017"),
            bytes.fromhex("02001A"),
            bytes.fromhex("020001"),
            b"\x041234",
            b"\x040000",
            b"\x06ABC123",
            bytes.fromhex("20") + bytes(32) + b"\x00",
            bytes.fromhex("000000"),
        ]
    )
    | st.binary(max_size=40),
)
SELECT_AP = bytes.fromhex("00A4040C0AD392F000260100000001")
COMMANDS = st.lists(st.binary(max_size=300) | NEAR_APDU | st.just(SELECT_AP), max_size=30)


ANSWERING = st.sampled_from([variant for variant in Variant if variant is not Variant.MUTE])


@settings(max_examples=examples(300), deadline=None)
@given(ANSWERING, COMMANDS)
def test_any_bytes_give_a_known_status_word(variant: Variant, commands: list[bytes]) -> None:
    card = make_variant(variant)
    for command in commands:
        answer = card.process(command)
        assert len(answer) >= 2
        assert int.from_bytes(answer[-2:], "big") in KNOWN
        assert len(answer) == 2 or answer[-2:] == b"\x90\x00"


Counters = dict[tuple[bytes, int], int]


def counters(card: SoftwareCard) -> Counters:
    """The tries left of every PIN of every application."""
    applications = card.image.applications.items()
    return {(aid, ef): pin.tries_left for aid, one in applications for ef, pin in one.pins.items()}


@settings(max_examples=examples(200), deadline=None)
@given(ANSWERING, COMMANDS)
def test_only_a_wrong_pin_costs_a_try_and_only_the_right_one_brings_it_back(
    variant: Variant, commands: list[bytes]
) -> None:
    card = make_variant(variant)
    for command in commands:
        before = counters(card)
        sw = int.from_bytes(card.process(command)[-2:], "big")
        after = counters(card)
        changed = [one for one in before if before[one] != after[one]]
        assert len(changed) <= 1
        for aid, ef in changed:
            left = after[aid, ef]
            assert command[1] == 0x20
            assert (sw == 0x9000 and left == card.image.applications[aid].pins[ef].limit) or (
                sw == 0x63C0 | left and left == before[aid, ef] - 1
            )


def test_a_broken_chip_says_nothing_to_anything() -> None:
    card = make_variant(Variant.MUTE)
    assert [card.process(command) for command in (SELECT_AP, b"", bytes(300))] == [b"", b"", b""]
