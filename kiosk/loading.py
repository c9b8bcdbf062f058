"""Loads what a visit needs on a thread, after the first frame: modules, services, what only the disk knows.

Garbage collection is held back meanwhile, so that the screen stays alive. What breaks if it is wrong: a slow first
frame, or a counter that never becomes ready.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kiosk.services.interfaces import Services

_SWITCHES: Final = 0.0005
"""Seconds a thread may compute before another one has its turn: a tenth of Python's own, which a key pressed while
modules are loaded or a software card computes would feel (prototypes.md §2, `bench keys`)."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded. `practice_passcode`: the facility passcode where it is one for practice, else ""."""

    services: Services
    practice_passcode: str


class Loading:
    """One run of it. `quick` False leaves garbage collection as it is: right in tests."""

    def __init__(self, load: Callable[[], Services], *, quick: bool) -> None:
        self._load = load
        self._quick = quick

    def begin(self, loaded: Callable[[Loaded], None], failed: Callable[[Exception], None]) -> None:
        """Start; one of the two is called on the loading thread at the end."""
        if self._quick:
            gc.disable()
            sys.setswitchinterval(_SWITCHES)
        threading.Thread(target=self._run, args=(loaded, failed), name="load", daemon=True).start()

    def finish(self) -> None:
        """On the event loop, when everything is there: what was loaded stays, and is not looked through again."""
        if self._quick:
            gc.freeze()
            gc.enable()

    def _run(self, loaded: Callable[[Loaded], None], failed: Callable[[Exception], None]) -> None:
        try:
            from kiosk.preload import import_all

            import_all()
            services = self._load()
            everything = Loaded(services, practice_passcode(services))
        except Exception as error:
            failed(error)
        else:
            loaded(everything)


def practice_passcode(services: Services) -> str:
    """The facility passcode where it is one for practice. Reads the disk.

    "" where one was set, or where that cannot be told: the pad says then what is wrong.
    """
    try:
        return services.passcodes.practice or ""
    except OSError:
        return ""
