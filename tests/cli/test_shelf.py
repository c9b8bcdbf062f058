"""The drawer, and the rule that a card lies in one reader at a time, also across processes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from eligibility.calendar import JST
from kiosk.cli import composition
from kiosk.cli.held_card import take_card
from kiosk.cli.shelf import SoftwareShelf
from kiosk.services.interfaces import CardHeldElsewhereError
from mock_server.issuer import TestAuthority
from reader.card.applet import SoftwareCard
from reader.connection import SlotState
from reader.jpki import AUTHENTICATION_PIN
from reader.transports.in_process import SoftwareReader
from tests.cli.command import Madoguchi


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    return TestAuthority.open(tmp_path_factory.mktemp("keystore"), lambda: datetime(2026, 11, 20, 9, tzinfo=JST))


@pytest.fixture
def reader() -> SoftwareReader:
    return SoftwareReader()


@pytest.fixture
def shelf(reader: SoftwareReader, authority: TestAuthority) -> SoftwareShelf:
    return SoftwareShelf(reader, lambda: authority, "en")


def state(reader: SoftwareReader) -> SlotState:
    return reader.wait_for_change(None, 0.0).state


def test_every_persona_has_a_card_in_the_order_of_the_table(shelf: SoftwareShelf) -> None:
    cards = shelf.cards()
    assert [card.persona for card in cards][:2] == ["taro", "hanako"]
    assert cards[0].pin == "4093"
    assert "Eligible" in cards[0].what_happens
    assert "4093" not in repr(cards[0])


def test_no_pin_is_named_for_a_card_that_takes_none(shelf: SoftwareShelf) -> None:
    pins = {card.persona: card.pin for card in shelf.cards()}
    assert {persona for persona, pin in pins.items() if not pin} == {"kao", "hason"}


def test_a_card_is_placed_swapped_and_taken_away(shelf: SoftwareShelf, reader: SoftwareReader) -> None:
    shelf.place("taro")
    assert (shelf.lies_there, state(reader)) == ("taro", SlotState.OCCUPIED)
    shelf.place("hanako")
    assert (shelf.lies_there, state(reader)) == ("hanako", SlotState.OCCUPIED)
    shelf.remove()
    assert (shelf.lies_there, state(reader)) == (None, SlotState.EMPTY)


def test_a_broken_card_is_whole_again_when_it_is_placed_again(shelf: SoftwareShelf, reader: SoftwareReader) -> None:
    shelf.place("taro")
    shelf.break_card()
    shelf.place("taro")
    reader.connect().close()
    shelf.remove()


def test_an_unplugged_reader_loses_its_card(shelf: SoftwareShelf, reader: SoftwareReader) -> None:
    shelf.place("taro")
    shelf.unplug_reader()
    assert (shelf.reader_attached, shelf.lies_there, state(reader)) == (False, None, SlotState.UNAVAILABLE)
    shelf.plug_reader_in()
    assert (shelf.reader_attached, state(reader)) == (True, SlotState.EMPTY)


def test_nobody_elses_card_is_made_up(shelf: SoftwareShelf) -> None:
    with pytest.raises(KeyError):
        shelf.place("nobody")
    assert shelf.lies_there is None


def test_a_card_lies_in_one_reader_at_a_time(shelf: SoftwareShelf, authority: TestAuthority) -> None:
    shelf.place("taro")
    other = SoftwareShelf(SoftwareReader(), lambda: authority)
    with pytest.raises(CardHeldElsewhereError):
        other.place("taro")
    assert other.lies_there is None
    shelf.place("hanako")
    other.place("taro")
    with pytest.raises(CardHeldElsewhereError):
        shelf.place("taro")
    assert shelf.lies_there == "hanako"  # what lay there stays
    shelf.remove()
    other.remove()


def test_a_spent_try_stays_spent_when_the_card_changes_hands(authority: TestAuthority) -> None:
    held = take_card("taro", authority)
    held.card.process(bytes.fromhex("00A4040C0AD392F000260100000001"))
    held.card.process(bytes.fromhex("00A4020C020018"))
    assert held.card.process(bytes.fromhex("0020008004") + b"0000") == bytes.fromhex("63C2")
    held.let_go()
    again = take_card("taro", authority)
    assert again.card.image.pins[AUTHENTICATION_PIN.ef].tries_left == 2
    again.let_go()
    again.let_go()


def lock_pin(card: SoftwareCard) -> None:
    card.process(bytes.fromhex("00A4040C0AD392F000260100000001"))
    card.process(bytes.fromhex("00A4020C020018"))
    for _ in range(3):
        card.process(bytes.fromhex("0020008004") + b"0000")


def test_a_locked_card_is_told_and_made_new_also_while_it_lies_there(
    shelf: SoftwareShelf, reader: SoftwareReader, authority: TestAuthority
) -> None:
    held = take_card("jiro", authority)
    assert "jiro" not in shelf.spent_tries()
    lock_pin(held.card)
    assert shelf.spent_tries()["jiro"] == 0
    with pytest.raises(CardHeldElsewhereError):
        shelf.make_new("jiro")
    held.let_go()
    shelf.place("jiro")
    shelf.make_new("jiro")
    assert (shelf.lies_there, state(reader)) == (None, SlotState.EMPTY)
    assert "jiro" not in shelf.spent_tries()
    shelf.place("jiro")  # nobody holds it
    shelf.make_new("hanako")
    assert shelf.lies_there == "jiro"
    shelf.remove()


def test_check_tells_that_the_card_is_in_use_and_status_only_looks(
    madoguchi: Madoguchi, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from kiosk.cli.main import main

    monkeypatch.setenv("LANGUAGE", "ja")
    monkeypatch.setenv("MADOGUCHI_DATA_DIR", str(madoguchi.data_dir))
    monkeypatch.setattr(composition, "CARD_PATIENCE_S", 0.0)
    monkeypatch.setattr("kiosk.cli.check.read_pin", _typed_pin)
    madoguchi.data_dir.mkdir(mode=0o700)
    keystore: Path = composition.keystore_path(madoguchi.data_dir)
    held = take_card("taro", TestAuthority.open(keystore, lambda: datetime.now(JST)))
    try:
        assert main(["check", "--persona", "taro", "--pin-stdin", "--json"]) == 3
        assert '"card_elsewhere"' in capsys.readouterr().out
        assert main(["card", "status", "--persona", "taro", "--json"]) == 0
        assert '"auth": 3' in capsys.readouterr().out
    finally:
        held.let_go()


def _typed_pin() -> object:
    from reader.pin import PinHandle

    return PinHandle(bytearray(b"4093"))
