"""Card and session against a model of a few numbers: whatever is done in whatever order, the tries are the patient's.

The model knows where the card is, how many tries each PIN has, what is verified, and what the session was told; it
knows no APDU and no file. Everything goes through the software reader, in process; a card can be torn off just before
or just after it took a PIN. What breaks if this is wrong: a PIN try is spent that nobody typed, or a signature is made
for somebody who did not show theirs.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from reader.card.image import CardImage
from reader.card.interface import CardTornError, EmulatedCard
from reader.connection import SlotState, SmartCardConnection
from reader.errors import (
    CardBusyError,
    CardRemovedError,
    NoCardError,
    PinBlockedError,
    StatusWordError,
    UnsafePinError,
    WrongPinError,
)
from reader.jpki import AUTHENTICATION_PIN, SIGNING_PIN, JpkiSession, PinFile
from reader.pin import PinHandle
from reader.transports.in_process import SoftwareReader
from tests.card_factory import PIN, SIGN_PASSWORD, make_card, throw_away_pair
from tests.thoroughness import examples

pytestmark = pytest.mark.broad

Moment = Literal["before", "after"]
PINS = {"pin": AUTHENTICATION_PIN, "password": SIGNING_PIN}
SECRETS = {"pin": (PIN, "0000"), "password": (SIGN_PASSWORD, "XXXXXX")}
"""The right one and a wrong one."""
FULL = {"pin": 3, "password": 5}
NOT_VERIFIED = 0x6982
which_pin = st.sampled_from(tuple(PINS))


class TearingCard:
    """A card that can be torn off at its next VERIFY with a PIN: before it took the PIN, or before it could answer."""

    def __init__(self, card: EmulatedCard) -> None:
        self.card = card
        self.mute, self.atr = card.mute, card.atr
        self.power_on, self.power_off, self.reset = card.power_on, card.power_off, card.reset
        self.tear: Moment | None = None

    def process(self, command: bytes | bytearray) -> bytes:
        """The card's answer. Raises CardTornError at the moment asked for, once."""
        if self.tear is None or command[1] != 0x20 or len(command) <= 5:
            return self.card.process(command)
        moment, self.tear = self.tear, None
        if moment == "after":
            self.card.process(command)
        raise CardTornError


@dataclass
class Model:
    """All that should matter."""

    lies_there: bool = True
    powered: bool = False
    tries: dict[str, int] = field(default_factory=lambda: dict(FULL))
    verified: set[str] = field(default_factory=set)
    submitted: dict[str, int] = field(default_factory=lambda: dict.fromkeys(FULL, 0))
    label_known: bool = False
    tries_known: set[str] = field(default_factory=set)

    def lose_power(self) -> None:
        """The card forgets what was verified, the session is over."""
        self.powered = False
        self.verified.clear()
        self.new_session()

    def new_session(self) -> None:
        """Nothing was asked yet."""
        self.label_known = False
        self.tries_known.clear()

    def refusal(self, pin: str, allow_last_try: bool) -> str | None:
        """Why a session sends no VERIFY, or None where it does."""
        if not self.label_known or pin not in self.tries_known:
            return "order"
        if self.tries[pin] == 0:
            return "blocked"
        return "last_try" if self.tries[pin] == 1 and not allow_last_try else None

    def take(self, pin: str, right: bool) -> None:
        """The card got a PIN."""
        self.submitted[pin] += 1
        if right:
            self.tries[pin] = FULL[pin]
            self.verified.add(pin)
        else:
            self.tries[pin] -= 1
            self.verified.discard(pin)


def _has_power(machine: CardAndSession) -> bool:
    return machine.model.powered


in_session = precondition(_has_power)
"""A rule for when the card has power and its application is selected."""


