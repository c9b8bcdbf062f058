"""The scripts that come with the program."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

INCLUDED: Final = ("quiet_morning", "after_job_changes", "reader_broken_at_nine")
"""Their names, the easiest first."""


def included_text(name: str) -> str:
    """The TOML of an included script. Raises KeyError where there is none of that name."""
    if name not in INCLUDED:
        raise KeyError(name)
    return (files("kiosk.rehearsal") / "scripts" / f"{name}.toml").read_text(encoding="utf-8")
