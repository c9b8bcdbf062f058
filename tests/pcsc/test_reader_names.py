"""Which reader is meant: index, name, part of a name; contactless first, SAM slots last (jpki-card.md §4.4)."""

from __future__ import annotations

import pytest

from reader.errors import AmbiguousReaderError, ReaderUnavailableError
from reader.transports.reader_names import fitting, is_sam_slot, preferred, the_one

PICC = "ACS ACR1252 1S CL Reader [ACR1252 Reader PICC] 00 00"
SAM = "ACS ACR1252 1S CL Reader [ACR1252 Reader SAM] 00 01"
CONTACT = "Identiv uTrust 4701 F Dual Interface Reader [uTrust 4701 F Contact Reader] 01 00"
SONY = "SONY FeliCa RC-S300/S (0000000) 02 00"
ALL = (SAM, PICC, CONTACT, SONY)


def test_the_contactless_slot_comes_first_and_a_sam_slot_never_before_another() -> None:
    assert preferred(ALL) == (PICC,)
    assert preferred((SAM, SONY)) == (SONY,)
    assert preferred((SAM,)) == (SAM,)
    assert is_sam_slot(SAM)
    assert not is_sam_slot("SAMSUNG reader 00 00")


def test_nothing_wanted_means_the_best_there_is() -> None:
    assert fitting(None, ALL) == (PICC,)
    assert fitting(None, (CONTACT, SONY)) == (CONTACT, SONY)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("0", (SAM,)), ("3", (SONY,)), (SAM, (SAM,)), ("acr1252", (PICC,)), ("rc-s300", (SONY,)), ("1252", (PICC,))],
)
def test_index_name_or_part(wanted: str, found: tuple[str, ...]) -> None:
    assert fitting(wanted, ALL) == found


@pytest.mark.parametrize("wanted", ["4", "omnikey", "", " ", "-1", "１"])
def test_what_fits_nothing_is_refused_with_the_names_there_are(wanted: str) -> None:
    with pytest.raises(ReaderUnavailableError) as refusal:
        fitting(wanted, (PICC, SAM))
    assert refusal.value.wanted == wanted
    assert refusal.value.names == (PICC, SAM)


def test_no_reader_at_all() -> None:
    with pytest.raises(ReaderUnavailableError) as refusal:
        fitting(None, ())
    assert refusal.value.names == ()


def test_several_that_fit_alike_are_named() -> None:
    assert the_one("reader", (SONY,)) == SONY
    with pytest.raises(AmbiguousReaderError) as refusal:
        the_one("reader", (SONY, CONTACT))
    assert refusal.value.names == (SONY, CONTACT)
