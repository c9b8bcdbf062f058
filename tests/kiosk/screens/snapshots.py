"""Pictures of the patient's screens as text: what stands where, and which cells are drawn how.

A picture is the lines of the terminal, then the runs of one style of each line that is not as most are, then what the
styles are. Colours are those of Textual's own dark theme, so that a picture changes when a screen does and not when a
theme is tuned. A file keeps the pictures of one thing, each below its size and language.

After a change that is meant, look at the screens, and write the pictures anew:
`MADOGUCHI_SNAPSHOTS=write pytest tests/kiosk/screens/test_snapshots.py tests/kiosk/screens/test_sheet_looks.py`.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path

from rich.style import Style
from textual.app import App

from kiosk.flow import states as st
from tests.kiosk.screens.rules import different
from tests.kiosk.screens.samples import EVERY_STATE, name_of

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40))
LANGUAGES = ("ja", "en")
WRITE = os.environ.get("MADOGUCHI_SNAPSHOTS") == "write"
LOOKS = 20
"""How often a screen that is not as it was is looked at again: on a busy machine something may still be under way."""


def _words(style: Style | None) -> str:
    if style is None:
        return "plain"
    flags = [name for name in ("bold", "dim", "italic", "underline", "reverse") if getattr(style, name)]
    colours = [colour.name for colour in (style.color, style.bgcolor) if colour is not None]
    return " ".join([*flags, " on ".join(colours)])


def picture(app: App[None]) -> str:
    """What is on the screen."""
    names: dict[str, str] = {}
    lines, runs = [], []
    for strip in app.screen._compositor.render_strips():
        lines.append(f"|{strip.text.rstrip()}")
        drawn: list[tuple[str, int]] = []
        for segment in strip:
            words = _words(segment.style)
            name = names.setdefault(words, chr(ord("a") + len(names)))
            if drawn and drawn[-1][0] == name:
                drawn[-1] = (name, drawn[-1][1] + segment.cell_length)
            elif segment.cell_length:
                drawn.append((name, segment.cell_length))
        runs.append(" ".join(f"{name}{cells}" for name, cells in drawn))
    usual = max(dict.fromkeys(runs), key=runs.count)  # of equals the first: a set has another order each time
    told = [f"{row}: {run}" for row, run in enumerate(runs) if run != usual]
    styles = [f"{name} = {words}" for words, name in names.items()]
    return "\n".join([*lines, *told, f"else: {usual}", *styles]) + "\n"


def named_states() -> Iterator[tuple[str, st.State]]:
    """Every picture there is, under a name that stays the same."""
    seen: dict[str, int] = {}
    for state in different(EVERY_STATE):
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", name_of(state)).lower().replace("-", ".")
        seen[name] = seen.get(name, 0) + 1
        yield f"{name}.{seen[name]}" if seen[name] > 1 else name, state


def file_of(name: str) -> Path:
    """Where the pictures of one state are kept: both sizes, both languages."""
    return FOLDER / f"{name}.txt"


def heading(size: tuple[int, int], lang: str) -> str:
    """What stands above one picture of a file."""
    return f"{size[0]}x{size[1]} {lang}"


EVERY_HEADING = {heading(size, lang) for size in SIZES for lang in LANGUAGES}


async def changed(path: Path, above: str, look: Callable[[], str], settle: Callable[[], Awaitable[None]]) -> list[str]:
    """In which lines the screen is not as the picture `above` of `path`; writes it anew where that is asked for."""
    kept = parted(path.read_text(encoding="utf-8")) if path.exists() else {}
    now = look()
    for _ in range(0 if WRITE else LOOKS):
        if now == kept.get(above):
            return []
        await settle()
        now = look()
    if WRITE:
        path.parent.mkdir(exist_ok=True)
        pictures = {**kept, above: now}
        path.write_text("".join(f"=== {head}\n{pictures[head]}" for head in sorted(pictures)), encoding="utf-8")
        return []
    diff = difflib.unified_diff(kept.get(above, "").splitlines(), now.splitlines(), "kept", "now", "", "", 0)
    return ["\n".join([f"{path.stem} at {above}:", *list(diff)[:12]])]


def not_kept(folder: Path, names: Iterable[str]) -> list[str]:
    """Which files of a folder are missing, of something that is gone, or lack a size or a language."""
    kept, wanted = {path.stem for path in folder.glob("*.txt")}, set(names)
    found = [f"no picture of {name}" for name in sorted(wanted - kept)]
    found += [f"{name} is gone" for name in sorted(kept - wanted)]
    for name in sorted(kept & wanted):
        if (has := set(parted((folder / f"{name}.txt").read_text(encoding="utf-8")))) != EVERY_HEADING:
            found.append(f"{name} has {sorted(has)}")
    return found


def parted(text: str) -> dict[str, str]:
    """Heading → picture."""
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
