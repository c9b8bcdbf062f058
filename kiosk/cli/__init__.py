"""The `madoguchi` command: the only place that may import every package and puts them together.

This module and `kiosk.cli.main` stay light (no screens, no cryptography, no HTTP): the first frame of the counter
waits for them. What breaks if it is wrong: a slow start, or a foreign package of the same generic name at work.
"""

from __future__ import annotations

import sys
from typing import NoReturn


def run() -> NoReturn:
    """The entry point of the installed command: run it with the process's arguments and exit with its code."""
    from kiosk.cli.main import main
    from kiosk.cli.no_core_dump import forbid_core_dump

    forbid_core_dump()
    sys.exit(main(sys.argv[1:]))
