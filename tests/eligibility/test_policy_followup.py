"""Consent, queue, registration and returns (design.md §5, the bullets below the table)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from eligibility.case import Membership, Site, Visit
from eligibility.documents import EligibilityCertificate, InsuranceCard, MynaCard, Smartphone
from tests.eligibility.cases import (
    AT_80,
    BROKEN_CARD,
    BY_CARD,
    BY_NUMBERS,
    CARD,
    CERTIFICATE,
    DECLINED,
    NOTICE,
    OLD_CARD,
    PHONE,
    PIN_CARD,
    PORTAL,
    UNREGISTERED,
    by_card,
    by_numbers,
    decided,
)
from tests.eligibility.fixture_insurers import COMPANY, KYOKAI


class TestConsent:
    @pytest.mark.parametrize(
        ("changes", "consent"),
        [
            ({}, "ask"),
            ({"site": Site.CHECKUP}, "ask"),
            ({"site": Site.LIMITED}, None),
            ({"visit": Visit.BOOKING}, None),
            ({"visit": Visit.RETURN}, "ask"),
        ],
    )
    def test_it_is_asked_online_outside_limited_sites_and_bookings(
        self, changes: dict[str, object], consent: str | None
    ) -> None:
        assert decided(PIN_CARD, answer=BY_CARD, **changes).consent == consent

    def test_it_is_never_asked_on_paper(self) -> None:
        assert decided(CERTIFICATE).consent is None
        assert decided(BROKEN_CARD, NOTICE, answer=BY_NUMBERS).consent is None


class TestQueue:
    @pytest.mark.parametrize(
        ("presented", "changes", "queue"),
        [
            ((CARD,), {"outage": True}, "four_items"),
            ((CERTIFICATE,), {"answer": by_numbers(4)}, "recheck"),
            ((CERTIFICATE,), {"outage": True}, "recheck"),
            ((CERTIFICATE,), {}, None),
            ((CERTIFICATE,), {"answer": BY_NUMBERS}, None),
            ((BROKEN_CARD, NOTICE), {}, "recheck"),
            ((BROKEN_CARD, NOTICE), {"answer": BY_NUMBERS}, None),
            ((PIN_CARD, PORTAL), {"answer": by_card(2)}, "recheck"),
            ((PHONE, PORTAL), {}, None),
            ((PIN_CARD,), {"answer": BY_CARD}, None),
            ((), {"outage": True}, None),
        ],
    )
    def test_what_is_checked_again_later(
        self, presented: tuple[object, ...], changes: dict[str, object], queue: str | None
    ) -> None:
        outcome = decided(*presented, **changes)
        assert outcome.queue == queue
        assert ("recheck_by_numbers" in outcome.tell) == (queue == "recheck")


class TestRegistration:
    @pytest.mark.parametrize("device", [UNREGISTERED, Smartphone(registered=False)])
    def test_beside_a_certificate_it_is_offered(self, device: object) -> None:
        outcome = decided(device, CERTIFICATE, equipped_for_smartphone=True)
        assert (outcome.outcome.value, outcome.registration) == ("OK_CERTIFICATE", "offer")

    def test_but_for_a_phone_only_where_it_can_be_read(self) -> None:
        outcome = decided(Smartphone(registered=False), CERTIFICATE)
        assert (outcome.outcome.value, outcome.registration) == ("OK_CERTIFICATE", None)
        assert "register_here" not in outcome.tell

    def test_who_declined_stays_declined(self) -> None:
        assert decided(DECLINED, CERTIFICATE).registration == "declined"
        assert decided(DECLINED).registration == "declined"

    def test_a_registered_card_needs_none(self) -> None:
        assert decided(BROKEN_CARD, CERTIFICATE).registration is None

    def test_it_is_not_offered_where_it_cannot_be_done(self) -> None:
        assert decided(UNREGISTERED, outage=True).registration is None
        assert decided(UNREGISTERED, disaster=True).registration is None
        assert decided(MynaCard(registered=False, readable=False)).registration is None


class TestReturns:
    OLDER = replace(CERTIFICATE, issued_on=date(2024, 12, 2))

    def test_the_older_of_two_certificates_goes_back(self) -> None:
        outcome = decided(self.OLDER, CERTIFICATE)
        assert outcome.returns == ("eligibility_certificate",)
        assert "return_documents" in outcome.tell

    def test_a_single_one_stays(self) -> None:
        assert decided(CERTIFICATE).returns == ()

    def test_a_copy_is_not_a_second_one(self) -> None:
        assert decided(replace(self.OLDER, original=False), CERTIFICATE).returns == ()

    def test_two_of_which_one_has_no_date_cannot_be_ordered(self) -> None:
        assert decided(replace(self.OLDER, issued_on=None), CERTIFICATE).returns == ()

    @pytest.mark.parametrize(
        "changes", [{"membership": Membership.LEFT}, {"answer": replace(by_numbers(2), insurer_number=KYOKAI)}]
    )
    def test_one_still_in_date_whose_membership_ended_goes_back(self, changes: dict[str, object]) -> None:
        assert decided(CERTIFICATE, **changes).returns == ("eligibility_certificate",)

    def test_an_expired_one_does_not(self) -> None:
        expired = EligibilityCertificate(KYOKAI, expires_on=date(2026, 11, 19))
        assert decided(expired, membership=Membership.LEFT).returns == ()

    def test_another_insurers_end_does_not_send_it_back(self) -> None:
        assert decided(CERTIFICATE, answer=replace(by_numbers(2), insurer_number=COMPANY)).returns == ()

    def test_from_75_on_the_one_of_the_former_insurer_goes_back(self) -> None:
        assert decided(CERTIFICATE, birthdate=AT_80).returns == ("eligibility_certificate",)

    @pytest.mark.parametrize(("on", "returns"), [("2025-12-01", ("insurance_card",)), ("2025-12-02", ())])
    def test_an_old_card_goes_back_only_where_the_membership_ended_by_2025_12_01(
        self, on: str, returns: tuple[str, ...]
    ) -> None:
        assert decided(OLD_CARD, on=date.fromisoformat(on), membership=Membership.LEFT).returns == returns

    def test_an_old_card_of_a_member_stays(self) -> None:
        assert decided(InsuranceCard(KYOKAI), on=date(2025, 6, 1)).returns == ()

    def test_a_notice_never_goes_back(self) -> None:
        assert decided(NOTICE, membership=Membership.LEFT).returns == ()
