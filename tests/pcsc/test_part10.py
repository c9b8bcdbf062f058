"""What a reader says of itself (PC/SC part 10), and what is made of nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reader.transports.part10 import (
    FEATURE_GET_TLV_PROPERTIES,
    carries_extended_apdus,
    entries,
    feature_code,
)

CCID_FEATURES = bytes.fromhex("06044233000712044233001213044233000F")
"""As a pin pad's driver lists them: verify, TLV properties, escape."""


@pytest.mark.parametrize(
    ("properties", "extended"),
    [
        ("0A0400000100", True),  # ccid and vpcd: 65 536
        ("0A04FFFF0000", True),  # an older vpcd: 65 535
        ("0A0400000000", False),  # short APDUs only
        ("0A0400010000", False),  # 256: what a short one carries
        ("0A0401010000", True),
        ("", False),
        ("0B02CC02", False),  # a vendor id, nothing of lengths
        ("0B024C050C02C80D0A0400000100", True),
        ("0A0200FF", False),  # not the length the standard gives it
        ("0A04000001", False),  # cut off
    ],
)
def test_extended_apdus_only_where_the_reader_says_so(properties: str, extended: bool) -> None:
    assert carries_extended_apdus(bytes.fromhex(properties)) is extended


@pytest.mark.parametrize(
    ("features", "code"),
    [
        (CCID_FEATURES, 0x42330012),
        (bytes.fromhex("120442000DAD"), 0x42000DAD),
        (b"", None),
        (bytes.fromhex("0604423300"), None),
        (bytes.fromhex("1203423300"), None),
        (bytes.fromhex("06044233000712"), None),
    ],
)
def test_the_control_code_of_a_feature(features: bytes, code: int | None) -> None:
    assert feature_code(features, FEATURE_GET_TLV_PROPERTIES) == code


@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_an_exception_and_no_entry_reaches_beyond_them(encoded: bytes) -> None:
    found = list(entries(encoded))
    assert (
        b"".join(bytes([tag, len(value)]) + value for tag, value in found)
        == encoded[: sum(2 + len(v) for _, v in found)]
    )
    carries_extended_apdus(encoded)
    feature_code(encoded, FEATURE_GET_TLV_PROPERTIES)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=255)), max_size=8))
def test_what_was_encoded_is_read_back(wanted: list[tuple[int, bytes]]) -> None:
    assert list(entries(b"".join(bytes([tag, len(value)]) + value for tag, value in wanted))) == wanted
