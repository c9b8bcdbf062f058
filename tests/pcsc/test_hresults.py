"""Result codes of PC/SC and the errors they become (jpki-card.md §4.5)."""

from __future__ import annotations

import pytest

from reader.errors import (
    AccessDeniedError,
    CardBusyError,
    CardRemovedError,
    CardTimeoutError,
    CardUnresponsiveError,
    NoCardError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    TransportError,
)
from reader.transports.hresults import Result, connect_error, establish_error, exchange_error, service_error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x8010001D, ServiceUnavailableError),
        (0x8010001E, ServiceUnavailableError),
        (0x80100013, ServiceUnavailableError),
        (0x80100003, ServiceUnavailableError),
        (0x8010006A, ServiceUnavailableError),
        (0x80100027, AccessDeniedError),
        (0x80100009, ReaderUnavailableError),
        (0x80100017, ReaderUnavailableError),
        (0x8010002E, ReaderUnavailableError),
        (0x80100099, TransportError),
    ],
)
def test_contexts_and_readers(code: int, kind: type[TransportError]) -> None:
    assert type(service_error(code, "a reader")) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x8010000C, NoCardError),
        (0x80100069, NoCardError),
        (0x8010000B, CardBusyError),
        (0x80100066, CardUnresponsiveError),
        (0x80100067, CardUnresponsiveError),
        (0x8010000F, CardUnresponsiveError),
        (0x8010000A, CardTimeoutError),
        (0x80100017, ReaderUnavailableError),
        (0x8010001D, ServiceUnavailableError),
        (0x8010006A, AccessDeniedError),
    ],
)
def test_connecting(code: int, kind: type[TransportError]) -> None:
    assert type(connect_error(code, "a reader")) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (0x80100069, CardRemovedError),
        (0x80100068, CardRemovedError),
        (0x80100067, CardRemovedError),
        (0x80100016, CardTimeoutError),
        (0x8010002F, CardTimeoutError),
        (0x8010000B, CardBusyError),
        (0x80100017, ReaderUnavailableError),
        (0x8010001D, ServiceUnavailableError),
        (0x8010006A, ServiceUnavailableError),
    ],
)
def test_exchanges(code: int, kind: type[TransportError]) -> None:
    assert type(exchange_error(code, "a reader")) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [(0x8010006A, AccessDeniedError), (0x80100027, AccessDeniedError), (0x8010001D, ServiceUnavailableError)],
)
def test_being_let_in(code: int, kind: type[TransportError]) -> None:
    assert type(establish_error(code)) is kind


def test_an_unknown_code_stays_readable() -> None:
    assert str(exchange_error(0x80100099, "a reader")) == "80100099"


def test_the_numbers_are_those_of_the_installed_pyscard() -> None:
    scard = pytest.importorskip("smartcard.scard", reason="pyscard is not installed")
    prefixes = ("SCARD_E_", "SCARD_F_", "SCARD_W_", "SCARD_S_", "SCARD_P_")
    for result in Result:
        theirs = [getattr(scard, prefix + result.name, None) for prefix in prefixes]
        assert [code & 0xFFFFFFFF for code in theirs if code is not None] == [result], result.name
