"""Imports what a visit will need, one module after the other on one thread, before anything else runs beside it.

Why: Python's import locks can report a deadlock where two threads import packages that share parts, and a screen that
imports waits. So after this, only the thread that connects to the service imports anything (a test watches over it).
What breaks if a module is missing here: rarely, and only on some machines, the first visit fails.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

SCREENS: Final = (
    "kiosk.performer",
    "kiosk.reader_events",
    "kiosk.drawer_hands",
    "kiosk.forgetting",
    "kiosk.staff_door",
    "kiosk.screens.catalogue",
    "kiosk.screens.language_menu",
    "kiosk.screens.drawer",
    "kiosk.screens.overlays",
    "kiosk.flow.machine",
    "reader.monitor",
    "eligibility.words",
    "jpholiday",
    "eligibility.oqs.signed_message",
    "encodings.iso2022_jp",  # a name's characters are looked at with it
)
"""What the screens and the flow need."""

CARDS: Final = (
    "cryptography.x509",
    "cryptography.hazmat.primitives.asymmetric.padding",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.asymmetric.utils",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.constant_time",
    "cryptography.hazmat.primitives.kdf.scrypt",
    "cryptography.hazmat.primitives.serialization",
    "kiosk.services.card_origin",
    "tempfile",
)
"""What checking a card's origin, a software card's signature, a passcode and the journal need."""


def import_all() -> None:
    """Import everything named here. Raises ImportError where the installation is broken."""
    for name in (*SCREENS, *CARDS):
        import_module(name)
    _read_words()


def _read_words() -> None:
    """The catalogues of the rules: the first sentence of the desk is not the moment to read a file."""
    from eligibility import words

    for lang in words.LANGUAGES:
        words.text(lang, "outcome.OK_ONLINE")
