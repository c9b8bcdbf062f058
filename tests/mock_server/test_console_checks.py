"""What the page says was checked is what was checked, in the order in which the server checks."""

from __future__ import annotations

import pytest

from mock_server.console.checks import CHECKS, Mark, checks_of
from mock_server.errors import QualificationError, Refusal
from mock_server.words import LANGUAGES, knows
from tests.mock_server.conftest import Counter

CARD = "qualification.card"
NOT_ABOUT_A_CARD = (
    *(
        "MOCK-ATTESTED-",
        "MOCK-BATCH-",
        "MOCK-VISIT-",
        "MOCK-CONSENT-",
        "MOCK-EMULATOR-",
        "MOCK-STORE-",
        "MOCK-INTERNAL",
    ),
    *("MOCK-CLOCK-", "MOCK-FOLDERS-", "MOCK-EXCHANGE-", "MOCK-PERSONA-", "MOCK-RESET-"),
    *("MOCK-ENROLMENT-", "MOCK-REGISTRATION-", "MOCK-MEDICAL-", "MOCK-RATE-", "MOCK-ACCESS-", "MOCK-SCENARIO-"),
)
"""Refusals of other calls, and those of the whole server."""
CARD_REFUSALS = [refusal for refusal in Refusal if not refusal.startswith(NOT_ABOUT_A_CARD)]


@pytest.mark.parametrize("refusal", CARD_REFUSALS)
def test_each_refusal_of_a_card_is_one_failed_check(refusal: Refusal) -> None:
    marks = [mark for _, mark in checks_of(CARD, refusal)]
    assert marks.count(Mark.FAILED) == 1
    at = marks.index(Mark.FAILED)
    assert set(marks[:at]) <= {Mark.PASSED}
    assert set(marks[at + 1 :]) <= {Mark.NOT_REACHED}


@pytest.mark.parametrize("call", CHECKS)
def test_of_what_the_page_does_not_know_it_says_nothing_was_passed(call: str) -> None:
    assert {mark for _, mark in checks_of(call, "MOCK-INTERNAL")} == {Mark.NOT_REACHED}
    assert {mark for _, mark in checks_of(call, "in progress")} == {Mark.NOT_REACHED}


@pytest.mark.parametrize("refusal", [own for own in Refusal if own.startswith("MOCK-ATTESTED-")])
def test_a_refused_attestation_is_one_failed_check(refusal: Refusal) -> None:
    assert [mark for _, mark in checks_of("qualification.attested", refusal)].count(Mark.FAILED) == 1


@pytest.mark.parametrize("outcome", ["validity:1", "validity:2", "segment:9"])
@pytest.mark.parametrize("call", CHECKS)
def test_an_answer_means_that_every_check_was_passed(call: str, outcome: str) -> None:
    assert {mark for _, mark in checks_of(call, outcome)} == {Mark.PASSED}


def test_a_call_that_proves_nothing_has_no_checks() -> None:
    assert checks_of("qualification.numbers", "validity:1") == []


def test_every_check_has_words() -> None:
    names = {check.name for checks in CHECKS.values() for check in checks}
    assert all(knows(lang, f"console.check.{name}") for name in names for lang in LANGUAGES)


WRONG = b"\0" * 256
"""No signature of anybody."""


def test_the_order_is_that_of_the_server(counter: Counter) -> None:
    """With two things wrong at once the one that stands first on the page is told."""
    forged = counter.nonce()[:-4] + "AAAA"
    assert _refusal(counter, nonce=forged, certificate=b"\x30\x03").startswith("MOCK-CHALLENGE-")
    assert _refusal(counter, certificate=b"\x30\x03", signature=WRONG) is Refusal.CERTIFICATE_MALFORMED
    told = {
        "kigen": Refusal.CERTIFICATE_EXPIRED,
        "shikkou": Refusal.CERTIFICATE_REVOKED_CRL,
        "sokujitsu": Refusal.CERTIFICATE_REVOKED_OCSP,
        "shiro": Refusal.SIGNATURE_INVALID,  # the signature is looked at before the 利用登録
    }
    for name, refusal in told.items():
        certificate = counter.authority.card(name).auth_certificate
        assert _refusal(counter, certificate=certificate, signature=WRONG) is refusal


def _refusal(counter: Counter, **wrong: bytes | str) -> Refusal:
    with pytest.raises(QualificationError) as refused:
        counter.ask("taro", **wrong)  # type: ignore[arg-type]
    return refused.value.refusal
