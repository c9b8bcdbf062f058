"""利用登録: who can register, what it changes, and that it is made once and for one run."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509

from eligibility.calendar import JST
from mock_server.errors import Refusal
from mock_server.issuer import TestAuthority
from mock_server.registry import tables
from mock_server.registry.interface import NonceUsedError
from mock_server.registry.ledger import Ledger
from mock_server.service import QualificationService
from tests.mock_server.clinic import Clinic, refusal_of
from tests.mock_server.conftest import TODAY, Clock


@pytest.fixture
def clinic(ledger: Ledger, service: QualificationService, authority: TestAuthority) -> Clinic:
    return Clinic(ledger, service, authority)


def test_after_the_registration_the_next_card_check_answers_as_registered(clinic: Clinic) -> None:
    before = clinic.card("shiro")
    assert (before.registered, before.message.result_code) == (False, "MOCK-NOT-REGISTERED")
    made = clinic.register("shiro")
    assert (made.already, made.at) == (False, TODAY)
    after = clinic.card("shiro")
    assert (after.registered, after.message.is_valid) == (True, True)


def test_a_second_registration_says_already_and_changes_nothing(clinic: Clinic, clock: Clock) -> None:
    clinic.register("shiro")
    clock.at = TODAY + timedelta(hours=1)
    again = clinic.register("shiro")
    assert (again.already, again.at) == (True, TODAY)
    assert len(clinic.rows(tables.registration)) == 1
    assert [row.outcome for row in clinic.exchanges()] == ["registered", "registered:already"]


def test_a_card_that_came_with_the_registration_has_no_moment(clinic: Clinic) -> None:
    made = clinic.register("taro")
    assert (made.already, made.at) == (True, None)
    assert clinic.rows(tables.registration) == []


def test_a_registration_holds_in_its_own_run_only(clinic: Clinic) -> None:
    one, other = clinic.in_run("one"), clinic.in_run("other")
    one.register("shiro")
    assert one.card("shiro").registered
    assert not other.card("shiro").registered
    assert not clinic.card("shiro").registered


def test_a_registration_holds_at_every_institution_of_the_run(clinic: Clinic) -> None:
    clinic.register("shiro")
    assert clinic.elsewhere().card("shiro").registered


def test_a_challenge_registers_once(clinic: Clinic) -> None:
    proof = clinic.signed("shiro", "registration")
    clinic.register("shiro", **proof)
    with pytest.raises(NonceUsedError):
        clinic.register("shiro", **proof)
    assert len(clinic.exchanges()) == 1


def test_a_signature_for_a_card_check_does_not_register(clinic: Clinic) -> None:
    proof = clinic.signed("shiro", "qualification")
    assert refusal_of(lambda: clinic.register("shiro", **proof)) is Refusal.CHALLENGE_OTHER_PURPOSE
    assert clinic.rows(tables.registration) == []


def test_a_signature_for_a_registration_answers_no_card_check(clinic: Clinic) -> None:
    proof, caller = clinic.signed("taro", "registration"), clinic.caller

    def check(purpose: str) -> Refusal:
        return refusal_of(
            lambda: clinic.do(lambda tx: clinic.service.check_by_card(tx, caller, purpose=purpose, **proof))
        )

    assert check("qualification") is Refusal.CHALLENGE_OTHER_PURPOSE
    assert check("registration") is Refusal.REQUEST_PURPOSE


def test_nobody_is_registered_by_face_or_by_looking(clinic: Clinic) -> None:
    proof = {**clinic.signed("shiro", "registration"), "method": "visual"}
    assert refusal_of(lambda: clinic.register("shiro", **proof)) is Refusal.REGISTRATION_ATTESTED
    assert not clinic.card("shiro").registered


def test_an_enrolled_real_card_is_not_registered(clinic: Clinic) -> None:
    proof = {"nonce": "", "certificate": b"", "signature": b"s", "public_key": b"k"}
    assert refusal_of(lambda: clinic.register("shiro", **proof)) is Refusal.REGISTRATION_ENROLLED
    (row,) = clinic.exchanges()
    assert (row.call, row.outcome, row.request, row.person) == ("registration", "MOCK-REGISTRATION-ENROLLED", "", "")


def test_a_card_whose_holder_refused_self_information_is_not_registered(clinic: Clinic) -> None:
    """reception.md §7: it can be neither used nor registered."""
    assert refusal_of(lambda: clinic.register("kakure")) is Refusal.SELF_INFO_REFUSED
    assert clinic.rows(tables.registration) == []


def test_in_grace_nobody_is_registered(clinic: Clinic, clock: Clock) -> None:
    """shiro's certificate: the months after its end are good for 資格確認 only (reception.md §4)."""
    clock.at = grace_day(clinic, "shiro")
    assert clinic.card("shiro").certificate_state == "grace"
    assert refusal_of(lambda: clinic.register("shiro")) is Refusal.REGISTRATION_GRACE


def test_a_refused_registration_is_an_exchange_and_nothing_else(clinic: Clinic) -> None:
    proof = clinic.signed("shiro", "registration")
    proof["signature"] = bytes(256)
    assert refusal_of(lambda: clinic.register("shiro", **proof)) is Refusal.SIGNATURE_INVALID
    assert [(row.call, row.outcome) for row in clinic.exchanges()] == [("registration", "MOCK-SIGNATURE-INVALID")]
    assert clinic.rows(tables.registration) == []


def grace_day(clinic: Clinic, persona: str) -> datetime:
    """The day after the last valid day of a card's certificate, at nine."""
    end = x509.load_der_x509_certificate(clinic.authority.card(persona).auth_certificate).not_valid_after_utc
    return (end.astimezone(JST) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
