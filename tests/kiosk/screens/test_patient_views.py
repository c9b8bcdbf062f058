"""What each key of the patient's screens tells the flow; and what Enter alone never does."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pytest
from textual.widget import Widget

from kiosk.flow import events as ev
from kiosk.flow import states as st
from kiosk.flow.counter import Happened, UnexpectedEventError
from kiosk.flow.events import Event
from kiosk.flow.facts import Way
from kiosk.flow.machine import advance
from kiosk.flow.states import Trouble
from kiosk.screens.catalogue import view_for
from kiosk.screens.messages import BellRung, FlowEvent, LanguageAsked, WaitingGivenUp
from kiosk.widgets.choice import Choice
from kiosk.widgets.pin_pad import PinPad
from reader.pin import PinHandle
from tests.kiosk.flow.samples import SITUATIONS
from tests.kiosk.screens.samples import (
    ACCEPTED,
    AGREED,
    CARD,
    EVERY_STATE,
    EXPIRING,
    FACE_CARD,
    GRACE,
    INFANT_CARD,
    LOCKED_CARD,
    PHONE,
    REAL_CARD,
    REFUSED,
    UNREGISTERED,
    name_of,
)
from tests.kiosk.screens.stage import Stage, stage

ONE_BY_ONE = st.AskingConsent(EXPIRING, answers=(("checkups", True),), one_by_one=True)
PIN, FACE = ev.WayChosen(Way.PIN), ev.WayChosen(Way.FACE)


@dataclass(frozen=True)
class Key:
    """Pressed on a screen, and what comes of it."""

    state: st.State
    key: str
    told: Event


KEYS = [
    Key(st.Idle(), "1", ev.PhoneChosen("ios")),
    Key(st.Idle(), "2", ev.PhoneChosen("android")),
    Key(st.Idle(), "0", ev.StaffCalled()),
    Key(st.Idle(), "f8", ev.ManualRequested()),
    Key(st.AwaitingPhone("ios"), "9", ev.Back()),
    Key(st.AwaitingPhone("ios"), "escape", ev.Back()),
    Key(st.AwaitingPhone("ios"), "0", ev.StaffCalled()),
    Key(st.ReadingCard(), "0", ev.StaffCalled()),
    Key(st.ReadingCard(), "f8", ev.ManualRequested()),
    Key(st.ConfirmingRealCard(REAL_CARD), "1", ev.RealCardAccepted()),
    Key(st.ConfirmingRealCard(REAL_CARD), "9", ev.Abandoned()),
    Key(st.ChoosingMethod(CARD), "1", PIN),
    Key(st.ChoosingMethod(CARD), "2", FACE),
    Key(st.ChoosingMethod(CARD), "3", ev.StaffCalled(Trouble.PIN_UNKNOWN)),
    Key(st.ChoosingMethod(CARD), "9", ev.Abandoned()),
    Key(st.ChoosingMethod(CARD), "0", ev.StaffCalled()),
    Key(st.ConfirmingLastTry(CARD), "1", ev.LastTryAccepted()),
    Key(st.ConfirmingLastTry(CARD), "2", ev.StaffCalled(Trouble.PIN_UNKNOWN)),
    Key(st.ConfirmingLastTry(CARD), "9", ev.Back()),
    Key(st.EnteringPin(CARD, 2), "asterisk", ev.Back()),
    Key(st.EnteringPin(CARD, 2), "plus", ev.Back()),
    Key(st.EnteringPin(CARD, 2), "escape", ev.Back()),
    Key(st.EnteringPin(CARD, 2), "slash", ev.StaffCalled()),
    Key(st.ComparingFace(CARD), "0", ev.StaffCalled()),
    Key(st.FaceFailed(CARD, 3), "1", FACE),
    Key(st.FaceFailed(CARD, 3), "2", PIN),
    Key(st.FaceFailed(CARD, 3), "escape", ev.Back()),
    Key(st.FaceFailed(CARD, 3), "0", ev.StaffCalled()),
    Key(st.VouchingByEye(CARD), "asterisk", ev.Back()),
    Key(st.VouchingByEye(CARD), "slash", ev.StaffCalled()),
    Key(st.AskingService(CARD), "0", ev.StaffCalled()),
    Key(st.AskingService(CARD), "f8", ev.ManualRequested()),
    Key(st.NoticingCertificate(GRACE), "1", ev.NoticeRead()),
    Key(st.OfferingRegistration(CARD, UNREGISTERED), "1", ev.RegistrationAccepted()),
    Key(st.OfferingRegistration(CARD, UNREGISTERED), "2", ev.RegistrationDeclined()),
    Key(st.OfferingRegistration(CARD, UNREGISTERED, possible=False), "1", ev.Acknowledged()),
    Key(st.AskingConsent(EXPIRING), "1", ev.ConsentForAll(given=True)),
    Key(st.AskingConsent(EXPIRING), "2", ev.OneByOneChosen()),
    Key(st.AskingConsent(EXPIRING), "3", ev.ConsentForAll(given=False)),
    Key(ONE_BY_ONE, "1", ev.ConsentAnswered("medicines", given=True)),
    Key(ONE_BY_ONE, "2", ev.ConsentAnswered("medicines", given=False)),
    Key(ONE_BY_ONE, "9", ev.Back()),
    Key(ONE_BY_ONE, "escape", ev.Back()),
    Key(st.ShowingAnswer(ACCEPTED, card_on_reader=True), "1", ev.Acknowledged()),
    Key(st.ShowingAnswer(REFUSED, card_on_reader=True), "2", ev.ManualRequested()),
    Key(st.InTrouble(Trouble.CARD_PULLED, CARD), "1", ev.RetryRequested()),
    Key(st.InTrouble(Trouble.CARD_PULLED, CARD), "2", ev.ManualRequested()),
    Key(st.InTrouble(Trouble.CARD_PULLED, CARD), "9", ev.Abandoned()),
    Key(st.InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True), "3", FACE),
    Key(st.InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True), "9", ev.Abandoned()),
]
RINGS: list[st.State] = [
    st.VerifyingPin(CARD),
    st.AskingService(None),
    st.Settling(by_numbers=False),
    st.NoticingCertificate(EXPIRING),
    st.OfferingRegistration(CARD, UNREGISTERED),
    st.Registering(CARD, UNREGISTERED),
    st.AskingConsent(EXPIRING),
    st.SendingConsent(EXPIRING, AGREED),
    st.ShowingAnswer(ACCEPTED, card_on_reader=True),
    st.TakingCard(ACCEPTED),
    st.InTrouble(Trouble.CARD_PULLED, CARD),
    st.TypingPaper("certificate_kyokai", None, card_on_reader=False),
]
"""Where staff are called while the visit goes on."""
GIVEN_UP: list[st.State] = [
    st.VerifyingPin(CARD),
    st.AskingService(None),
    st.Registering(CARD, UNREGISTERED),
    st.SendingConsent(EXPIRING, AGREED),
]
NEVER_BY_ENTER = (ev.RealCardAccepted, ev.LastTryAccepted, ev.RegistrationAccepted)


async def test_each_key_tells_the_flow_one_thing_and_a_finger_the_same() -> None:
    async with stage(phones=True) as on:
        for expected in KEYS:
            await on.show(expected.state)
            await on.press(expected.key)
            assert on.events == [expected.told], (name_of(expected.state), expected.key)
            [message] = on.heard(FlowEvent)
            assert message.visit == on.app.visit
            assert message.by_key
            ids = {choice.key: choice.id for choice in on.view.choices()}
            if expected.key in ids:
                on.app.said.clear()
                assert await on.pilot.click(f"#{ids[expected.key]}")
                await on.settle()
                assert on.events == [expected.told], (name_of(expected.state), expected.key, "clicked")


def is_taken(expected: Key) -> bool:
    """Whether the flow takes this event in that state, in any situation it is met in."""
    for situation in SITUATIONS.values():
        if type(situation.state) is not type(expected.state):
            continue
        try:
            there = dataclasses.replace(situation, state=expected.state)
            advance(there, Happened(expected.told, there.visit))
        except UnexpectedEventError:
            continue
        return True
    return False


@pytest.mark.parametrize("expected", KEYS, ids=lambda expected: f"{name_of(expected.state)}-{expected.key}")
def test_no_key_leads_nowhere(expected: Key) -> None:
    """A door on a screen that the flow does not open would be a dead end with a handle."""
    assert is_taken(expected)


async def test_staff_are_called_without_ending_what_is_under_way() -> None:
    async with stage() as on:
        for state in RINGS:
            await on.show(state)
            await on.press("0")
            assert on.events == [], name_of(state)
            assert len(on.heard(BellRung)) == 1, name_of(state)


async def test_after_three_seconds_whoever_waits_can_go_on_without() -> None:
    async with stage() as on:
        for state in GIVEN_UP:
            await on.show(state)
            await on.press("1")
            assert on.app.said == [], name_of(state)
            await on.show(state, late=True)
            await on.press("1")
            assert [message.visit for message in on.heard(WaitingGivenUp)] == [on.app.visit], name_of(state)
        await on.show(st.AskingService(CARD), late=True)
        await on.press("1")
        assert on.events == [ev.ManualRequested()]
        await on.show(st.ComparingFace(CARD), late=True)
        await on.press("1")
        assert on.events == [ev.Back()]


async def test_an_answer_that_arrives_changes_nothing_but_what_can_still_be_done() -> None:
    async with stage() as on:
        await on.show(st.AskingService(CARD), late=True)
        view = on.view
        assert view.renew(st.Settling(by_numbers=False))
        await on.settle()
        assert "記録しています" in on.text()
        assert [choice.key for choice in view.choices()] == ["0"]
        await on.press("f8", "0", "1")
        assert on.events == []
        assert not view.renew(st.Settling(by_numbers=True))


async def test_who_is_not_received_yet_ends_nothing_and_the_desk_is_called_by_enter() -> None:
    """What the desk owes stays with it, whatever the person presses, and whether the card lies there or not."""
    asked_for = dataclasses.replace(ACCEPTED, outcome="OK_DECLARATION", ask_for=("declaration",))
    async with stage() as on:
        for reception in (REFUSED, asked_for):
            for card_on_reader in (True, False):
                await on.show(st.ShowingAnswer(reception, card_on_reader=card_on_reader))
                assert [choice.key for choice in on.view.choices()] == ["2", "0"]
                await on.press("1", "9", "escape", "enter")
                assert on.events == []
                assert len(on.heard(BellRung)) == 1
                assert (on.app.words.text("answer.card_free") in on.text()) is card_on_reader


async def test_the_answer_stays_with_the_desk_when_the_card_is_taken() -> None:
    async with stage() as on:
        await on.show(st.ShowingAnswer(REFUSED, card_on_reader=True))
        view = on.view
        assert view.renew(st.ShowingAnswer(REFUSED, card_on_reader=False))
        await on.settle()
        assert on.app.words.text("answer.card_free") not in on.text()
        assert [choice.key for choice in view.choices()] == ["2", "0"]


async def test_enter_alone_agrees_to_nothing() -> None:
    async with stage() as on:
        for state in EVERY_STATE:
            await on.show(state, late=True)
            await on.press("enter")
            agreed = [event for event in on.events if isinstance(event, NEVER_BY_ENTER)]
            given = [event for event in on.events if getattr(event, "given", False)]
            assert agreed + given == [], name_of(state)


async def test_only_the_ways_this_card_has_are_offered_each_with_its_own_key() -> None:
    ways = [
        (CARD, ["1", "2", "3", "0"]),
        (FACE_CARD, ["2", "0"]),
        (INFANT_CARD, ["1", "3", "0"]),
        (LOCKED_CARD, ["2", "0"]),
        (REAL_CARD, ["1", "3", "0"]),
        (PHONE, ["1", "3", "0"]),
    ]
    async with stage() as on:
        for card, keys in ways:
            await on.show(st.ChoosingMethod(card))
            assert [choice.key for choice in on.view.choices()] == keys, card


async def test_phones_are_offered_only_where_there_is_a_reader_for_them() -> None:
    async with stage() as on:
        assert [choice.key for choice in on.view.choices()] == ["0", "9"]
        await on.press("1", "2")
        assert on.events == []
    async with stage(phones=True) as on:
        assert [choice.key for choice in on.view.choices()] == ["1", "2", "0", "9"]


async def test_after_a_locked_pin_the_face_is_offered_only_while_the_card_lies_there() -> None:
    there = st.InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=True)
    gone = st.InTrouble(Trouble.PIN_LOCKED, LOCKED_CARD, card_on_reader=False)
    async with stage() as on:
        await on.show(there)
        assert "顔認証" in on.text()
        assert not on.view.renew(gone)
        await on.show(gone)
        assert "顔認証" not in on.text()


async def typed_digits(on: Stage) -> bytes:
    [event] = on.events
    assert isinstance(event, ev.PinEntered | ev.PasscodeEntered)
    assert isinstance(event.handle, PinHandle)
    with event.handle.spend() as digits:
        return bytes(digits)


PADS: list[st.State] = [st.EnteringPin(CARD, 3), st.VouchingByEye(CARD)]
EVERY_DIGIT = ("1234", "5678", "9019")


async def test_the_pad_takes_every_digit_from_keys() -> None:
    async with stage() as on:
        for state in PADS:
            for digits in EVERY_DIGIT:
                await on.show(state)
                await on.press(*digits)
                assert await typed_digits(on) == digits.encode(), name_of(state)


async def test_the_pad_takes_every_digit_from_a_finger_at_every_size() -> None:
    async with stage() as on:
        for size in ((60, 20), (80, 24), (120, 40)):
            await on.pilot.resize_terminal(*size)
            for state in PADS:
                for digits in EVERY_DIGIT:
                    await on.show(state)
                    pad = on.view.query_one(PinPad)
                    for digit in digits:
                        await on.pilot.click(pad, offset=place_of(on, pad, digit))
                    await on.settle()
                    assert await typed_digits(on) == digits.encode(), (name_of(state), size)


def place_of(on: Stage, pad: Widget, label: str) -> tuple[int, int]:
    """Where on the pad a digit is drawn."""
    region = pad.content_region
    for y in range(region.y, region.bottom):
        x = on.lines()[y].find(label, region.x + 20)
        if x >= 0:
            return (x - region.x, y - region.y)
    raise AssertionError(label)


async def test_the_pad_takes_digits_back_and_shows_none() -> None:
    async with stage() as on:
        await on.show(st.EnteringPin(CARD, 3))
        before = on.lines()
        await on.press("4", "7")
        pad = on.view.query_one(PinPad)
        assert pad.typed == 2
        assert on.text().count("＊") == 2
        changed = [line for line, old in zip(on.lines(), before, strict=True) if line != old]
        assert len(changed) == 1
        await on.press("minus", "backspace", "backspace")
        assert pad.typed == 0
        assert on.lines() == before


async def test_while_it_has_to_be_waited_there_is_no_pad_and_the_seconds_go_down() -> None:
    async with stage() as on:
        await on.show(st.VouchingByEye(CARD, rejected_once=True, tries_left=0, wait_seconds=30))
        assert not on.view.query_one(PinPad).display
        assert "30 秒" in on.text()
        view: Any = on.view
        on.app.now += 10
        view.count_down()
        await on.settle()
        assert "20 秒" in on.text()
        await on.press("1", "2", "3", "4")
        assert on.events == []
        on.app.now += 20
        view.count_down()
        await on.settle()
        assert isinstance(on.app.focused, PinPad)
        await on.press("2", "5", "8", "0")
        assert await typed_digits(on) == b"2580"


async def test_checking_the_passcode_moves_nothing() -> None:
    async with stage() as on:
        await on.show(st.VouchingByEye(CARD))
        assert on.view.renew(st.VouchingByEye(CARD, checking=True))
        await on.settle()
        assert "確かめています" in on.text()
        assert not on.view.renew(st.VouchingByEye(CARD, rejected_once=True, tries_left=3))


async def test_a_practice_passcode_is_shown_where_there_is_one_and_no_other() -> None:
    async with stage(practice_passcode="2580") as on:
        await on.show(st.VouchingByEye(CARD))
        assert "2580" in on.text()
    async with stage() as on:
        await on.show(st.VouchingByEye(CARD))
        assert "2580" not in on.text()


async def test_the_language_is_chosen_from_a_menu() -> None:
    async with stage() as on:
        for key in ("9", "f3"):
            on.app.said.clear()
            await on.press(key, "5")
            assert [message.lang for message in on.heard(LanguageAsked)] == ["ko"], key
            on.app.said.clear()
            await on.press(key, "escape")
            await on.press(key, "1")  # the one it is
            assert on.app.said == [], key


async def test_the_language_menu_works_by_arrows_and_by_mouse() -> None:
    async with stage() as on:
        await on.press("9", "down", "down", "enter")
        assert [message.lang for message in on.heard(LanguageAsked)] == ["en"]
        await on.press("9")
        assert await on.pilot.click("#language-vi")
        await on.settle()
        assert [message.lang for message in on.heard(LanguageAsked)] == ["en", "vi"]


async def test_every_question_can_be_read_in_another_language() -> None:
    """But where seconds are counted, or staff work: there nothing is asked. It hangs on the view alone."""
    async with stage() as on:
        kinds: dict[tuple[type, type], st.State] = {
            (type(state), type(view_for(state, on.app.setting()))): state for state in EVERY_STATE
        }
        for state in kinds.values():
            await on.show(state)
            asks = on.view.OTHER_LANGUAGES
            await on.press("f3")
            assert (len(on.app.screen_stack) == 2) is asks, name_of(state)
            if asks:
                await on.press("escape")


async def test_without_a_reader_the_first_answer_is_to_call_staff() -> None:
    """To lay the card down again leads nowhere until the reader is back; a card that was pulled lies there soon."""
    async with stage() as on:
        for trouble, first in ((Trouble.READER_LOST, "0"), (Trouble.NO_READER, "0"), (Trouble.CARD_PULLED, "1")):
            await on.show(st.InTrouble(trouble, CARD))
            assert isinstance(on.app.focused, Choice)
            assert on.app.focused.key == first, trouble


async def test_the_arrows_go_through_the_answers() -> None:
    async with stage() as on:
        await on.show(st.ChoosingMethod(CARD))
        keys = []
        for _ in range(5):
            assert isinstance(on.app.focused, Choice)
            keys.append(on.app.focused.key)
            await on.press("down")
        assert keys == ["1", "2", "3", "0", "1"]
