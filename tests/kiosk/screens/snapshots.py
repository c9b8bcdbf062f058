"""Pictures of the patient's screens as text: what stands where, and which cells are drawn how.

A picture is the lines of the terminal, then the runs of one style of each line that is not as most are, then what the
styles are. Colours are
those of Textual's own dark theme, so that a picture changes when a screen does and not when a theme is tuned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from rich.style import Style
from textual.app import App

from kiosk.flow import states as st
from tests.kiosk.screens.rules import different
from tests.kiosk.screens.samples import EVERY_STATE, name_of

FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 40))
LANGUAGES = ("ja", "en")


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
    usual = max(set(runs), key=runs.count)
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


def parted(text: str) -> dict[str, str]:
    """Heading → picture."""
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