class CardAndSession(RuleBasedStateMachine):
    """The real things and the model, side by side."""

    connection: SmartCardConnection
    session: JpkiSession
    card_class = TearingCard

    @initialize(pin=st.integers(0, 3), password=st.integers(0, 5))
    def a_card_with_a_past(self, pin: int, password: int) -> None:
        """Tries may have been spent years ago."""
        self.model = Model(tries={"pin": pin, "password": password})
        self.spent = dict.fromkeys(FULL, 0)
        self.last_tries = dict(self.model.tries)
        self.soft_card = make_card(tries_left=pin, sign_tries_left=password, save=self._count)
        self.card = self.card_class(self.soft_card)
        self.reader = SoftwareReader()
        self.reader.place(self.card)

    def _count(self, image: CardImage) -> None:
        for name, pin_file in PINS.items():
            now = image.pins[pin_file.ef].tries_left
            self.spent[name] += max(0, self.last_tries[name] - now)
            self.last_tries[name] = now

    # Where the card is

    def _place(self) -> None:
        self.reader.place(self.card)
        self.model.lose_power()
        self.model.lies_there = True

    def _remove(self) -> None:
        self.reader.remove()
        was_open = self.model.powered
        self.model.lose_power()
        self.model.lies_there = False
        if was_open:
            with pytest.raises(CardRemovedError):
                self.session.attempts_left(AUTHENTICATION_PIN)

    def _connect(self) -> None:
        if self.model.powered:
            with pytest.raises(CardBusyError):
                self.reader.connect()
        elif not self.model.lies_there:
            with pytest.raises(NoCardError):
                self.reader.connect()
        else:
            self.connection = self.reader.connect()
            self.session = JpkiSession(self.connection)
            self.model.powered = True

    def _close(self) -> None:
        if self.model.powered:
            self.connection.close()
            self.model.lose_power()

    def _warm_reset(self) -> None:
        self.card.reset()
        if self.model.powered:
            self.session = JpkiSession(self.connection)
            self.model.new_session()

    @rule(what=st.sampled_from(("place", "remove", "connect", "close", "warm_reset")))
    def a_hand_or_a_program_does(self, what: str) -> None:
        """Laid down (also where it lay), taken away, powered up, powered down, reset; each at any moment."""
        getattr(self, f"_{what}")()

    @rule()
    def begin_a_visit(self) -> None:
        """Everything before the PIN, from wherever things are."""
        if not self.model.lies_there:
            self._place()
        if not self.model.powered:
            self._connect()
        self.ask_who_it_is()
        for pin in PINS:
            self.ask_for_tries(pin)

    # What a visit does

    @in_session
    @rule()
    def ask_who_it_is(self) -> None:
        """Label and kind."""
        assert self.session.kind() == "plastic"
        self.model.label_known = True

    @in_session
    @rule()
    def read_the_certificate(self) -> None:
        """No PIN on this card."""
        assert self.session.authentication_certificate() == throw_away_pair("user authentication").der
        self.model.label_known = True

    @in_session
    @rule(pin=which_pin)
    def ask_for_tries(self, pin: str) -> None:
        """As often as one likes."""
        assert self.session.attempts_left(PINS[pin]) == self.model.tries[pin]
        self.model.tries_known.add(pin)

    def _verify(self, pin: str, secret: str, allow_last_try: bool) -> None:
        handle = PinHandle(bytearray(secret.encode()))
        self.session.verify(PINS[pin], handle, allow_last_try=allow_last_try)

    @in_session
    @rule(pin=which_pin, right=st.booleans(), allow_last_try=st.booleans())
    def verify(self, pin: str, right: bool, allow_last_try: bool) -> None:
        """A right or a wrong one, with or without leave to spend the last try."""
        secret = SECRETS[pin][0 if right else 1]
        refusal = self.model.refusal(pin, allow_last_try)
        if refusal == "blocked":
            with pytest.raises(PinBlockedError):
                self._verify(pin, secret, allow_last_try)
        elif refusal is not None:
            with pytest.raises(UnsafePinError, match=refusal):
                self._verify(pin, secret, allow_last_try)
        elif right:
            self._verify(pin, secret, allow_last_try)
            self.model.take(pin, right)
            self.model.tries_known.clear()
        else:
            with pytest.raises(WrongPinError) as wrong:
                self._verify(pin, secret, allow_last_try)
            self.model.take(pin, right)
            assert wrong.value.attempts_left == self.model.tries[pin]
            self.model.tries_known = {pin}

    @in_session
    @rule(pin=which_pin, secret=st.sampled_from(("", "12", "123456789012345678", "12é4", "abcdef")))
    def verify_what_can_be_no_pin(self, pin: str, secret: str) -> None:
        """Refused here, whatever else is true: it never reaches the card."""
        with pytest.raises((UnsafePinError, PinBlockedError)):
            self._verify(pin, secret, True)

    @in_session
    @rule(pin=which_pin, right=st.booleans(), moment=st.sampled_from(("before", "after")))
    def tear_at_verify(self, pin: str, right: bool, moment: Moment) -> None:
        """The card leaves while it is asked: the try is spent or not, and nobody can tell before it lies there."""
        if self.model.refusal(pin, True) is not None:
            return
        self.card.tear = moment
        with pytest.raises(CardRemovedError):
            self._verify(pin, SECRETS[pin][0 if right else 1], True)
        if moment == "after":
            self.model.take(pin, right)
        else:
            self.model.submitted[pin] += 1
        assert self.reader.wait_for_change(None, 0).state is SlotState.EMPTY
        self.model.lose_power()
        self.model.lies_there = False

    @in_session
    @rule(message=st.binary(max_size=40))
    def sign(self, message: bytes) -> None:
        """With 利用者証明用秘密鍵."""
        self.model.label_known = True
        if "pin" not in self.model.verified:
            with pytest.raises(StatusWordError) as refusal:
                self.session.sign_message(message)
            assert refusal.value.sw == NOT_VERIFIED
        else:
            signature = self.session.sign_message(message)
            throw_away_pair("user authentication").key.public_key().verify(signature, message, PKCS1v15(), SHA256())

    @in_session
    @rule()
    def read_the_signing_certificate(self) -> None:
        """Behind the password."""
        self.model.label_known = True
        if "password" not in self.model.verified:
            with pytest.raises(StatusWordError) as refusal:
                self.session.signing_certificate()
            assert refusal.value.sw == NOT_VERIFIED
        else:
            assert self.session.signing_certificate() == throw_away_pair("digital signature").der

    # What is always true

    def _tries(self, pin_file: PinFile) -> int:
        return self.soft_card.image.pins[pin_file.ef].tries_left

    @invariant()
    def the_card_counts_as_the_model_does(self) -> None:
        """Tries are what they should be, also in the image that outlives the program."""
        if hasattr(self, "model"):
            assert {name: self._tries(pin_file) for name, pin_file in PINS.items()} == self.model.tries

    @invariant()
    def no_try_is_spent_that_nobody_typed(self) -> None:
        """Tries spent ≤ PINs submitted."""
        if hasattr(self, "model"):
            assert all(self.spent[name] <= self.model.submitted[name] for name in FULL), self.spent

    def teardown(self) -> None:
        """Let go of the reader."""
        with suppress(AttributeError):
            self.reader.close()


TestCardAndSession = CardAndSession.TestCase
TestCardAndSession.settings = settings(max_examples=examples(300), stateful_step_count=40, deadline=None)


class StutteringCard(TearingCard):
    """Everything arrives twice: what a reader does that repeats a command after a fault."""

    def process(self, command: bytes | bytearray) -> bytes:
        """Only the second answer is heard."""
        super().process(command)
        return super().process(command)


class UnpoweredCard(TearingCard):
    """Power never leaves it, so that the next patient's session finds the last one's PIN verified."""

    def __init__(self, card: EmulatedCard) -> None:
        super().__init__(card)
        self.power_on = self.power_off = card.reset


@pytest.mark.parametrize("mistake", [StutteringCard, UnpoweredCard])
def test_the_model_finds_a_mistake_out(mistake: type[TearingCard]) -> None:
    machine = type("WithMistake", (CardAndSession,), {"card_class": mistake})
    walks = settings(
        max_examples=3_000,
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
    )
    with pytest.raises((AssertionError, pytest.fail.Exception)):  # the latter where a refusal was expected
        run_state_machine_as_test(machine, settings=walks)
