"""F23–F32: whose record it is, protection, phones, infants, consent, disaster, copies, slips (reception.md §12)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from reader.card.variants import Variant
from tests.e2e.desk import Store, desk, numbers_of, persona

# --- F23 ---


async def test_f23_a_name_that_differs_is_compared_by_people(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper(
            "eligibility_certificate", numbers_of("jieikan", name="架空　護", sex="male", expires_on="20290731")
        )
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        await at.to_staff()
        await at.pick("side.do.person")
        at.reads_text("架空", "自衛")
        await at.pick("side-person.unsure")
        await at.decided("REQUERY", 3, "", staff=("staff.reason.unsure_person",), patient=("answer.REQUERY",))
        await at.to_staff()
        await at.pick("side.do.person")
        await at.pick("side-person.same")
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        assert [entry.outcome for entry in at.visits()] == ["OK_CERTIFICATE", "REQUERY", "OK_CERTIFICATE"]


# --- F24 ---


async def test_f24_another_persons_record_is_not_used(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "betsujin") as at:
        await at.by_pin("betsujin")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30")
        await at.to_staff()
        at.reads_text("別人　違")
        await at.pick("side.do.person")
        await at.pick("side-person.different")
        await at.decided(
            "NOT_CONFIRMED", 3, "full", staff=("staff.reason.different_person",), patient=("answer.refused",)
        )


async def test_f24_a_typed_birthday_that_is_not_the_records_is_in_doubt_by_itself(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.arm("wrong_person", other="hanako")
        await at.type_paper("eligibility_certificate", numbers_of("taro", expires_on="20290731"))
        await at.decided("REQUERY", 3, "", staff=("staff.reason.unsure_person",), patient=("answer.REQUERY",))


# --- F25 ---


async def test_f25_a_protected_person_is_received_by_certificate_only(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kakure") as at:
        await at.by_pin("kakure")
        await at.decided(
            "NEED_CERTIFICATE",
            2,
            "",
            staff=("staff.reason.self_info_refused", "tell.address_hidden"),
            patient=("answer.NEED_CERTIFICATE",),
        )
        await at.type_paper("eligibility_certificate", numbers_of("kakure", expires_on="20290731"))
        await at.decided("OK_CERTIFICATE", 2, "ratio:30", patient=("answer.accepted",))
        await at.to_staff()
        await at.pick("side.do.copy")
        at.hides(persona("kakure").person.address)


async def test_f25_an_undisclosed_address_is_on_no_side(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("fukaiji", expires_on="20290731"))
        reception = await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
        await at.to_staff()
        await at.pick("side.do.copy")
        at.hides(persona("fukaiji").person.address)
        assert reception.name == persona("fukaiji").person.name


# --- F26 ---


async def test_f26_where_no_phone_is_read_nobody_is_offered_one_and_the_portal_counts(
    store: Store, tmp_path: Path
) -> None:
    async with desk(store, tmp_path) as at:
        assert not at.offers("idle.iphone")
        await at.press("f8")
        await at.reach(st.ChoosingPaper)
        await at.pick("forms.document.smartphone")
        await at.reach(st.TypingPaper)
        await at.press("enter")
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided(
            "NOT_CONFIRMED",
            12,
            "full",
            staff=("staff.reason.phone_not_equipped", "staff.ask.portal"),
            patient=("answer.refused",),
        )
        await at.to_staff()
        await at.pick("staff.ask.portal")
        await at.reach(st.TypingPaper)
        await at.fill(numbers_of("yoshino", card_in_hand="no"))
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided("OK_MANUAL_PORTAL", 12, "ratio:30", patient=("answer.accepted",))


async def test_f26_a_phone_held_to_a_reader_that_takes_none_is_told_to_come_as_a_card(
    store: Store, tmp_path: Path
) -> None:
    async with desk(store, tmp_path, "yoshino") as at:
        await at.lay_kind("yoshino", Variant.ANDROID)
        await at.trouble(Trouble.PHONE_NOT_EQUIPPED)
        at.reads("trouble.phone_not_equipped.what")
        await at.decided("NOT_CONFIRMED", 12, "full", staff=("side.trouble.phone_not_equipped", "staff.ask.portal"))
        await at.take()
        await at.by_pin("yoshino")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


# --- F27 ---


async def test_f27_an_infants_card_has_no_face_to_compare_and_its_pin_works(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kazuha") as at:
        await at.lay("kazuha")
        await at.reach(st.ChoosingMethod)
        assert not at.offers("method.face")
        await at.to_staff()
        assert not at.offers("side.do.visual")
        await at.to_patient()
        await at.press("1")
        await at.reach(st.EnteringPin)
        await at.press(*persona("kazuha").pin)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:20", patient=("answer.accepted",))


async def test_f27_without_its_pin_the_infant_is_received_by_certificate(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kazuha") as at:
        await at.lay("kazuha")
        await at.reach(st.ChoosingMethod)
        await at.press("3")
        await at.trouble(Trouble.PIN_UNKNOWN)
        await at.to_staff()
        assert not at.offers("side.do.visual")
        await at.type_paper("eligibility_certificate", numbers_of("kazuha", expires_on="20290731"))
        await at.decided("OK_CERTIFICATE", 6, "ratio:20", patient=("answer.accepted",))


# --- F28 ---


async def test_f28_whoever_refuses_every_consent_is_received_all_the_same(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "kyohi") as at:
        await at.by_pin("kyohi")
        await at.reach(st.AskingConsent)
        at.reads("consent.free")
        await at.press("2")
        for _ in st.CONSENT_ITEMS:
            await at.press("2")
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted", "answer.consent.none"))
        consent = next(entry for entry in at.entries() if entry.kind == "consent")
        assert dict(consent.consent) == dict.fromkeys(st.CONSENT_ITEMS, False)
        await at.to_staff()
        assert not at.offers("side.do.medical")


# --- F29 ---


async def test_f29_a_card_left_on_the_reader_is_called_out_until_it_is_gone(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.by_pin("taro")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30")
        await at.press("1")
        await at.reach(st.TakingCard)
        at.reads("take_card.title")
        at.time_passes(3600)
        await at.settle()
        await at.reach(st.TakingCard)
        at.reads("take_card.title")
        at.keeps_from_patient("協会　太郎")
        await at.take()
        await at.reach(st.Idle)
        assert [entry.kind for entry in at.visits()] == ["visit"]


# --- F30 ---


async def test_f30_in_a_disaster_four_items_and_spoken_consent_are_enough(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.to_staff()
        await at.press("0")
        await at.pick("side.do.disaster_on")
        at.reads("side-disaster.on")
        await at.press("1")
        await at.until(lambda: at.app.counter is not None and at.app.counter.disaster, "in disaster mode")
        await at.settle()
        who = persona("taro").person
        await at.pick("side.do.four_items")
        await at.reach(st.TakingFourItems)
        await at.fill({"name": who.name, "birthdate": f"{who.birthdate:%Y%m%d}", "sex": "male", "address": who.address})
        await at.decided(
            "OK_DISASTER",
            1,
            "ratio:30",
            staff=("staff.reason.disaster", "tell.spoken_consent"),
            patient=("answer.accepted",),
        )


# --- F31 ---


@pytest.mark.parametrize("shown", ["photocopy", "picture"])
async def test_f31_a_copy_or_a_picture_of_a_certificate_is_none(store: Store, tmp_path: Path, shown: str) -> None:
    async with desk(store, tmp_path) as at:
        await at.type_paper("eligibility_certificate", numbers_of("taro", expires_on="20290731", shown=shown))
        await at.decided("NOT_CONFIRMED", 13, "full", staff=("staff.reason.paper_copy",), patient=("answer.refused",))


# --- F32 ---


async def test_f32_a_slip_in_the_insurers_number_is_said_at_once_and_asks_nobody(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path) as at:
        await at.to_staff()
        await at.press("f8")
        await at.reach(st.ChoosingPaper)
        await at.pick("forms.document.eligibility_certificate")
        await at.until(lambda: at.focused_row() is not None, "asked for the number")
        await at.press(*"01139998")
        at.reads("field.insurer_number.check_digit.suggestion")
        await at.press("enter")
        assert isinstance(at.state, st.ChoosingPaper)
        await at.press("up")
        row = at.focused_row()
        assert row is not None
        await at.put_in(row, "01139997")
        await at.press("enter")
        await at.reach(st.TypingPaper)
        await at.fill(numbers_of("taro", expires_on="20290731"))
        await at.reach(st.ConfirmingPaper)
        await at.press("1")
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))
