"""F07–F14: reader, card, PIN, face and certificate (reception.md §12, §4)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from reader.card.variants import Variant
from tests.e2e.desk import Desk, Store, desk, numbers_of, persona


async def vouch(at: Desk) -> None:
    """目視確認 from the staff side: the steps, then the facility passcode at the reader."""
    await at.to_staff()
    await at.pick("side.do.visual")
    at.reads("side-visual.step.1", "side-visual.mind")
    await at.press("1")
    await at.reach(st.VouchingByEye)
    assert at.staff is None, "the passcode is typed at the reader"
    at.reads("passcode.what")
    await at.press(*(at.services.passcodes.practice or ""))


async def face_fails(at: Desk, left: int) -> None:
    """The face was not the card's, and so many tries are left."""
    await at.until(lambda: isinstance(at.state, st.FaceFailed) and at.state.tries_left == left, f"{left} tries left")


async def wrong_pin(at: Desk, name: str) -> None:
    """Four digits that are not the PIN's."""
    await at.press(*("0000" if persona(name).pin != "0000" else "1111"))


# --- F07 ---


async def test_f07_without_its_reader_the_counter_takes_papers(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.by_drawer("4")
        await at.until(lambda: at.state == st.Idle(Trouble.NO_READER), "without a reader")
        at.reads("trouble.no_reader.what")
        await at.to_staff()
        at.reads("side.trouble.no_reader", "side.now.reader_trouble.next")
        await at.type_paper("eligibility_certificate", numbers_of("taro", expires_on="20290731"))
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        assert at.visits()[-1].troubles == ("no_reader",)
        await at.press("1")
        await at.by_drawer("5")
        await at.until(lambda: at.state == st.Idle(), "with a reader again")
        at.reads("idle.title")


async def test_f07_a_reader_pulled_while_the_pin_is_typed_ends_the_visit_there(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.to_pin("taro")
        await at.press("4")
        await at.by_drawer("4")
        await at.trouble(Trouble.READER_LOST)
        at.reads("trouble.reader_lost.what")
        await at.decided("OK_DECLARATION", 10, "ask:", queue="recheck", staff=("side.trouble.reader_lost",))
        await at.to_staff()
        await at.pick("staff.ask.eligibility_notice")
        await at.reach(st.TypingPaper)
        await at.fill(numbers_of("taro", card_in_hand="yes"))
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided(
            "OK_MANUAL_NOTICE", 10, "ratio:30", staff=("reason.confirmed_by_numbers",), patient=("answer.accepted",)
        )


# --- F08 ---


async def test_f08_a_broken_chip_leads_to_the_papers_with_the_card_in_hand(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "hason") as at:
        await at.lay("hason")
        await at.trouble(Trouble.CARD_UNREADABLE)
        at.reads("trouble.card_unreadable.what", "trouble.card_unreadable.next")
        await at.decided("OK_DECLARATION", 10, "ask:", queue="recheck", staff=("side.trouble.card_unreadable",))
        await at.to_staff()
        await at.pick("staff.ask.portal")
        await at.reach(st.TypingPaper)
        await at.fill(numbers_of("hason", card_in_hand="yes"))
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided("OK_MANUAL_PORTAL", 10, "ratio:30", patient=("answer.accepted",))


async def test_f08_a_card_that_goes_mute_on_the_reader_is_placed_again(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.to_pin("taro")
        await at.by_drawer("3")
        await at.press(*persona("taro").pin)
        await at.trouble(Trouble.CARD_UNREADABLE)
        await at.take()
        await at.by_pin("taro")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


async def test_f08_whoever_has_no_card_to_lay_down_calls_staff(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.press("0")
        await at.trouble(Trouble.CALLED_STAFF, advised=False)
        at.reads("trouble.called_staff.what")
        await at.to_staff()
        at.reads("side.trouble.called_staff", "side.charge.open")
        await at.pick("side.do.end")
        await at.reach(st.Idle)
        await at.until(lambda: bool(at.visits()), "written down")
        assert [(entry.kind, entry.troubles) for entry in at.visits()] == [("abandoned", ("called_staff",))]


async def test_f08_another_ic_card_is_named_as_such_and_the_right_one_is_read(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.lay_kind("taro", Variant.NOT_MYNA)
        await at.trouble(Trouble.NOT_MYNA_CARD, advised=False)
        at.reads("trouble.not_myna_card.what")
        await at.to_staff()
        at.reads("side.trouble.not_myna_card", "side.charge.open")
        await at.to_patient()
        await at.take()
        await at.by_pin("taro")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


# --- F09 ---


@pytest.mark.parametrize("moment", ["method", "pin", "asking"])
async def test_f09_a_card_taken_too_soon_is_simply_laid_down_again(store: Store, tmp_path: Path, moment: str) -> None:
    async with desk(store, tmp_path, "taro") as at:
        if moment == "asking":
            await at.arm("latency", mean_ms=4_000)
            await at.by_pin("taro")
            await at.reach(st.AskingService)
        else:
            await at.lay("taro")
            await at.reach(st.ChoosingMethod)
            if moment == "pin":
                await at.press("1", "4")
        await at.take()
        await at.trouble(Trouble.CARD_PULLED)
        at.reads("trouble.card_pulled.what")
        await at.to_staff()
        at.reads("side.trouble.card_pulled")
        await at.to_patient()
        await at.disarm()
        await at.by_pin("taro")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        first, *_, last = at.visits()
        assert (first.kind, first.troubles) == ("abandoned", ("card_pulled",))
        assert last.troubles == (), "the visit that went well knows nothing of the one before"


# --- F10 ---


async def test_f10_ten_faces_that_do_not_match_lock_the_face_and_the_pin_still_works(
    store: Store, tmp_path: Path
) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.by_drawer("6")
        assert not at.camera.matches
        await at.by_face("taro")
        for left in range(9, 0, -1):
            await face_fails(at, left)
            await at.press("1")
        await at.trouble(Trouble.FACE_LOCKED)
        at.reads("trouble.face_locked.what")
        await at.decided("IDENTIFY", 9, "", staff=("side.trouble.face_locked",))
        await at.press("1")
        await at.reach(st.ChoosingMethod)
        await at.press("1")
        await at.reach(st.EnteringPin)
        await at.press(*persona("taro").pin)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


async def test_f10_a_face_that_fails_is_vouched_for_by_staff(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.by_drawer("6")
        assert not at.camera.matches
        await at.by_face("taro")
        await at.reach(st.FaceFailed)
        await vouch(at)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        assert (at.visits()[-1].method, at.visits()[-1].attested_by) == ("visual", "visual")


async def test_f10_a_face_that_is_another_persons_ends_the_way_by_this_card(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.by_drawer("6")
        assert not at.camera.matches
        await at.by_face("taro")
        await at.reach(st.FaceFailed)
        await at.to_staff()
        await at.pick("side.do.other_face")
        await at.decided("NOT_CONFIRMED", 3, "full", patient=("answer.refused",))


# --- F11 ---


async def test_f11_three_wrong_pins_lock_the_card_and_the_face_still_works(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.to_pin("taro")
        await wrong_pin(at, "taro")
        await at.until(lambda: isinstance(at.state, st.EnteringPin) and at.state.attempts_left == 2, "2 left")
        at.reads_text("あと2回")
        await wrong_pin(at, "taro")
        await at.reach(st.ConfirmingLastTry)
        await at.press("1")
        await at.reach(st.EnteringPin)
        await wrong_pin(at, "taro")
        await at.trouble(Trouble.PIN_LOCKED)
        at.reads("trouble.pin_locked.what", "trouble.pin_locked.next")
        await at.decided("IDENTIFY", 9, "", staff=("side.trouble.pin_locked", "tell.pin_reset_at_city_office"))
        await at.press("3")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        assert (at.visits()[-1].method, at.visits()[-1].troubles) == ("face", ("pin_locked",))


async def test_f11_the_last_try_is_spent_only_by_whoever_wants_to(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "rokuro") as at:
        await at.lay("rokuro")
        await at.reach(st.ChoosingMethod)
        await at.press("1")
        await at.reach(st.ConfirmingLastTry)
        await at.press("2")
        await at.trouble(Trouble.PIN_UNKNOWN)
        at.reads("trouble.pin_unknown.what")
        await at.decided("IDENTIFY", 9, "", staff=("side.trouble.pin_unknown",))
        await vouch(at)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


async def test_f11_a_card_locked_before_offers_no_pin_and_is_vouched_for(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "goro") as at:
        await at.lay("goro")
        await at.trouble(Trouble.PIN_LOCKED)
        at.reads("trouble.pin_locked.what", "trouble.pin_locked.next")
        assert not at.offers("method.pin")
        await vouch(at)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        assert at.visits()[-1].attested_by == "visual"


async def test_f11_a_counter_left_at_two_is_said_before_the_first_digit(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "niko") as at:
        await at.lay("niko")
        await at.reach(st.ChoosingMethod)
        at.reads_text("2回")
        await at.press("1")
        await at.reach(st.EnteringPin)
        await at.press(*persona("niko").pin)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


async def test_f11_a_wrong_facility_passcode_is_no_way_in(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "goro") as at:
        await at.lay("goro")
        await at.trouble(Trouble.PIN_LOCKED)
        await at.to_staff()
        await at.pick("side.do.visual")
        await at.press("1")
        await at.reach(st.VouchingByEye)
        await at.press(*persona("goro").pin)
        await at.until(lambda: getattr(at.state, "rejected_once", False), "refused")
        at.reads("passcode.rejected")
        assert at.visits() == []


# --- F12 ---


@pytest.mark.parametrize("way", ["face", "visual"])
async def test_f12_a_card_without_pin_is_shown_by_face_or_to_staff(store: Store, tmp_path: Path, way: str) -> None:
    async with desk(store, tmp_path, "kao") as at:
        await at.lay("kao")
        await at.reach(st.ChoosingMethod)
        assert not at.offers("method.pin")
        at.reads("method.no_pin")
        if way == "face":
            await at.press("2")
        else:
            await vouch(at)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:10", patient=("answer.accepted",))
        assert at.visits()[-1].attested_by == way


# --- F13 ---


async def test_f13_a_certificate_about_to_end_is_noticed_and_nothing_is_closed(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kamome") as at:
        await at.by_pin("kamome")
        await at.reach(st.NoticingCertificate)
        await at.press("1")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", staff=("tell.renew_certificate",), patient=("answer.accepted",))


async def test_f13_in_grace_there_is_an_answer_and_no_consent(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "hamazuka") as at:
        await at.by_pin("hamazuka")
        await at.reach(st.NoticingCertificate)
        await at.press("1")
        await at.decided(
            "OK_ONLINE_LIMITED",
            4,
            "ratio:30",
            staff=("tell.consent_not_in_grace", "tell.renew_certificate"),
            patient=("answer.accepted",),
        )
        assert not [entry for entry in at.entries() if entry.kind == "consent"]


@pytest.mark.parametrize(
    ("name", "word"),
    [("kigen", "certificate_expired"), ("shikkou", "certificate_revoked"), ("sokujitsu", "certificate_revoked")],
)
async def test_f13_beyond_grace_or_revoked_the_card_is_only_in_the_hand(
    store: Store, tmp_path: Path, name: str, word: str
) -> None:
    async with desk(store, tmp_path, name) as at:
        if name == "kigen":  # its last day stands on the chip: no PIN is asked for
            await at.lay(name)
        else:
            await at.by_pin(name)
        await at.trouble(Trouble.CERTIFICATE_REFUSED)
        at.reads(f"trouble.{word}.what")
        await at.decided(
            "OK_DECLARATION",
            10,
            "ask:",
            queue="recheck",
            staff=(f"side.trouble.{word}", "tell.renew_certificate", "side.charge.not_full"),
        )
        await at.to_staff()
        await at.pick("staff.ask.eligibility_notice")
        await at.reach(st.TypingPaper)
        await at.fill(numbers_of(name, card_in_hand="yes"))
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided("OK_MANUAL_NOTICE", 10, "ratio:30", patient=("answer.accepted",))


# --- F14 ---


async def test_f14_an_expired_plastic_is_no_photo_id(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kigen") as at:
        await at.lay("kigen")
        await at.trouble(Trouble.CERTIFICATE_REFUSED)
        await at.type_paper("myna_card", {"name": "期限　切子", "birthdate": "19890705", "expires_on": "20260705"})
        await at.decided("OK_DECLARATION", 10, "ratio:30", queue="recheck", staff=("tell.expired_card_is_no_photo_id",))
