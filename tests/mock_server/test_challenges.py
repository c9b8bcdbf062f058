"""A challenge proves its own terms, and nothing of it can be changed."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.calendar import JST
from mock_server.challenges import KEY_BYTES, LIFETIME, ChallengeBook
from mock_server.errors import QualificationError, Refusal
from tests.mock_server.conftest import INSTITUTION, SERVER, TODAY, counting_bytes

BOOK = ChallengeBook(SERVER, b"k" * KEY_BYTES)
NONCE = BOOK.issue(INSTITUTION, "qualification", TODAY, counting_bytes()).nonce


def refusal_of(nonce: str, **changes: object) -> Refusal | None:
    terms = {"institution": INSTITUTION, "purpose": "qualification", "now": TODAY} | changes
    try:
        BOOK.check(nonce, **terms)  # type: ignore[arg-type]
    except QualificationError as error:
        return error.refusal
    return None


def test_a_fresh_challenge_is_recognised_without_having_been_stored() -> None:
    assert refusal_of(NONCE) is None


def test_it_counts_to_the_last_second_of_its_life() -> None:
    assert refusal_of(NONCE, now=TODAY + LIFETIME - timedelta(seconds=1)) is None
    assert refusal_of(NONCE, now=TODAY + LIFETIME) is Refusal.CHALLENGE_EXPIRED


def test_it_is_refused_when_the_clock_was_moved_back() -> None:
    assert refusal_of(NONCE, now=TODAY - timedelta(minutes=1)) is Refusal.CHALLENGE_FROM_THE_FUTURE


@pytest.mark.parametrize("year", [1970, 2108, 9999])
def test_a_clock_that_is_wrong_breaks_nothing(year: int) -> None:
    """A computer without a battery starts in 1970, which is before the epoch in Japan."""
    now = datetime(year, 1, 1, 0, 5, tzinfo=JST)
    nonce = BOOK.issue(INSTITUTION, "qualification", now, counting_bytes()).nonce
    assert refusal_of(nonce, now=now) is None
    assert refusal_of(nonce, now=now + LIFETIME) is Refusal.CHALLENGE_EXPIRED


def test_it_is_for_one_institution_and_one_purpose() -> None:
    assert refusal_of(NONCE, institution="1312345679") is Refusal.CHALLENGE_OTHER_INSTITUTION
    assert refusal_of(NONCE, purpose="something") is Refusal.CHALLENGE_OTHER_PURPOSE


def test_it_is_for_one_server_and_one_key() -> None:
    for other in (ChallengeBook("other", BOOK.key), ChallengeBook(SERVER, b"x" * KEY_BYTES)):
        foreign = other.issue(INSTITUTION, "qualification", TODAY, counting_bytes()).nonce
        assert refusal_of(foreign) is Refusal.CHALLENGE_FORGED


def test_two_challenges_of_the_same_second_differ() -> None:
    source = counting_bytes()
    first, second = (BOOK.issue(INSTITUTION, "qualification", TODAY, source).nonce for _ in range(2))
    assert first != second


@given(st.integers(0, len(NONCE) - 1), st.sampled_from("ABCXYZabcxyz0189-_=+/ é"))
def test_no_changed_character_goes_unnoticed(place: int, character: str) -> None:
    changed = NONCE[:place] + character + NONCE[place + 1 :]
    if changed != NONCE:
        assert refusal_of(changed) in (Refusal.CHALLENGE_FORGED, Refusal.CHALLENGE_MALFORMED)


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@given(st.text(max_size=500) | st.binary(max_size=200).map(unpadded))
def test_nothing_made_up_is_a_challenge(nonce: str) -> None:
    expected = (Refusal.CHALLENGE_MALFORMED, Refusal.CHALLENGE_FORGED, Refusal.CHALLENGE_MISSING)
    assert refusal_of(nonce) in expected


def test_the_same_bytes_spelled_otherwise_do_not_count() -> None:
    """Else one challenge would be several rows in the store."""
    raw = base64.urlsafe_b64decode(NONCE + "=" * (-len(NONCE) % 4))
    respelled = [NONCE + "=" * (-len(NONCE) % 4), base64.b64encode(raw).decode().rstrip("=") + " "]
    if len(NONCE) % 4:  # the last character then has bits that carry nothing
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        respelled += [
            NONCE[:-1] + other
            for other in alphabet
            if other != NONCE[-1] and base64.urlsafe_b64decode(NONCE[:-1] + other + "=" * (-len(NONCE) % 4)) == raw
        ]
    for nonce in respelled:
        if nonce != NONCE:
            assert refusal_of(nonce) is Refusal.CHALLENGE_MALFORMED


def test_a_book_without_a_proper_key_is_not_opened() -> None:
    with pytest.raises(ValueError, match="bytes"):
        ChallengeBook(SERVER, b"")


def test_the_key_is_not_in_the_repr() -> None:
    assert "kkkk" not in repr(BOOK)
