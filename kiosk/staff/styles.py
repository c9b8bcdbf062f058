"""The staff side's style sheet as text: read once, where modules are loaded, never while a key is waited for.

What breaks if it is wrong: the first F4 reads a file on the event loop, or the lock prompt stands unstyled.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

STYLES: Final = Path(__file__).with_name("staff.tcss").read_text(encoding="utf-8")
"""For the `CSS` of each screen of the staff side."""
