"""The software card: PINs, counters and what power does to them (jpki-card.md §1.4, §1.5, §1.7, §2.4)."""

from __future__ import annotations

import threading
import time

import pytest

from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, PinRecord
from tests.card_factory import make_card, make_image
from tests.reader.conftest import Send

SELECT_AP = "00A4040C0AD392F000260100000001"
AUTH_PIN = "00A4020C020018"
AUTH_KEY = "00A4020C020017"
QUERY = "00200080"
RIGHT = "002000800431323334"
WRONG = "002000800430303030"
SIGN = "802A0080013000"


@pytest.fixture
def at_pin(send: Send) -> Send:
    send(SELECT_AP)
    send(AUTH_PIN)
    return send


def test_asking_is_always_answered_by_the_counter(at_pin: Send) -> None:
    assert at_pin(QUERY) == "63C3"
    assert at_pin(RIGHT) == "9000"
    assert at_pin(QUERY) == "63C3"  # OpenSC refuses a card that says 9000 here
    assert at_pin(WRONG) == "63C2"
    assert at_pin(QUERY) == "63C2"


def test_a_query_that_carries_a_length_asked_for_is_a_query_too(at_pin: Send) -> None:
    assert at_pin(QUERY + "00") == "63C3"


def test_three_wrong_pins_lock_and_the_words_for_it(at_pin: Send) -> None:
    assert [at_pin(WRONG) for _ in range(4)] == ["63C2", "63C1", "63C0", "6984"]
    assert at_pin(RIGHT) == "6984"
    assert at_pin(QUERY) == "63C0"


def test_the_right_pin_gives_all_tries_back(at_pin: Send) -> None:
    at_pin(WRONG)
    at_pin(WRONG)
    assert at_pin(RIGHT) == "9000"
    assert at_pin(QUERY) == "63C3"


def test_a_pin_of_another_length_is_a_wrong_pin(at_pin: Send) -> None:
    assert at_pin("0020008003313233") == "63C2"
    assert at_pin("00200080053132333435") == "63C1"


@pytest.mark.parametrize("padding", ["FF", "00", "20"])
def test_a_padded_pin_is_a_wrong_pin(at_pin: Send, padding: str) -> None:
    """A reader that pads looks wrong here before it costs somebody's tries (jpki-card.md §1.3: no padding)."""
    assert at_pin(f"002000800831323334{padding * 4}") == "63C2"


def test_the_short_id_form_needs_no_select(send: Send) -> None:
    send(SELECT_AP)
    assert send("00200098") == "63C3"
    assert send("002000980431323334") == "9000"
    assert send("0020009B") == "63C5"
    assert send(QUERY) == "63C5"  # the file named last is current


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("00200180", "6A86"),
        ("00200000", "6A86"),
        ("002000A0", "6A86"),
        ("0020008A", "6981"),
        ("0020008C", "6A82"),
        ("00200085", "6981"),
    ],
)
def test_a_reference_that_is_no_pin_is_refused(at_pin: Send, command: str, answer: str) -> None:
    assert at_pin(command) == answer


def test_the_two_pins_count_for_themselves(at_pin: Send) -> None:
    at_pin(WRONG)
    assert at_pin("0020009B") == "63C5"
    assert at_pin("0020009B06414243313234") == "63C4"
    assert at_pin("00200098") == "63C2"


def test_a_verified_pin_survives_a_warm_reset_but_not_a_loss_of_power(card: SoftwareCard, at_pin: Send) -> None:
    def signs() -> bool:
        at_pin(SELECT_AP)
        at_pin(AUTH_KEY)
        return at_pin(SIGN).endswith("9000")

    at_pin(RIGHT)
    assert signs()
    card.reset()
    assert at_pin(AUTH_KEY) == "6A82"  # the selection is lost
    assert signs()
    card.power_off()
    card.power_on()
    assert not signs()


def test_a_wrong_pin_ends_what_the_right_one_allowed(at_pin: Send) -> None:
    at_pin(RIGHT)
    at_pin(WRONG)
    at_pin(AUTH_KEY)
    assert at_pin(SIGN) == "6982"


