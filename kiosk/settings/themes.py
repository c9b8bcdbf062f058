"""The colours offered: two for a dark room and two for a bright one, each pair with a variety of strong contrast.

Every pair that a screen paints reaches 7 : 1 on the patient's side and 4.5 : 1 elsewhere; tests/kiosk/settings measures
what is really painted. What breaks if it is wrong: a person of eighty does not see which answer is chosen.
"""

from __future__ import annotations

from typing import Any, Final

from textual.app import App
from textual.theme import Theme

from kiosk.settings.model import THEMES, Settings

CONTRAST_SUFFIX: Final = "-contrast"
_HINTS: Final = ("primary", "secondary", "accent", "warning", "error", "success")


def _theme(
    name: str,
    *,
    dark: bool,
    foreground: str,
    background: str,
    surface: str,
    panel: str,
    muted: str,
    blue: str,
    yellow: str,
    red: str,
    green: str,
    chosen: str,
    on_chosen: str,
    under_white: str,
    tinted: str,
) -> Theme:
    """A theme of solid colours only.

    Textual derives many from the few it is given, by mixing; what is mixed is not known to reach any contrast, so each
    one that a screen may paint letters with is said here. `chosen` is what lies under the focus, `tinted` under
    something that is typed into or marked; both are told by a change of letters too, never by colour alone.
    """
    coloured = dict(zip(_HINTS, (blue, blue, yellow, yellow, red, green), strict=True))
    return Theme(
        name,
        primary=blue,
        secondary=blue,
        accent=yellow,
        warning=yellow,
        error=red,
        success=green,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        boost=tinted,
        dark=dark,
        text_alpha=1.0,
        variables={
            **{f"text-{hint}": colour for hint, colour in coloured.items()},
            **{f"{hint}-muted": tinted for hint in _HINTS},
            "text": foreground,
            **dict.fromkeys(("text-muted", "text-disabled", "foreground-muted", "foreground-disabled"), muted),
            "block-cursor-background": chosen,
            "block-cursor-foreground": on_chosen,
            "block-cursor-text-style": "bold",
            "block-cursor-blurred-background": tinted,
            "block-cursor-blurred-foreground": foreground,
            "block-hover-background": tinted,
            "input-cursor-background": foreground,
            "input-cursor-foreground": background,
            "input-selection-background": chosen,
            "input-selection-foreground": on_chosen,
            "screen-selection-background": chosen,
            "screen-selection-foreground": on_chosen,
            "primary-darken-3": under_white,
            "border": muted,
            "border-blurred": muted,
            "scrollbar": muted,
            "scrollbar-hover": foreground,
            "scrollbar-active": foreground,
            "scrollbar-background": background,
            "scrollbar-background-hover": background,
            "scrollbar-background-active": background,
            "scrollbar-corner-color": background,
            "link-color": blue,
            "link-color-hover": on_chosen,
            "link-background-hover": chosen,
            "button-foreground": foreground,
            "button-color-foreground": background,
            "button-focus-text-style": "bold reverse",
            "footer-foreground": foreground,
            "footer-background": panel,
            "footer-key-foreground": foreground,
            "footer-key-background": panel,
            "footer-description-foreground": foreground,
            "footer-description-background": panel,
            "footer-item-background": panel,
        },
    )


_ALL: Final = (
    _theme(
        "night",
        dark=True,
        foreground="#f2f4f7",
        background="#0d1117",
        surface="#161d27",
        panel="#1e2733",
        muted="#c3ccd8",
        blue="#9ecbff",
        yellow="#ffd479",
        red="#ffb4ab",
        green="#8ee6a8",
        chosen="#ffd479",
        on_chosen="#0d1117",
        under_white="#0a3a70",
        tinted="#26364a",
    ),
    _theme(
        "day",
        dark=False,
        foreground="#14181f",
        background="#fbfbf8",
        surface="#f1f1ec",
        panel="#e6e8ea",
        muted="#3b4450",
        blue="#003f80",
        yellow="#5c3b00",
        red="#8a0012",
        green="#00491f",
        chosen="#00396f",
        on_chosen="#ffffff",
        under_white="#00396f",
        tinted="#dbe6f2",
    ),
    _theme(
        "night-contrast",
        dark=True,
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#000000",
        muted="#ffffff",
        blue="#8fd0ff",
        yellow="#ffe600",
        red="#ffb0b0",
        green="#7dff9b",
        chosen="#ffe600",
        on_chosen="#000000",
        under_white="#002b55",
        tinted="#002b55",
    ),
    _theme(
        "day-contrast",
        dark=False,
        foreground="#000000",
        background="#ffffff",
        surface="#ffffff",
        panel="#ffffff",
        muted="#000000",
        blue="#00308f",
        yellow="#4a2f00",
        red="#7a0000",
        green="#003d12",
        chosen="#000000",
        on_chosen="#ffffff",
        under_white="#000000",
        tinted="#e4efff",
    ),
)


def offered() -> tuple[Theme, ...]:
    """The themes in the order they are offered; their names are `kiosk.settings.model.THEMES`."""
    return _ALL


def register_themes(app: App[Any]) -> None:
    """Let `app` have these themes. Textual's own are taken away but for the one in use: they are not measured."""
    for theme in _ALL:
        app.register_theme(theme)
    for name in app.available_themes:
        if name not in THEMES and name != app.theme:
            app.unregister_theme(name)


def theme_name(settings: Settings) -> str:
    """The theme that the settings come to: their theme, or its variety of strong contrast."""
    if settings.high_contrast and not settings.theme.endswith(CONTRAST_SUFFIX):
        return settings.theme + CONTRAST_SUFFIX
    return settings.theme
