"""`python -m kiosk`: the same as the `madoguchi` command.

Python puts the present folder first on the path for `-m`; a folder named `reader` in it would be imported instead of
ours, so that entry is taken away unless it is where our packages live.
"""

from __future__ import annotations

import sys
from pathlib import Path


def drop_present_folder(path: list[str], home: Path) -> None:
    """Remove the first entry of `path` where it is not `home`, the folder that holds our packages."""
    if path and not sys.flags.safe_path and Path(path[0] or ".").resolve() != home:
        del path[0]


if __name__ == "__main__":
    drop_present_folder(sys.path, Path(__file__).resolve().parent.parent)
    from kiosk.cli import run

    run()
