"""Drafts: pairs of words that a store or the flow keeps and gives back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.papers.fields import TYPED
from eligibility.papers.paper import Shown
from kiosk.forms.draft import card_in_hand, field_left_at, form_of, make_draft, shown_of, texts_of
from tests.kiosk.forms.samples import INDIVIDUAL_NUMBER, KYOKAI, STRIP

words = st.sampled_from([at.value for at in TYPED])
texts = st.dictionaries(words, st.text(st.characters(exclude_categories=["Nd"]), min_size=1, max_size=20))


@given(texts, st.sampled_from(Shown), st.sampled_from([None, True, False]))
def test_a_draft_says_again_what_was_put_into_it(typed: dict[str, str], shown: Shown, card: bool | None) -> None:
    draft = make_draft(typed, shown=shown, card_in_hand=card)
    assert texts_of(draft) == typed
    assert shown_of(draft) is shown
    assert card_in_hand(draft) is card
    assert len({word for word, _ in draft}) == len(draft)


def test_a_draft_knows_the_form_it_was_changed_to() -> None:
    assert form_of(make_draft({}), KYOKAI.word) is KYOKAI
    assert form_of(make_draft({}, form=STRIP.word), KYOKAI.word) is STRIP
    assert form_of((("form", "old_form"),), KYOKAI.word) is KYOKAI
    with pytest.raises(LookupError):
        form_of((), "old_form")


def test_a_draft_knows_the_field_it_was_left_in_where_something_stands() -> None:
    assert field_left_at(make_draft({"symbol": "12"}, at="symbol")) == "symbol"
    for draft in (make_draft({"symbol": "12"}, at="number"), (("at", "symbol"),), (("at", "shoe_size"),), ()):
        assert field_left_at(draft) == ""
    assert make_draft({"symbol": ""}, at="symbol") == ()
    assert make_draft({}, shown=Shown.PICTURE, at="shown") == (("shown", "picture"),)


def test_words_nobody_knows_are_left_out() -> None:
    assert texts_of((("symbol", "12"), ("shoe_size", "25"))) == {"symbol": "12"}
    assert shown_of((("shown", "upside_down"),)) is Shown.ITSELF
    assert card_in_hand((("card_in_hand", "perhaps"),)) is None


def test_a_number_of_a_person_never_gets_into_a_draft() -> None:
    for written in (INDIVIDUAL_NUMBER, "1234-5678-9018", "番号は１２３４５６７８９０１８です"):
        assert make_draft({"remarks": written, "symbol": "12"}) == (("symbol", "12"),)
