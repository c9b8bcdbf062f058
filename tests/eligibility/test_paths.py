"""What each way of showing eligibility gives, and what it does not (reception.md §2.7, S0, S2, S3, S4)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eligibility.insurer_profiles import InsurerProfile
from eligibility.paths import EligibilityPath, in_time, worth
from tests.eligibility.catalogue import ids

TODAY = date(2026, 11, 20)
IN_OLD_TIMES = date(2025, 6, 1)
KYOKAI, CHIBA, COMPANY = InsurerProfile.KYOKAI, InsurerProfile.CHIBA_MEDICAL, InsurerProfile.COMPANY
ON_PAPER = [
    EligibilityPath.CERTIFICATE,
    EligibilityPath.PORTAL_WITH_CARD,
    EligibilityPath.NOTICE_WITH_CARD,
    EligibilityPath.DECLARATION,
    EligibilityPath.INSURANCE_CARD,
]
SHARED = ["treatment_and_medicine", "checkup", "anywhere"]


def gives(path: EligibilityPath, profile: InsurerProfile = KYOKAI, on: date = TODAY) -> list[str]:
    return [point.word for point in worth(path, profile, on).gives]


def lacks(path: EligibilityPath, profile: InsurerProfile = KYOKAI, on: date = TODAY) -> list[str]:
    return [point.word for point in worth(path, profile, on).lacks]


class TestTheCard:
    def test_it_gives_everything_and_lacks_nothing(self) -> None:
        assert gives(EligibilityPath.CARD) == [
            "insured_care",
            *SHARED,
            "limit_without_paper",
            "no_recipient_certificate",
            "no_change_at_job_change",
            "expense_notice",
            "identity_checked",
            "no_typing",
        ]
        assert lacks(EligibilityPath.CARD) == []

    def test_a_phone_gives_the_same_at_equipped_sites_and_without_grace(self) -> None:
        assert gives(EligibilityPath.PHONE) == gives(EligibilityPath.CARD)
        assert lacks(EligibilityPath.PHONE) == ["equipped_sites_only", "no_grace"]

    @pytest.mark.parametrize(
        ("on", "word"), [("2024-10-06", "limit_by_consent"), ("2024-10-07", "limit_without_paper")]
    )
    def test_the_ceiling_needs_no_consent_since_2024_10_07_whatever_the_old_flyer_says(
        self, on: str, word: str
    ) -> None:
        found = [point for point in gives(EligibilityPath.CARD, on=date.fromisoformat(on)) if point.startswith("limit")]
        assert found == [word]

    def test_in_grace_it_confirms_eligibility_and_shares_nothing(self) -> None:
        assert set(gives(EligibilityPath.CARD)) - set(gives(EligibilityPath.CARD_IN_GRACE)) == set(SHARED)
        assert lacks(EligibilityPath.CARD_IN_GRACE) == ["sharing_in_grace", "renew_soon"]

    def test_that_the_ceiling_is_part_of_the_answer_in_grace_is_our_reading(self) -> None:
        in_grace = {point.word: point.verified for point in worth(EligibilityPath.CARD_IN_GRACE, KYOKAI, TODAY).gives}
        assert in_grace["limit_without_paper"] is False
        assert "limit_by_consent" not in gives(EligibilityPath.CARD_IN_GRACE, on=date(2024, 10, 6))


class TestPaper:
    @pytest.mark.parametrize("path", ON_PAPER)
    def test_it_gives_ordinary_insured_care_without_the_rest(self, path: EligibilityPath) -> None:
        assert gives(path, on=IN_OLD_TIMES) == ["insured_care"]
        assert {"sharing", "limit_needs_application"} <= set(lacks(path, on=IN_OLD_TIMES))

    def test_the_share_of_a_declaration_is_the_declared_one(self) -> None:
        # reception.md §6.4
        assert "recipient_certificate_needed" not in lacks(EligibilityPath.DECLARATION, KYOKAI)

    @pytest.mark.parametrize("path", [path for path in ON_PAPER if path is not EligibilityPath.DECLARATION])
    def test_at_kyokai_every_paper_path_needs_the_recipient_certificate(self, path: EligibilityPath) -> None:
        # S3: needed where オンライン資格確認 cannot be used
        assert "recipient_certificate_needed" in lacks(path, KYOKAI, IN_OLD_TIMES)
        for profile in set(InsurerProfile) - {KYOKAI}:
            assert "recipient_certificate_needed" not in lacks(path, profile, IN_OLD_TIMES)

    def test_chibas_certificate_prints_the_share_instead(self) -> None:
        assert gives(EligibilityPath.CERTIFICATE, CHIBA) == ["insured_care", "share_printed"]
        assert "share_printed" not in gives(EligibilityPath.NOTICE_WITH_CARD, CHIBA)

    @pytest.mark.parametrize("profile", [CHIBA, InsurerProfile.ELDERLY])
    def test_where_no_recipient_certificate_exists_none_is_spared(self, profile: InsurerProfile) -> None:
        assert "no_recipient_certificate" not in gives(EligibilityPath.CARD, profile)
        assert "no_recipient_certificate" in gives(EligibilityPath.CARD, COMPANY)

    def test_the_certificate_changes_with_the_job_and_has_neither_photo_nor_pin(self) -> None:
        assert lacks(EligibilityPath.CERTIFICATE, COMPANY) == [
            "sharing",
            "limit_needs_application",
            "new_document_at_job_change",
            "no_expense_notice",
            "no_photo_or_pin",
            "typed_by_hand",
        ]
        assert lacks(EligibilityPath.INSURANCE_CARD, COMPANY, IN_OLD_TIMES) == lacks(
            EligibilityPath.CERTIFICATE, COMPANY
        )

    def test_the_notice_is_never_enough_alone(self) -> None:
        assert lacks(EligibilityPath.NOTICE_WITH_CARD, COMPANY)[0] == "not_alone"
        assert "not_alone" not in lacks(EligibilityPath.PORTAL_WITH_CARD, COMPANY)

    def test_a_declaration_is_for_one_visit_and_the_numbers_follow(self) -> None:
        assert lacks(EligibilityPath.DECLARATION, COMPANY)[:2] == ["numbers_later", "one_visit"]

    def test_that_papers_beside_a_card_show_no_ceiling_is_our_reading(self) -> None:
        for path, verified in ((EligibilityPath.CERTIFICATE, True), (EligibilityPath.NOTICE_WITH_CARD, False)):
            [limit] = [point for point in worth(path, COMPANY, TODAY).lacks if point.word == "limit_needs_application"]
            assert limit.verified == verified


class TestTime:
    @pytest.mark.parametrize(
        ("path", "on", "there"),
        [
            (EligibilityPath.INSURANCE_CARD, "2025-12-01", True),
            (EligibilityPath.INSURANCE_CARD, "2025-12-02", False),
            (EligibilityPath.CERTIFICATE, "2024-12-01", False),
            (EligibilityPath.CERTIFICATE, "2024-12-02", True),
            (EligibilityPath.PHONE, "2025-09-18", False),
            (EligibilityPath.PHONE, "2025-09-19", True),
            (EligibilityPath.CARD, "2024-12-01", True),
            (EligibilityPath.NOTICE_WITH_CARD, "2030-01-01", True),
        ],
    )
    def test_each_path_has_its_time(self, path: EligibilityPath, on: str, there: bool) -> None:
        day = date.fromisoformat(on)
        assert in_time(path, day) == there
        found = worth(path, KYOKAI, day)
        assert bool(found.gives) == there
        assert there or found.lacks == ()

    @given(st.sampled_from(EligibilityPath), st.sampled_from(InsurerProfile), st.dates())
    def test_no_point_is_made_twice_and_each_has_a_source(
        self, path: EligibilityPath, profile: InsurerProfile, on: date
    ) -> None:
        found = worth(path, profile, on)
        assert len(set(found.message_ids())) == len(found.message_ids())
        assert all(point.sources for point in (*found.gives, *found.lacks))
        assert found.gives == () or found.gives[0].word == "insured_care"


def test_every_id_has_words_and_none_is_unused() -> None:
    days = [date(2024, 10, 6), IN_OLD_TIMES, TODAY]
    used = {
        word
        for path in EligibilityPath
        for profile in InsurerProfile
        for on in days
        for word in worth(path, profile, on).message_ids()
    }
    assert used == ids("path.")
