"""What is said of the card follows the reader: laid on it, pushed into it, or taken out of the drawer of cards."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens.catalogue import view_for
from kiosk.screens.placing import Placing, placing_of
from kiosk.words import LANGUAGES, Words
from tests.kiosk.screens.driving import counter
from tests.kiosk.screens.stage import stage

CONTACT = (
    "SCM Microsystems Inc. SCR 3310 [CCID Interface] (21120000000000) 00 00",
    "Gemalto PC Twin Reader 00 00",
    "ACS ACR39U ICC Reader 00 00",
    "Identiv uTrust 4701 F Contact Reader [uTrust 4701 F] 00 00",
    "Generic Smart Card Reader Interface [Smart Card Reader Interface] 00 00",
)
CONTACTLESS = (
    "SONY FeliCa RC-S300/P (1234567) 00 00",
    "ACS ACR1252 1S CL Reader PICC 00 00",
    "ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00",
    "Identiv uTrust 4701 F CL Reader [uTrust 4701 F] 01 00",
    "HID Global OMNIKEY 5022 Smart Card Reader [OMNIKEY 5022 CL] 00 00",
    "Some Reader 00 00",
)
SPEAKS_OF_PLACING = (
    st.Idle(),
    st.TakingCard(None),
    st.InTrouble(Trouble.CARD_PULLED),
    st.InTrouble(Trouble.CARD_UNREADABLE, card_on_reader=True),
    st.InTrouble(Trouble.NOT_MYNA_CARD, card_on_reader=True),
    st.InTrouble(Trouble.PHONE_NOT_EQUIPPED),
)
LAYING = {"ja": r"置|中央", "en": r"(?i)\b(lay|place|middle)\b"}


def test_readers_are_told_by_their_names() -> None:
    assert [name for name in CONTACT if placing_of(name, software=False) is not Placing.INSERT] == []
    assert [name for name in CONTACTLESS if placing_of(name, software=False) is not Placing.LAY] == []
    assert placing_of("Madoguchi software reader", software=True) is Placing.DRAWER


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_no_screen_of_a_contact_reader_speaks_of_laying_down(lang: str) -> None:
    async with stage(lang=lang) as on:
        for state in SPEAKS_OF_PLACING:
            laid = on.app.setting()
            inserted = replace(laid, placing=Placing.INSERT)
            said = {}
            for setting in (laid, inserted):
                view = view_for(state, setting)
                await on.app.screen.show(view, setting.words, ())  # type: ignore[attr-defined]
                await on.pilot.pause()
                said[setting.placing] = on.text()
            assert said[Placing.LAY] != said[Placing.INSERT], state
            assert re.findall(LAYING[lang], said[Placing.INSERT]) == [], state


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_words_of_its_own_for_it(lang: str) -> None:
    words = Words(lang)
    for stem in ("idle.title", "idle.how", "reading.slow", "take_card.title", "trouble.retry_place"):
        assert words.text(f"{stem}.insert") != words.text(stem)
        assert lang == "ja" or words.text(f"{stem}.insert") != Words("ja").text(f"{stem}.insert")


async def test_a_software_card_comes_from_the_drawer_and_goes_back_there(tmp_path: Path) -> None:
    ja = Words("ja")
    async with counter(tmp_path) as desk:
        await desk.until(lambda: ja.text("idle.drawer") in desk.text(), "told where cards come from")
        await desk.to_answer()
        await desk.press("1")
        await desk.reach(st.TakingCard)
        assert ja.text("take_card.drawer") in desk.text()


async def test_a_real_reader_has_no_word_of_the_drawer() -> None:
    async with stage() as on:
        for state, stem in ((st.Idle(), "idle"), (st.TakingCard(None), "take_card")):
            await on.show(state)
            assert Words("ja").text(f"{stem}.drawer") not in on.text()
