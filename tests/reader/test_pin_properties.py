"""Over any sequence of faults and of calls: tries spent ≤ PINs submitted, and PINs sent ≤ PINs submitted.

On every kind of card, and on cards that take, refuse or misread the short forms of commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.errors import ReaderError
from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.profiles import PROFILES, PinFile
from tests.card_factory import make_variant_image
from tests.reader.fakes import CardConnection, pin
from tests.reader.faults import Fault, FaultyLine, When
from tests.reader.kinds_of_cards import JPKI_VARIANTS
from tests.reader.short_id_manners import READ_BINARY, SIGN, VERIFY, ForgetsTheFile, LooksPast, MeansAnother, Refuses
from tests.thoroughness import examples

RIGHT = (b"1234", b"ABC123")
UNFIT = (b"", b"12", b"12a4", b"123456", b"abc123", b"ABCDEFGHIJKLMNOPQ")
DIGITS = st.sampled_from([*RIGHT, b"0000", b"9999", b"ZZZZZZ", *UNFIT])

Manner = Callable[[SoftwareCard], CardConnection]
REFUSALS = (
    0x6700, 0x6981, 0x6982, 0x6985, 0x6986, 0x6A81, 0x6A82, 0x6A86, 0x6A88, 0x6B00, 0x6D00, 0x6E00, 0x6F00,
)  # fmt: skip
OTHERS = (
    0x9000, 0x6282, 0x6300, 0x63C0, 0x63C1, 0x63C2, 0x63C3, 0x63C5, 0x63CF, 0x6983, 0x6984, 0x6100, 0x6104, 0x61FF,
    0x6C00, 0x6C04, 0x6CFF,
)  # fmt: skip
REFUSAL = st.sampled_from(REFUSALS).map(lambda sw: sw.to_bytes(2, "big"))
STATUS = st.sampled_from(REFUSALS + OTHERS).map(lambda sw: sw.to_bytes(2, "big"))
INSTRUCTIONS = st.lists(st.sampled_from([READ_BINARY, VERIFY, SIGN]), min_size=1, unique=True).map(tuple)
MISTAKEN: list[Manner] = [partial(MeansAnother, wrong=wrong) for wrong in (0x18, 0x1B, 0x10, 0x14, 0x16)]
HONEST: st.SearchStrategy[Manner] = st.one_of(
    st.just(CardConnection),
    st.just(ForgetsTheFile),
    INSTRUCTIONS.map(lambda chosen: lambda card: LooksPast(card, chosen)),
    st.tuples(REFUSAL, INSTRUCTIONS).map(lambda way: lambda card: Refuses(card, way[0].hex(), way[1])),
    st.sampled_from(MISTAKEN),
)
"""Cards that take, refuse or misread the short forms, and say nothing that is untrue of the file they mean."""
ANY_MANNER = st.one_of(
    HONEST,
    st.tuples(STATUS, INSTRUCTIONS).map(lambda way: lambda card: Refuses(card, way[0].hex(), way[1])),
)
WHEN = st.sampled_from(When)
TORN = st.builds(Fault, WHEN)
ANY_FAULT = st.one_of(
    TORN,
    st.builds(Fault, WHEN, STATUS),
    st.builds(Fault, WHEN, st.binary(max_size=12)),
    st.builds(Fault, WHEN, st.tuples(st.binary(max_size=270), STATUS).map(b"".join)),
    st.builds(Fault, st.just(When.HEARD), flip=st.integers(0, 300)),
)


def plans(fault: st.SearchStrategy[Fault]) -> st.SearchStrategy[Mapping[int, Fault]]:
    return st.dictionaries(st.integers(0, 70), fault, max_size=6)


Action = tuple[str, bytes]
ALONE = st.sampled_from(
    [
        *("label", "tries", "verify", "verify last", "password tries", "password", "password last", "foreign pin"),
        *("certificate", "ca", "signing certificate", "sign", "face only", "reset", "reconnect"),
    ]
)
PINS = st.one_of(st.sampled_from([b"1234", b"0000", b"9999"]), DIGITS)
PASSWORDS = st.one_of(st.sampled_from([b"ABC123", b"ZZZZZZ"]), DIGITS)


def in_order(asked: str, submitted: str, digits: st.SearchStrategy[bytes]) -> st.SearchStrategy[list[Action]]:
    """What must come before a PIN, and then one to three of them."""
    pins = st.lists(digits, min_size=1, max_size=3)
    return pins.map(lambda typed: [("label", b""), (asked, b""), *((submitted, one) for one in typed)])


ACTIONS: st.SearchStrategy[list[Action]] = st.lists(
    st.one_of(
        in_order("tries", "verify", PINS),
        in_order("tries", "verify last", PINS),
        in_order("password tries", "password", PASSWORDS),
        in_order("password tries", "password last", PASSWORDS),
        st.tuples(ALONE, DIGITS).map(lambda alone: [alone]),
        st.tuples(ALONE, DIGITS).map(lambda alone: [alone]),
    ),
    max_size=12,
).map(lambda parts: [action for part in parts for action in part])


@dataclass
class Spent:
    """One action: what was typed, how many PINs went out, and by PIN file the tries before and after where they fell.

    `submitted_ef` is the file of the PIN that was meant; `locked`: it had no try left before.
    """

    action: str
    digits: bytes
    pins_sent: int
    submitted: int
    submitted_ef: int | None
    locked: bool
    cost: dict[int, tuple[int, int]]


class Person:
    """Somebody at a counter, doing things in any order. Keeps account of each."""

    def __init__(self, card: SoftwareCard, line: FaultyLine, *, extended: bool) -> None:
        self.card = card
        self.line = line
        self.extended = extended
        self.session: JpkiSession | None = None
        profile = PROFILES[card.image.label]
        self.pin = profile.authentication_pin
        self.password = profile.signing_pin

    def tries(self) -> dict[int, int]:
        return {ef: record.tries_left for ef, record in self.card.image.pins.items()}

    def does(self, action: str, digits: bytes) -> Spent:
        before, sent = self.tries(), self.line.pins_sent
        submitted = 0
        with suppress(ReaderError):
            if action == "reconnect" or self.session is None:
                self.session = None
                self.card.power_off()
                self.session = JpkiSession(self.line, extended=self.extended)
            elif action in ("verify", "verify last", "password", "password last", "foreign pin"):
                submitted = 1
                self.submits(self.session, action, digits)
            else:
                self.asks(self.session, action)
        now = self.tries()
        cost = {ef: (left, now[ef]) for ef, left in before.items() if now[ef] < left}
        wanted = self.password if action.startswith("password") else self.pin
        locked = wanted is not None and before.get(wanted.ef) == 0
        submitted_ef = wanted.ef if wanted is not None else None
        return Spent(action, digits, self.line.pins_sent - sent, submitted, submitted_ef, locked, cost)

    def submits(self, session: JpkiSession, action: str, digits: bytes) -> None:
        wanted: PinFile | None = self.password if action.startswith("password") else self.pin
        if action == "foreign pin":
            wanted = next(
                profile.authentication_pin for profile in PROFILES.values() if profile.authentication_pin != self.pin
            )
        assert wanted is not None
        session.verify(wanted, PinHandle(pin(digits)), allow_last_try="last" in action)

    def asks(self, session: JpkiSession, action: str) -> None:
        match action:
            case "label":
                session.kind()
            case "tries":
                session.attempts_left(self.pin)
            case "password tries":
                assert self.password is not None
                session.attempts_left(self.password)
            case "certificate":
                session.authentication_certificate()
            case "ca":
                session.authentication_ca_certificate()
            case "signing certificate":
                session.signing_certificate()
            case "sign":
                session.sign_message(b"MADOGUCHI TEST")
            case "face only":
                session.is_face_only()
            case "reset":
                self.card.reset()


def a_life(
    variant: Variant,
    manner: Manner,
    plan: Mapping[int, Fault],
    actions: list[Action],
    tries_left: int,
    *,
    extended: bool,
) -> list[Spent]:
    """What each action cost."""
    image = make_variant_image(variant, tries_left=tries_left)
    card = SoftwareCard(image)
    person = Person(card, FaultyLine(manner(card), plan), extended=extended)
    return [person.does(action, digits) for action, digits in [("reconnect", b""), *actions]]


def spent(account: Spent) -> int:
    return sum(left - now for left, now in account.cost.values())


@settings(max_examples=examples(600), deadline=None)
@given(
    variant=st.sampled_from(JPKI_VARIANTS),
    manner=ANY_MANNER,
    plan=plans(ANY_FAULT),
    actions=ACTIONS,
    tries_left=st.integers(0, 3),
    extended=st.booleans(),
)
def test_whatever_is_answered_no_more_is_sent_and_spent_than_was_submitted(
    variant: Variant,
    manner: Manner,
    plan: Mapping[int, Fault],
    actions: list[Action],
    tries_left: int,
    extended: bool,
) -> None:
    for account in a_life(variant, manner, plan, actions, tries_left, extended=extended):
        assert account.pins_sent <= account.submitted
        assert spent(account) <= account.pins_sent
        if account.digits in UNFIT[:2]:
            assert not account.pins_sent


@settings(max_examples=examples(600), deadline=None)
@given(
    variant=st.sampled_from(JPKI_VARIANTS),
    manner=HONEST,
    plan=plans(TORN),
    actions=ACTIONS,
    tries_left=st.integers(0, 3),
    extended=st.booleans(),
)
def test_as_long_as_the_card_does_not_lie_every_rule_of_a_try_holds(
    variant: Variant,
    manner: Manner,
    plan: Mapping[int, Fault],
    actions: list[Action],
    tries_left: int,
    extended: bool,
) -> None:
    """Torn off at any moment, heard or not: nothing it said is untrue, it is only not always heard."""
    for account in a_life(variant, manner, plan, actions, tries_left, extended=extended):
        assert account.pins_sent <= account.submitted
        assert spent(account) <= account.pins_sent
        if account.pins_sent:
            characters, lengths = (
                (b"0123456789", range(4, 5))
                if account.action.startswith("verify")
                else (b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", range(6, 17))
            )
            assert len(account.digits) in lengths
            assert set(account.digits) <= set(characters)
            assert account.action != "foreign pin"
            assert not account.locked
            assert variant is not Variant.FACE_ONLY or account.action.startswith("password")
            assert set(account.cost) <= {account.submitted_ef}, "another PIN paid"
        if any(left == 1 for left, _ in account.cost.values()):
            assert "last" in account.action


def test_a_try_can_be_spent_at_all() -> None:
    """That the accounts above are not all empty."""
    account = a_life(
        Variant.PLASTIC,
        CardConnection,
        {},
        [("label", b""), ("tries", b""), ("verify", b"0000"), ("verify", b"9999"), ("verify last", b"0000")],
        3,
        extended=False,
    )
    assert [one.cost for one in account] == [{}, {}, {}, {0x18: (3, 2)}, {0x18: (2, 1)}, {0x18: (1, 0)}]
    assert AUTHENTICATION_PIN.ef == 0x18
