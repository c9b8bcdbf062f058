"""F01–F06: what the service answers, and what the desk makes of it (reception.md §12, §6.1)."""

from __future__ import annotations

from pathlib import Path

from kiosk.flow import states as st
from tests.e2e.desk import Desk, Store, desk, numbers_of, persona


async def received_by_pin(at: Desk, name: str) -> None:
    """The ordinary visit by card: PIN, no consent."""
    await at.by_pin(name)
    await at.refuse_consent()
    await at.reach(st.ShowingAnswer)


async def test_f01_a_name_with_a_black_circle_is_received_and_its_real_name_noted(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "takahashi") as at:
        await received_by_pin(at, "takahashi")
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        at.keeps_from_patient("●", "橋　一郎")
        await at.to_staff()
        at.reads_text("●橋　一郎", "ﾀｶﾊｼ ｲﾁﾛｳ")
        await at.pick("side.do.real_name")
        await at.press(*"髙橋　一郎", "enter")
        await at.until(lambda: at.entries()[-1].kind == "named", "noted")
        at.reads_text("●橋　一郎", "髙橋　一郎")
        assert at.visits()[-1].person.name == "●橋　一郎", "what came is never written over"


async def test_f02_a_kanji_that_comes_back_with_the_claim_is_said_at_once(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "tokuda") as at:
        await received_by_pin(at, "tokuda")
        await at.decided(
            "OK_ONLINE", 4, "ratio:30", staff=("warning.name_not_for_claims",), patient=("answer.accepted",)
        )
        await at.to_staff()
        at.reads_text("(德)")


async def test_f03_after_a_job_change_nobody_pays_in_full(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kenta") as at:
        await at.by_pin("kenta")
        await at.decided(
            "OK_DECLARATION",
            10,
            "ratio:30",
            queue="recheck",
            staff=("side.validity.2", "side.charge.not_full", "tell.ask_new_membership", "staff.ask.portal"),
            patient=("answer.asking",),
        )
        await at.to_staff()
        await at.pick("staff.ask.declaration")
        await at.reach(st.TypingPaper)
        await at.fill(
            {"name": "退職　健太", "birthdate": "19900909", "sex": "male", "burden_ratio": "30", "card_in_hand": "yes"}
        )
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided("OK_DECLARATION", 10, "ratio:30", queue="recheck", patient=("answer.accepted",))


async def test_f04_a_number_that_was_never_filed_is_explained_and_received(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "mayu") as at:
        await at.by_pin("mayu")
        await at.decided(  # nobody has said when she was born
            "OK_DECLARATION",
            10,
            "ask:",
            queue="recheck",
            staff=("side.validity.4", "tell.number_not_at_insurer"),
            patient=("answer.asking",),
        )
        await at.to_staff()
        await at.pick("staff.ask.declaration")
        await at.reach(st.TypingPaper)
        await at.fill({"name": "未届　真由", "birthdate": "20021224", "sex": "female", "card_in_hand": "yes"})
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided("OK_DECLARATION", 10, "ratio:30", queue="recheck", patient=("answer.accepted",))


async def test_f04_answer_4_takes_no_certificate_away(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("mayu", expires_on="20290731"))
        await at.decided(
            "OK_CERTIFICATE", 6, "ratio:30", queue="recheck", staff=("side.validity.4",), patient=("answer.accepted",)
        )


async def test_f05_an_old_number_leads_to_the_question_by_card(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "haruka") as at:
        await at.type_paper("eligibility_certificate", numbers_of("haruka", expires_on="20290731"))
        await at.decided(
            "REQUERY",
            5,
            "",
            staff=("side.validity.3", "staff.reason.answer_newer_membership"),
            patient=("answer.REQUERY",),
        )
        await at.press("1", "enter")  # the person ends nothing that the desk has to see to
        assert isinstance(at.state, st.ShowingAnswer)
        await at.to_staff()
        await at.pick("side.do.finish.unreceived")
        await at.reach(st.Idle)
        await at.to_patient()
        await received_by_pin(at, "haruka")
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        assert [entry.outcome for entry in at.visits() if entry.kind == "visit"] == ["REQUERY", "OK_ONLINE"]


async def test_f06_twins_are_told_apart_by_their_branch_number(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        printed = numbers_of("aoi", expires_on="20290731")
        await at.type_paper("eligibility_certificate", printed)
        await at.decided(
            "REQUERY", 5, "", staff=("side.validity.5", "staff.reason.answer_several"), patient=("answer.REQUERY",)
        )
        await at.type_paper("eligibility_certificate", printed | {"branch": "03"})
        reception = await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        assert reception.name == persona("aoi").person.name


async def test_f06_two_memberships_under_one_card_are_asked_about_again(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "jiro") as at:
        await at.by_pin("jiro")
        await at.decided("REQUERY", 5, "", staff=("side.validity.5",), patient=("answer.REQUERY",))
        await at.type_paper("eligibility_certificate", numbers_of("jiro", expires_on="20290731"))
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
