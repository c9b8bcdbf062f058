"""Serves any program on the counter's page, as `madoguchi kiosk --web` serves the counter.

Usage: python -m tests.web.small_server DATA_DIR COMMAND...      Prints the address.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kiosk.web.answers import PageText
from kiosk.web.door import Door
from kiosk.web.server import CounterServer, PagePlan
from kiosk.web.serving import serve
from mock_server.listeners import address_of, listen

WORDS = (
    "title", "tools", "smaller", "larger", "spoken", "input", "waiting", "closed", "fault", "killed", "taken_over",
    "busy", "server", "lost", "again", "take_over", "too_long", "too_much", "not_cleared", "not_copied",
)  # fmt: skip


def main() -> None:
    data_dir, *command = sys.argv[1:]
    text = PageText("ja", {word: f"word {word}" for word in WORDS})
    plan = PagePlan(command, os.environ, text, "refused", Path(data_dir))
    with listen(address_of("127.0.0.1"), 0) as listener:
        server = CounterServer(plan, Door(listener.getsockname()[1]))
        serve(server, listener, Path(data_dir), lambda: print(server.address, flush=True))


if __name__ == "__main__":
    main()
