"""How the counter is drawn for the person who stands there: as the clinic chose, or as they chose for their own visit.

Knows no visit and no person; whoever owns the flow says when the next person's begins. What breaks if it is wrong: the
next person meets a screen that somebody else chose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual.app import App

from kiosk.screens.view import Look
from kiosk.settings.themes import CONTRAST_SUFFIX


class VisitLook:
    """The look that holds, and the clinic's own beside it."""

    def __init__(self, app: App[Any], look: Look) -> None:
        """`look` is what the clinic chose; its theme is set already."""
        self._app = app
        self._clinics = look
        self._big = look.big
        self._theme_before = ""
        """The theme before a person chose another contrast; "": nobody did."""

    @property
    def now(self) -> Look:
        """What the screens are drawn with."""
        return replace(self._clinics, big=self._big, contrast=self._app.theme.endswith(CONTRAST_SUFFIX))

    def turn(self, look: str) -> None:
        """`big`: the large digits, `contrast`: the strongest contrast; on where it is off, off where it is on."""
        if look == "big":
            self._big = not self._big
            return
        theme = self._app.theme
        plain = theme.removesuffix(CONTRAST_SUFFIX)
        self._theme_before = self._theme_before or theme
        self._app.theme = plain if theme != plain else plain + CONTRAST_SUFFIX

    def back(self) -> bool:
        """As the clinic chose; whether anything was otherwise. A theme that staff chose meanwhile stays."""
        changed = self._big is not self._clinics.big or bool(self._theme_before)
        before, self._theme_before = self._theme_before, ""
        self._big = self._clinics.big
        if before and _same_but_contrast(before, self._app.theme):
            self._app.theme = before
        return changed


def _same_but_contrast(one: str, other: str) -> bool:
    return one.removesuffix(CONTRAST_SUFFIX) == other.removesuffix(CONTRAST_SUFFIX)
