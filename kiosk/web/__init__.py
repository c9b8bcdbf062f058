"""The counter in a browser of this computer: one process of the counter, its bytes over a WebSocket, one page.

May know Textual's driver, textual-serve and HTTP; never a visit, a card, the journal or a screen: it starts the same
command that a terminal would, and carries what that draws and what is typed. What breaks if it is wrong: somebody
else's page or program reads the keys of a patient, or a counter goes on without anybody in front of it.
"""

from __future__ import annotations

from typing import Final

DRIVER: Final = "kiosk.web.driver:PageDriver"
"""What `TEXTUAL_DRIVER` is where the counter draws for a page."""
