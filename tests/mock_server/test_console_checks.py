"""What the page says was checked is what was checked, in the order in which the server checks."""

from __future__ import annotations

import pytest

from mock_server.console.checks import CHECKS, Mark, checks_of
from mock_server.errors import QualificationError, Refusal
from mock_server.words import LANGUAGES, knows
from tests.mock_server.conftest import Counter

CARD = "qualification.card"
CARD_REFUSALS = [
    refusal
    for refusal in Refusal
    if refusal.startswith(("MOCK-CHALLENGE-", "MOCK-CERTIFICATE-", "MOCK-SIGNATURE-", "MOCK-REVOCATION-"))
]


@pytest.mark.parametrize("refusal", CARD_REFUSALS)
def test_each_refusal_of_a_card_is_one_failed_check(refusal: Refusal) -> None:
    marks = [mark for _, mark in checks_of(CARD, refusal)]
    assert marks.count(Mark.FAILED) == 1
    at = marks.index(Mark.FAILED)
    assert set(marks[:at]) <= {Mark.PASSED}
    assert set(marks[at + 1 :]) <= {Mark.NOT_REACHED}


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
