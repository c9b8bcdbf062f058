"""Every state of the patient's side looks as it did when somebody last looked at it, in every size and look kept."""

from __future__ import annotations

from dataclasses import is_dataclass
from typing import get_args

import pytest

from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.screens.view import Look
from tests.kiosk.screens.rules import wrong
from tests.kiosk.screens.samples import EVERY_STATE
from tests.kiosk.screens.snapshots import (
    FOLDER,
    LANGUAGES,
    SIZES,
    changed,
    file_of,
    heading,
    named_states,
    not_kept,
    picture,
)
from tests.kiosk.screens.stage import Stage, stage

IN_OTHER_LOOKS = FOLDER / "looks"
OTHER_LOOKS = {"big": Look(big=True), "plain": Look(plain=True)}
THAT_MATTER = (
    "idle",
    "reading_card",
    "choosing_method",
    "entering_pin",
    "entering_pin.3",
    "vouching_by_eye",
    "asking_consent",
    "in_trouble.pin_locked",
    "showing_answer",
    "showing_answer.2",
    "taking_card",
)
"""The states that are kept in the other looks too: those of a usual visit, and where most visits stop."""


async def differing(on: Stage, look: str, size: tuple[int, int], lang: str) -> list[str]:
    """What is wrong with the screens of one look, and which are not as they were."""
    found = []
    for name, state in named_states():
        if look and name not in THAT_MATTER:
            continue
        await on.show(state, late=True)
        path = IN_OTHER_LOOKS / f"{look}.{name}.txt" if look else file_of(name)
        found += await changed(path, heading(size, lang), lambda: picture(on.app), on.settle)
        found += wrong(on, state, lang)
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_state_is_complete_and_looks_as_it_was_looked_at(size: tuple[int, int], lang: str) -> None:
    async with stage(size=size, lang=lang, phones=True, practice_passcode="2580") as on:
        found = await differing(on, "", size, lang)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("look", OTHER_LOOKS)
async def test_big_digits_and_plain_text_look_as_they_were_looked_at(look: str, lang: str) -> None:
    async with stage(lang=lang, look=OTHER_LOOKS[look], phones=True, practice_passcode="2580") as on:
        found = []
        for size in SIZES:
            await on.pilot.resize_terminal(*size)
            await on.settle()
            found += await differing(on, look, size, lang)
    assert not found, "\n".join(found)


async def test_every_key_the_line_below_names_does_something_there() -> None:
    async with stage(phones=True, practice_passcode="2580") as on:
        for name, state in named_states():
            await on.show(state)
            hints = [key for key, _ in on.view.key_hints()]
            assert all(on.view.press(key) for key in hints if key != "f3"), (name, hints)
            assert on.view.OTHER_LANGUAGES or "f3" not in hints, "the menu of languages would not open"


def test_every_state_there_is_has_its_pictures_and_nothing_else_has() -> None:
    """At both sizes, in both languages; a state added to the flow has none yet."""
    own = {kind for kind in vars(st).values() if isinstance(kind, type) and kind.__module__ == st.__name__}
    there_are = {kind for kind in own - {st.CardSummary} if is_dataclass(kind)}
    assert there_are == set(get_args(st.State)) == {type(state) for _, state in named_states()}
    assert {state.trouble for state in EVERY_STATE if isinstance(state, st.InTrouble)} == set(Trouble)
    assert not_kept(FOLDER, (name for name, _ in named_states())) == []
    assert not_kept(IN_OTHER_LOOKS, (f"{look}.{name}" for look in OTHER_LOOKS for name in THAT_MATTER)) == []
