"""The token of a visit: it is ours, this institution's and this run's, and of today, or it is refused by name."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.callers import Caller
from mock_server.challenges import KEY_BYTES
from mock_server.errors import QualificationError, Refusal
from mock_server.visits import MAX_TOKEN_CHARACTERS, VISIT_LIFE, Visit, VisitBook
from tests.mock_server.conftest import INSTITUTION, SERVER, TODAY

BOOK = VisitBook(SERVER, bytes(range(KEY_BYTES)))
CALLER = Caller(INSTITUTION, "run-1")
VISIT = Visit("0123456789abcdef", INSTITUTION, "run-1", "taro", "valid", "1", TODAY + VISIT_LIFE)


def refusal_of(
    token: str, *, book: VisitBook = BOOK, caller: Caller = CALLER, later: timedelta = timedelta()
) -> Refusal:
    with pytest.raises(QualificationError) as refused:
        book.read(token, caller, TODAY + later)
    return refused.value.refusal


def test_a_visit_comes_back_as_it_was() -> None:
    assert BOOK.read(BOOK.token(VISIT), CALLER, TODAY) == VISIT


def test_a_token_is_one_word_of_url_safe_characters() -> None:
    token = BOOK.token(VISIT)
    assert token.replace("-", "").replace("_", "").isalnum()
    assert len(token) < MAX_TOKEN_CHARACTERS / 2


def test_a_visit_counts_for_a_day() -> None:
    token = BOOK.token(VISIT)
    almost = VISIT_LIFE - timedelta(seconds=1)
    assert BOOK.read(token, CALLER, TODAY + almost) == VISIT
    assert refusal_of(token, later=VISIT_LIFE) is Refusal.VISIT_EXPIRED


def test_a_clock_that_was_moved_back_makes_no_longer_visit() -> None:
    assert refusal_of(BOOK.token(VISIT), later=timedelta(seconds=-1)) is Refusal.VISIT_FROM_THE_FUTURE


def test_a_missing_token_is_told_from_a_broken_one() -> None:
    assert refusal_of("") is Refusal.VISIT_MISSING


@pytest.mark.parametrize(
    "token", ["a", "====", "visit", "あ" * 60, "A" * 40, "A" * (MAX_TOKEN_CHARACTERS + 4), "a b" * 30, "A" * 43 + "="]
)
def test_what_no_token_looks_like_is_malformed(token: str) -> None:
    assert refusal_of(token) is Refusal.VISIT_MALFORMED


def test_another_spelling_of_the_same_bytes_is_malformed() -> None:
    token = BOOK.token(VISIT)
    assert refusal_of(token + "=" * (-len(token) % 4 or 4)) is Refusal.VISIT_MALFORMED


@given(position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_changed_bit_is_a_forgery(position: int, bit: int) -> None:
    token = BOOK.token(VISIT)
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[position % len(raw)] ^= 1 << bit
    assert refusal_of(base64.urlsafe_b64encode(raw).rstrip(b"=").decode()) is Refusal.VISIT_FORGED


@pytest.mark.parametrize("book", [VisitBook(SERVER, bytes(KEY_BYTES)), VisitBook("another server", BOOK.key)])
def test_the_token_of_another_server_is_a_forgery(book: VisitBook) -> None:
    assert refusal_of(book.token(VISIT)) is Refusal.VISIT_FORGED


def test_another_institution_cannot_use_it() -> None:
    assert refusal_of(BOOK.token(VISIT), caller=Caller("1312345686", "run-1")) is Refusal.VISIT_OTHER_INSTITUTION


@pytest.mark.parametrize("run", ["", "run-2"])
def test_another_run_cannot_use_it(run: str) -> None:
    assert refusal_of(BOOK.token(VISIT), caller=Caller(INSTITUTION, run)) is Refusal.VISIT_OTHER_RUN


def test_a_token_of_another_layout_is_malformed() -> None:
    """Its MAC is right: an older or newer version of this program made it."""
    body = b'[2,"something else"]'
    made = VisitBook(SERVER, BOOK.key)
    token = base64.urlsafe_b64encode(body + made._mac(body)).rstrip(b"=").decode()
    assert refusal_of(token) is Refusal.VISIT_MALFORMED


def test_the_key_is_in_no_repr() -> None:
    assert repr(BOOK.key) not in repr(BOOK)
