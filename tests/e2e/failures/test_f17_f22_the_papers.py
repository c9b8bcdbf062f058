"""F17–F22: papers that count, that no longer count, and that say less than is needed (reception.md §12, §2, §5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from tests.e2e.desk import Store, desk, numbers_of

# --- F17 ---


@pytest.mark.parametrize(
    ("day", "outcome", "row", "charge"),
    [
        ("2025-12-01", "NOT_CONFIRMED", 13, "full"),
        ("2025-12-02", "OK_LENIENT", 11, "ratio:30"),
        ("2026-03-31", "OK_LENIENT", 11, "ratio:30"),
        ("2026-04-01", "NOT_CONFIRMED", 13, "full"),
    ],
)
async def test_f17_the_notice_alone_counts_within_the_leniency_only(
    store: Store, tmp_path: Path, day: str, outcome: str, row: int, charge: str
) -> None:
    async with desk(store, tmp_path, day=day) as at:
        await at.type_paper("eligibility_notice", numbers_of("hanako", card_in_hand="no"), form="notice_kyokai_strip")
        lenient = outcome == "OK_LENIENT"
        await at.decided(
            outcome,
            row,
            charge,
            staff=("tell.bring_next_time",) if lenient else ("staff.reason.notice_needs_card", "tell.settle_later"),
            patient=("answer.accepted",) if lenient else ("answer.refused",),
        )


async def test_f17_the_notice_counts_beside_the_card(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_notice", numbers_of("hanako", card_in_hand="yes"), form="notice_kyokai_strip")
        await at.decided("OK_MANUAL_NOTICE", 10, "ratio:30", patient=("answer.accepted",))


# --- F18 ---


@pytest.mark.parametrize(
    ("day", "printed_until", "outcome", "row", "charge"),
    [
        ("2025-07-31", "20250731", "OK_OLD_CARD", 6, "ratio:30"),
        ("2025-08-01", "20250731", "OK_LENIENT", 11, "ratio:30"),
        ("2025-12-01", "20251201", "OK_OLD_CARD", 6, "ratio:30"),
        ("2025-12-02", "20251201", "OK_LENIENT", 11, "ratio:30"),
        ("2026-03-31", "20251201", "OK_LENIENT", 11, "ratio:30"),
        ("2026-04-01", "20251201", "NOT_CONFIRMED", 13, "full"),
    ],
)
async def test_f18_an_insurance_card_on_both_sides_of_its_ends(
    store: Store, tmp_path: Path, day: str, printed_until: str, outcome: str, row: int, charge: str
) -> None:
    async with desk(store, tmp_path, day=day) as at:
        await at.type_paper("insurance_card", numbers_of("shiro", expires_on=printed_until))
        accepted = outcome.startswith("OK_")
        await at.decided(
            outcome,
            row,
            charge,
            staff=() if accepted else ("staff.reason.old_card_over",),
            patient=("answer.accepted",) if accepted else ("answer.refused",),
        )


# --- F19 ---


async def test_f19_of_two_certificates_the_newer_counts_and_the_older_goes_back(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        printed = numbers_of("taro", expires_on="20290731")
        await at.type_paper("eligibility_certificate", printed | {"issued_on": "20250801"})
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        await at.to_staff()
        await at.pick("side.do.second_paper")
        await at.reach(st.ChoosingPaper)
        await at.type_paper("eligibility_certificate", printed | {"issued_on": "20260901"})
        await at.until(lambda: isinstance(at.state, st.ShowingAnswer) and bool(at.state.reception.returns), "decided")
        await at.decided(
            "OK_CERTIFICATE",
            6,
            "ratio:30",
            staff=("staff.reason.paper_newest", "staff.return.eligibility_certificate"),
            patient=("answer.accepted",),
        )
        assert len({entry.visit for entry in at.visits()}) == 1, "both papers belong to one visit"


# --- F20 ---


async def test_f20_an_expired_certificate_is_nothing(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("taro", expires_on="20261119"))
        await at.decided(
            "NOT_CONFIRMED",
            13,
            "full",
            staff=("staff.reason.paper_out_of_date", "tell.settle_later"),
            patient=("answer.refused",),
        )


async def test_f20_a_certificate_counts_on_its_last_day(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("taro", expires_on="20261120"))
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))


async def test_f20_a_certificate_of_a_membership_that_ended_goes_back(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("kenta", expires_on="20290731"))
        await at.decided(
            "NOT_CONFIRMED",
            13,
            "full",
            staff=("side.validity.2", "staff.reason.paper_ended_by_answer", "staff.return.eligibility_certificate"),
            patient=("answer.refused",),
        )


async def test_f20_whoever_says_that_they_have_left_has_no_certificate_any_more(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("taro", expires_on="20290731"))
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        await at.to_staff()
        await at.press("0")
        await at.pick("side.do.membership")
        await at.pick("side-membership.left")
        await at.decided(
            "NOT_CONFIRMED",
            13,
            "full",
            staff=("staff.reason.membership_left", "staff.return.eligibility_certificate"),
            patient=("answer.refused",),
        )


# --- F21 ---


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("geneki", "notice_kyokai_strip"),
        ("kiyoshi", "notice_chiba_medical"),
        ("nanajugo", "notice_company_b"),
    ],
)
async def test_f21_from_70_on_a_notice_without_a_ratio_is_asked_for_it(
    store: Store, tmp_path: Path, name: str, form: str
) -> None:
    async with desk(store, tmp_path, name) as at:
        await at.to_pin(name)
        await at.by_drawer("3")
        await at.press("1", "2", "3", "4")
        await at.trouble(Trouble.CARD_UNREADABLE)
        await at.arm("no_such_person")
        await at.type_paper("eligibility_notice", numbers_of(name, card_in_hand="yes"), form=form)
        reception = await at.decided(
            "OK_MANUAL_NOTICE", 10, "ask:30", queue="recheck", staff=("tell.difference_refunded",)
        )
        assert reception.ask_for, "how the ratio can be learned"
        at.reads("answer.asking")


async def test_f21_the_recipient_certificate_of_kyokai_kenpo_settles_the_ratio(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.arm("no_such_person")
        await at.type_paper(
            "eligibility_certificate", numbers_of("geneki", issued_on="20250801", expires_on="20290731")
        )
        await at.decided(
            "OK_CERTIFICATE", 6, "ask:30", queue="recheck", staff=("staff.ask.elderly_recipient_certificate",)
        )
        await at.to_staff()
        await at.pick("staff.ask.elderly_recipient_certificate")
        await at.reach(st.TypingPaper)
        await at.fill({"valid_from": "20260801", "expires_on": "20270731", "burden_ratio": "20"})
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.until(
            lambda: isinstance(at.state, st.ShowingAnswer) and at.state.reception.charge == "ratio:20", "2割"
        )
        await at.decided("OK_CERTIFICATE", 6, "ratio:20", queue="recheck", patient=("answer.accepted",))


async def test_f21_online_nothing_is_left_to_ask(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "geneki") as at:
        await at.by_pin("geneki")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


# --- F22 ---


async def test_f22_the_answers_ratio_goes_before_the_papers_and_staff_hear_that_they_differ(
    store: Store, tmp_path: Path
) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("kiyoshi", expires_on="20290731", burden_ratio="30"))
        await at.decided(
            "OK_CERTIFICATE", 6, "ratio:20", staff=("staff.reason.ratio_differs",), patient=("answer.accepted",)
        )
