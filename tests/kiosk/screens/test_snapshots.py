"""Every state of the patient's side looks as it did when somebody last looked at it.

After a change that is meant, look at the screens, and write the pictures anew:
`MADOGUCHI_SNAPSHOTS=write pytest tests/kiosk/screens/test_snapshots.py`.
"""

from __future__ import annotations

import difflib
import os

import pytest

from tests.kiosk.screens.rules import wrong
from tests.kiosk.screens.snapshots import FOLDER, LANGUAGES, SIZES, file_of, named_states, parted, picture
from tests.kiosk.screens.stage import stage

WRITE = os.environ.get("MADOGUCHI_SNAPSHOTS") == "write"


async def taken(size: tuple[int, int], lang: str) -> tuple[dict[str, str], list[str]]:
    """The present pictures, name of the state → picture; and what is wrong with any of them."""
    async with stage(size=size, lang=lang, phones=True, practice_passcode="2580") as on:
        pictures, found = {}, []
        for name, state in named_states():
            await on.show(state, late=True)
            pictures[name] = picture(on.app)
            found += wrong(on, state, lang)
        return pictures, found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "size",
    [
        pytest.param(size, id=f"{size[0]}x{size[1]}", marks=pytest.mark.soak if size != SIZES[0] else ())
        for size in SIZES
    ],
)
async def test_every_state_is_complete_and_looks_as_it_was_looked_at(size: tuple[int, int], lang: str) -> None:
    heading = f"{size[0]}x{size[1]} {lang}"
    changed = []
    pictures, found = await taken(size, lang)
    for name, now in pictures.items():
        kept = parted(file_of(name).read_text(encoding="utf-8")) if file_of(name).exists() else {}
        if WRITE:
            kept[heading] = now
            FOLDER.mkdir(exist_ok=True)
            file_of(name).write_text("".join(f"=== {head}\n{kept[head]}" for head in sorted(kept)), encoding="utf-8")
        elif kept.get(heading) != now:
            diff = difflib.unified_diff(kept.get(heading, "").splitlines(), now.splitlines(), "kept", "now", "", "", 0)
            changed.append("\n".join([f"{name} at {heading}:", *list(diff)[:12]]))
    assert not found + changed, "\n".join(found + changed)


def test_no_picture_is_kept_of_what_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {name for name, _ in named_states()}
