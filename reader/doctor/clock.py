"""Can the machine's clock be right?

A certificate is good from one moment to another and rules begin on a day, so a wrong clock refuses good cards. The time
zone does not matter: moments are compared.
What breaks if this is wrong: a good card is called not yet valid, and nobody looks at the clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from reader.doctor.finding import Finding
from reader.doctor.system import System

RELEASED: Final = datetime(2026, 11, 20, tzinfo=UTC)
"""When this program was made: the clock of a machine that runs it cannot rightly show an earlier moment."""


def check_clock(now: datetime, system: System | None = None) -> Finding:
    """One finding about the clock, which shows `now` (with a time zone). Whether it is kept right may be unknown."""
    system = system or System()
    shown = {"now": f"{now:%Y-%m-%d %H:%M}"}
    if now < RELEASED:
        return Finding("clock", False, "clock.before_release", {**shown, "released": f"{RELEASED:%Y-%m-%d}"})
    if is_synchronised(system) is False:
        return Finding("clock", None, "clock.unsynchronised", {**shown})
    return Finding("clock", True, "clock.plausible", {**shown})


def is_synchronised(system: System) -> bool | None:
    """Whether something keeps the clock right, as systemd knows it; None where nobody can tell."""
    if not system.has_systemd:
        return None
    answer = (system.ask(("timedatectl", "show", "--property=NTPSynchronized", "--value")) or "").strip()
    return {"yes": True, "no": False}.get(answer)
