"""F15–F16: no 利用登録, and a service that is late, closed, confused or away (reception.md §12, §6.6)."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from tests.e2e.desk import Desk, Store, desk, numbers_of, persona

# --- F15 ---


async def test_f15_a_card_is_registered_on_the_spot(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "shiro") as at:
        await at.by_pin("shiro")
        await at.reach(st.OfferingRegistration)
        await at.press("1")
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))
        outcomes = [entry.outcome for entry in at.visits() if entry.kind == "visit"]
        assert outcomes == ["OFFER_REGISTRATION", "OK_ONLINE"]
        await at.press("1")
        await at.take()
        await at.by_pin("shiro")
        await at.reach(st.AskingConsent)  # the service knows the card: nobody is asked to register again


async def test_f15_whoever_declines_shows_a_certificate(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "shiro") as at:
        await at.by_pin("shiro")
        await at.reach(st.OfferingRegistration)
        await at.press("2")
        await at.decided("NOT_CONFIRMED", 13, "full", patient=("answer.refused",))
        await at.type_paper("eligibility_certificate", numbers_of("shiro", expires_on="20290731"))
        await at.decided("OK_CERTIFICATE", 6, "ratio:30", patient=("answer.accepted",))


async def test_f15_a_face_registers_nobody_and_the_screen_says_so(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "shiro") as at:
        await at.by_face("shiro")
        state = await at.reach(st.OfferingRegistration)
        assert not state.possible
        assert not at.offers("registration.yes")
        await at.press("1")
        await at.decided("OFFER_REGISTRATION", 8, "", patient=("answer.OFFER_REGISTRATION",))


# --- F16 ---

SILENT = {
    "failed": {},
    "processing": {},
    "proxy_error": {},
    "timeout": {"hold_s": 0},
    "maintenance": {},
    "truncated": {},
    "reset_connection": {},
}


@pytest.mark.parametrize("scenario", SILENT)
async def test_f16_a_service_that_does_not_answer_stops_nobody(store: Store, tmp_path: Path, scenario: str) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.arm(scenario, **SILENT[scenario])
        await at.by_pin("taro")
        await at.until(lambda: isinstance(at.state, st.InTrouble) and at.state.advice is not None, "without an answer")
        assert at.state.trouble in (Trouble.SERVER_DOWN, Trouble.SERVER_REFUSED)
        at.reads("trouble.server_down.what")
        await at.decided("PENDING_4INFO", 7, "ask:", queue="four_items")
        await at.disarm()
        await at.to_staff()
        await at.pick("side.do.read_again")
        await at.reach(st.ChoosingMethod)
        await at.press("1")
        await at.reach(st.EnteringPin)
        await at.press(*persona("taro").pin)
        await at.refuse_consent()
        await at.decided("OK_ONLINE", 4, "ratio:30", patient=("answer.accepted",))


async def note_four_items(at: Desk, name: str) -> None:
    """氏名, 生年月日, 性別 and 住所 from the card's face."""
    who = persona(name).person
    await at.pick("side.do.four_items")
    await at.reach(st.TakingFourItems)
    sex = "male" if who.sex == "1" else "female"
    await at.fill({"name": who.name, "birthdate": f"{who.birthdate:%Y%m%d}", "sex": sex, "address": who.address})


async def test_f16_an_outage_is_a_queue_that_is_asked_when_the_service_is_back(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.arm("failed")
        await at.press("f6")
        await at.until(lambda: at.staff is not None and at.offers("side-outage.on.yes"), "at the switch")
        at.reads("side-outage.on")
        await at.press("1")
        await at.until(lambda: at.app.counter is not None and at.app.counter.outage, "in outage mode")
        await at.settle()
        await note_four_items(at, "taro")
        await at.decided("PENDING_4INFO", 7, "ratio:30", queue="four_items", patient=("answer.accepted.next",))
        await at.to_staff()
        at.reads_text("保留 1件")
        await at.disarm()
        await at.press("f6")
        await at.until(lambda: at.offers("side-outage.off.yes"), "at the switch")
        await at.press("1")
        await at.until(lambda: at.services.queue is None or at.services.queue.waiting == 0, "asked")
        await at.until(lambda: "requeried" in [entry.kind for entry in at.entries()], "in the journal")
        asked = [entry for entry in at.entries() if entry.kind == "requeried"]
        assert [(entry.visit, entry.outcome.startswith("OK_")) for entry in asked] == [(at.visits()[0].visit, True)]
        await at.press("0")
        await at.pick("side.do.queue")
        await at.until(lambda: persona("taro").person.name in at.seen(), "who was asked about")
        at.reads("side-queue.title", "side.validity.1")
        await at.until(lambda: "保留 0件" in at.seen(), "nobody waits any more")


async def test_f16_in_an_outage_a_card_is_not_asked_about(store: Store, tmp_path: Path) -> None:
    async with desk(store, tmp_path, "taro") as at:
        await at.press("f6")
        await at.until(lambda: at.staff is not None and at.offers("side-outage.on.yes"), "at the switch")
        await at.press("1")
        await at.until(lambda: at.app.counter is not None and at.app.counter.outage, "in outage mode")
        await at.to_patient()
        await at.lay("taro")
        await at.trouble(Trouble.OUTAGE, advised=False)
        at.reads("trouble.outage.what")
        await at.to_staff()
        at.reads("side.trouble.outage")
