"""CP932 as Windows means it, and ● for what it lacks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.oqs.charset import LACKING, encode, fit


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("協会　太郎", "協会　太郎"),
        ("髙﨑德濵瀨鄧①Ⅲ", "髙﨑德濵瀨鄧①Ⅲ"),
        ("𠮷田", "●田"),
        ("鷗", "●"),
        ("葛\U000e0101城", "葛城"),
        ("神\U000f0000", "神●"),
        ("〜−‖¢£¬", "～－∥￠￡￢"),
        ("—¥‾", "―￥￣"),
        ("か\u3099は\u309a", "がぱ"),
        ("ﾀｶﾊｼ ﾐﾎﾝ", "ﾀｶﾊｼ ﾐﾎﾝ"),
        ("한", "●"),
        ("é", "●"),
        ("\u795e\ufa19", "\u795e\ufa19"),
    ],
)
def test_what_becomes_of_a_text(text: str, fitted: str) -> None:
    """Repertoire: validation.md §5; kanji keep their form, U+FA19 神 beside U+795E 神."""
    assert fit(text, "cp932") == fitted
    assert fit(text, "utf-8") == text
    assert encode(fitted, "cp932").decode("cp932") == fitted


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_fitted_is_encoded_and_stays_as_it_is(text: str) -> None:
    fitted = fit(text, "cp932")
    assert fit(fitted, "cp932") == fitted
    assert encode(fitted, "cp932").decode("cp932") == fitted


def test_a_text_of_nothing_but_variation_selectors_is_one_character_that_the_set_lacks() -> None:
    assert fit("\U000e0100", "cp932") == LACKING
    assert fit("", "cp932") == ""
