"""What a clinic can choose about its counter's screens, its desk and its staff side: every setting, once.

One table says what a setting is called in the file, what it may be, what it is where nobody chose, and how sure that
is; the file reader, `config show` and docs/settings.md are made from it. Light: it stands before the first frame.
What breaks if it is wrong: a setting that changes nothing, or a number of ours that passes for an official one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import time
from enum import Enum
from typing import Any, Final

from kiosk.settings.checks import Check, Choice, Several, Switch, TimeOfDay, Whole

THEMES: Final = ("night", "day", "night-contrast", "day-contrast")
"""The colours offered, by name; `kiosk.settings.themes` has them. Here because Textual is too heavy to ask."""
LANGUAGES: Final = ("ja", "en")
"""What the counter and its staff side speak. A patient chooses among more on the screen."""
BELLS: Final = ("call", "trouble", "accepted", "card_left")
"""What the bell rings for: the patient calls, staff is needed, accepted, the card is still on the reader."""

_CLOSING: Final = time(19, 0)


class Basis(Enum):
    """How sure a default is."""

    TASTE = "taste"
    """A clinic's own choice; nothing official is claimed."""
    OURS = "ours"
    """A number of ours; no official one was found."""
    UNVERIFIED = "unverified"
    """The source is weak: reception.md marks it unverified."""


@dataclass(frozen=True, slots=True)
class Spec:
    """One setting: where it stands in the file, what it may be, and how sure its default is."""

    table: str
    check: Check
    basis: Basis = Basis.TASTE


def _setting(default: Any, table: str, check: Check, basis: Basis = Basis.TASTE) -> Any:
    return field(default=default, metadata={"spec": Spec(table, check, basis)})


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings as they hold. Times are in seconds; a field's name is its key in the file."""

    language: str | None = _setting(None, "screen", Choice(LANGUAGES))
    """None: what the environment says, else Japanese."""
    theme: str = _setting("night", "screen", Choice(THEMES))
    high_contrast: bool = _setting(False, "screen", Switch())
    """The variety of the theme with the strongest contrast (`kiosk.settings.themes.theme_name`)."""

    big_digits: bool = _setting(False, "patient", Switch())
    easy_japanese: bool = _setting(False, "patient", Switch())
    """やさしい日本語 with readings."""
    plain: bool = _setting(False, "patient", Switch())
    """One thing per line, no bars, no colour: for screen readers and braille displays."""
    bell: bool = _setting(True, "patient", Switch())
    bell_for: tuple[str, ...] = _setting(("call", "trouble"), "patient", Several(BELLS))
    privacy_seconds: int = _setting(120, "patient", Whole(20, 900), Basis.OURS)
    """Without a key or the mouse for so long a patient's screen goes back to the beginning."""

    equipped_for_smartphone: bool = _setting(False, "desk", Switch())
    """There is a reader for phones (スマホ, reception.md §4.8)."""
    face_tries: int = _setting(10, "desk", Whole(1, 10), Basis.UNVERIFIED)
    """Faces that may not match in a row before the way is closed (reception.md §4)."""
    visual_tries: int = _setting(5, "desk", Whole(1, 10), Basis.OURS)
    """Wrong facility passcodes in a row before a wait."""
    outage_retry_seconds: int = _setting(30, "desk", Whole(5, 3600), Basis.OURS)
    """How long between two questions whether the service is back."""

    auto_lock_seconds: int = _setting(60, "staff", Whole(10, 3600), Basis.OURS)
    """Without a key for so long the staff side closes."""
    clipboard_seconds: int = _setting(60, "staff", Whole(5, 600), Basis.OURS)
    """What was copied is cleared after so long."""
    closing_time: time = _setting(_CLOSING, "staff", TimeOfDay(), Basis.OURS)  # noqa: RUF009 - it cannot be changed
    """When half-typed forms that were kept are thrown away."""


SPECS: Final[dict[str, Spec]] = {entry.name: entry.metadata["spec"] for entry in fields(Settings)}
"""Every setting by its field."""
TABLES: Final = tuple(dict.fromkeys(spec.table for spec in SPECS.values()))
"""The tables of the file that these settings stand in."""
DEFAULTS: Final = Settings()
"""What holds where nobody chose."""
