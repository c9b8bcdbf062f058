"""One verdict of the doctor: a code with parameters. The words are `reader.words`', the page is in `hardware/`.

Codes are added, never renamed: scripts and reports of testers rely on them.
What breaks if this is wrong: a person reads what is broken and not what to do about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

Params = dict[str, str | int]

PCSCD: Final = "hardware/pcscd.md"
POLKIT: Final = "hardware/polkit.md"
KERNEL_MODULES: Final = "hardware/kernel-modules.md"
VPCD: Final = "hardware/vpcd.md"
CLOCK: Final = "hardware/clock.md"
MACOS: Final = "hardware/macos.md"
WINDOWS: Final = "hardware/windows.md"
FIRST_EVENING: Final = "hardware/first-evening.md"
READERS: Final = "hardware/readers"
"""The folder with a page for each family of readers."""

_LINKS: Final[dict[str, str]] = {
    "pyscard": PCSCD,
    "service": PCSCD,
    "service.denied": POLKIT,
    "service.over_ssh": POLKIT,
    "service.stopped_macos": MACOS,
    "service.stopped_windows": WINDOWS,
    "modules": KERNEL_MODULES,
    "usb": FIRST_EVENING,
    "readers": FIRST_EVENING,
    "readers.sam_slot": f"{READERS}/acs-acr1251-acr1252.md",
    "card": FIRST_EVENING,
    "network": VPCD,
    "clock": CLOCK,
    "system": FIRST_EVENING,
    "system.macos": MACOS,
    "system.windows": WINDOWS,
}
"""The page for a code, or for all codes that begin so."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict. The words are `message_id` and `remedy_id` of `reader.words`, both filled with `params`.

    `ok`: True works; False does not; None is no fault by itself, but something is missing or worth knowing.
    """

    check: str
    """What was looked at: `pyscard`, `service`, `modules`, `usb`, `readers`, `card`, `network`, `clock`, `system`."""
    ok: bool | None
    code: str
    params: Params = field(default_factory=dict)
    page: str | None = None
    """The page of just this reader, where there is one."""

    @property
    def message_id(self) -> str:
        """The id of the sentence that says what was found and why."""
        return f"finding.{self.code}"

    @property
    def remedy_id(self) -> str | None:
        """The id of what fixes it, one action on each line; None where nothing needs to be done."""
        return None if self.ok else f"{self.message_id}.remedy"

    @property
    def link(self) -> str | None:
        """The page in `hardware/` that says more; None where nothing needs to be done and no page was named."""
        if self.page is not None:
            return self.page
        return None if self.ok else _LINKS.get(self.code) or _LINKS[self.code.partition(".")[0]]
