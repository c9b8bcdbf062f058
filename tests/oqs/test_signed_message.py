"""What a card signs: the same bytes on both sides, for one server, institution, purpose and nonce only."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.oqs.signed_message import LABEL, PURPOSE_QUALIFICATION, signed_message

parts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


def test_the_bytes_written_out() -> None:
    message = signed_message("mock", "1312345678", PURPOSE_QUALIFICATION, "n1")
    assert message == (
        b"\x00\x00\x00\x25MADOGUCHI TEST \xe2\x80\x94 valid nowhere else"
        b"\x00\x00\x00\x04mock"
        b"\x00\x00\x00\x0a1312345678"
        b"\x00\x00\x00\x0dqualification"
        b"\x00\x00\x00\x02n1"
    )


def test_a_length_counts_bytes_not_characters() -> None:
    assert b"\x00\x00\x00\x06\xe7\xaa\x93\xe5\x8f\xa3" in signed_message("窓口", "1312345678", "qualification", "n1")


def test_it_begins_with_words_a_finder_understands() -> None:
    assert LABEL == "MADOGUCHI TEST — valid nowhere else"


@given(first=st.tuples(parts, parts, parts, parts), second=st.tuples(parts, parts, parts, parts))
def test_no_two_sets_of_values_give_the_same_bytes(
    first: tuple[str, str, str, str], second: tuple[str, str, str, str]
) -> None:
    assert (signed_message(*first) == signed_message(*second)) == (first == second)


def test_moving_a_character_from_one_part_to_the_next_changes_the_bytes() -> None:
    assert signed_message("ab", "c", "d", "e") != signed_message("a", "bc", "d", "e")


@pytest.mark.parametrize("empty", range(4))
def test_a_part_without_a_value_is_refused(empty: int) -> None:
    values = ["mock", "1312345678", PURPOSE_QUALIFICATION, "n1"]
    values[empty] = ""
    with pytest.raises(ValueError, match="is empty"):
        signed_message(*values)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates not allowed"):
        signed_message("mock", "1312345678", PURPOSE_QUALIFICATION, "\ud800")


@pytest.mark.daemon
def test_importing_it_brings_neither_pydantic_nor_lxml() -> None:
    """The kiosk imports it before its first frame (prototypes.md §2)."""
    program = (
        "import sys, eligibility, eligibility.oqs, eligibility.oqs.signed_message, eligibility.oqs.errors\n"
        "print(sorted({'pydantic', 'pydantic_core', 'pydantic_xml', 'lxml'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