def test_changing_the_pin_needs_the_old_one_first(card: SoftwareCard, at_pin: Send) -> None:
    change = "002401800439393939"
    assert at_pin(change) == "6982"
    at_pin(RIGHT)
    assert at_pin(change) == "9000"
    card.power_off()
    at_pin(SELECT_AP)
    at_pin(AUTH_PIN)
    assert at_pin(RIGHT) == "63C2"
    assert at_pin("002000800439393939") == "9000"


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("0024018003393939", "6700"),
        ("002401800441414141", "6985"),
        ("00240180", "6700"),
        ("002400800439393939", "6A86"),
    ],
)
def test_a_pin_of_another_form_is_not_set(at_pin: Send, command: str, answer: str) -> None:
    at_pin(RIGHT)
    assert at_pin(command) == answer
    assert at_pin(RIGHT) == "9000"


def test_a_password_that_was_never_set_matches_nothing() -> None:
    card = make_card(with_signing=False)
    card.process(bytes.fromhex(SELECT_AP))
    assert card.process(bytes.fromhex("0020009B")).hex() == "63c5"
    assert card.process(bytes.fromhex("0020009B06414243313233")).hex() == "63c4"


def test_a_key_without_a_retry_limit_has_no_counter_to_tell() -> None:
    """No file of the cards we know is one; the sheet knows the word for it (jpki-card.md §1.4)."""
    saved: list[CardImage] = []
    image = make_image().with_pin(0x1E, PinRecord(b"1234", tries_left=0, limit=0, min_length=4, max_length=4))
    card = SoftwareCard(image, saved.append)
    commands = (SELECT_AP, "0020009E", "0020009E0430303030", "0020009E0430303030", "0020009E0431323334", "0020009E")
    assert [card.process(bytes.fromhex(c)).hex() for c in commands] == ["9000", "6300", "6300", "6300", "9000", "6300"]
    assert saved == []


class TestSaving:
    """A try is on disk before anybody hears that it was spent."""

    def test_every_change_is_saved_before_the_answer(self) -> None:
        saved: list[int] = []
        card = make_card(save=lambda image: saved.append(image.pins[0x18].tries_left))
        for command in (SELECT_AP, AUTH_PIN, QUERY, WRONG, WRONG, RIGHT, RIGHT, QUERY):
            card.process(bytes.fromhex(command))
        assert saved == [2, 1, 3]  # what changes nothing is not written again

    def test_a_counter_that_cannot_be_saved_is_a_memory_failure_and_stays_spent(self) -> None:
        def refuse(image: CardImage) -> None:
            raise OSError(28, "no space")

        card = make_card(save=refuse)
        answers = [card.process(bytes.fromhex(c)).hex() for c in (SELECT_AP, AUTH_PIN, WRONG, RIGHT, QUERY)]
        assert answers == ["9000", "9000", "6581", "6581", "63c3"]
        card.process(bytes.fromhex(AUTH_KEY))
        assert card.process(bytes.fromhex(SIGN)).hex() == "6982"

    def test_another_card_object_from_the_saved_image_goes_on_where_the_first_stopped(self) -> None:
        images: list[CardImage] = []
        card = make_card(save=images.append)
        for command in (SELECT_AP, AUTH_PIN, WRONG):
            card.process(bytes.fromhex(command))
        again = SoftwareCard(images[-1])
        again.process(bytes.fromhex(SELECT_AP))
        assert again.process(bytes.fromhex("00200098")).hex() == "63c2"


def test_one_command_is_done_before_the_next_begins() -> None:
    """Two programs at one card: nobody is told of a try that is not on the disk yet."""
    saving, asking, saved = threading.Event(), threading.Event(), threading.Event()

    def save_slowly(image: CardImage) -> None:
        del image
        saving.set()
        asking.wait()
        time.sleep(0.2)  # enough for a question that does not wait its turn
        saved.set()

    card = make_card(save=save_slowly)
    for command in (SELECT_AP, AUTH_PIN):
        card.process(bytes.fromhex(command))
    guessing = threading.Thread(target=card.process, args=(bytes.fromhex(WRONG),))
    guessing.start()
    saving.wait()
    asking.set()
    assert (card.process(bytes.fromhex(QUERY)).hex(), saved.is_set()) == ("63c2", True)
    guessing.join()


def test_nothing_of_a_card_shows_its_secrets(card: SoftwareCard) -> None:
    for text in (repr(card), repr(card.image), repr(card.image.pins), repr(card.image.keys), repr(card.image.files)):
        assert "1234" not in text
        assert "ABC123" not in text
        assert "PRIVATE" not in text


def test_a_mute_card_says_nothing(card: SoftwareCard) -> None:
    card.mute = True
    assert card.process(bytes.fromhex(SELECT_AP)) == b""
