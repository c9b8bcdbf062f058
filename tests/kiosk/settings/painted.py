"""What a screen really paints: letters with the two colours they stand in, and how far apart those are.

The formulas are those of WCAG 2.2 (relative luminance, contrast ratio).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from rich.color import Color
from rich.style import Style
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget


@dataclass(frozen=True)
class Letters:
    """A run of letters in one style, `x` cells from the left in line `y`."""

    text: str
    x: int
    y: int
    fore: tuple[int, int, int]
    back: tuple[int, int, int]
    dim: bool

    @property
    def ratio(self) -> float:
        """The contrast of the letters; 1 where they are dimmed, because how much is up to each terminal."""
        return 1.0 if self.dim else contrast(self.fore, self.back)

    def __str__(self) -> str:
        dim = " dim" if self.dim else ""
        return f"{self.y}:{self.x} {self.text.strip()!r} {_hex(self.fore)} on {_hex(self.back)}{dim} = {self.ratio:.2f}"


def painted(app: App[Any], screen: Screen[Any] | None = None) -> Iterator[Letters]:
    """Every run of letters on the screen, and every blank that is drawn by being reversed."""
    shown = screen or app.screen
    for y, strip in enumerate(shown._compositor.render_strips()):
        x = 0
        for segment in strip:
            style = segment.style or Style.null()
            if segment.text.strip() or style.reverse:
                fore, back = _rgb(style.color), _rgb(style.bgcolor)
                if style.reverse:
                    fore, back = back, fore
                yield Letters(segment.text, x, y, fore, back, bool(style.dim))
            x += segment.cell_length


@dataclass
class Kinds:
    """What has been painted so far, by kind: a theme colours kinds, so that each needs to be seen once in each theme.

    A kind is a sort of widget that holds no others, with its classes and those of what holds it, with the focus or
    without; or a pair of colours that letters stand in, which tells what it is given from farther above.
    """

    seen: set[Any] = field(default_factory=set)

    def any_new(self, app: App[Any]) -> bool:
        """Whether the screen has a kind that none of those before it had; they count as seen from now on."""
        kinds: set[Any] = {(letters.fore, letters.back, letters.dim) for letters in painted(app)}
        for widget in app.screen.walk_children(Widget):
            above = widget.parent
            if widget.display and widget.region.area and not widget.children and above is not None:
                kinds.add((type(widget), widget.classes, above.classes, widget.has_focus))
        new = kinds - self.seen
        self.seen |= kinds
        return bool(new)


def _rgb(color: Color | None) -> tuple[int, int, int]:
    assert color is not None, "a colour that the terminal chooses: nobody knows its contrast"
    assert color.triplet is not None, f"{color.name} is another in each terminal"
    red, green, blue = color.triplet
    return red, green, blue


def _hex(color: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)


def luminance(color: tuple[int, int, int]) -> float:
    """Relative luminance, 0 (black) to 1 (white)."""

    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
