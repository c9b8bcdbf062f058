"""How this program is called by whoever started it: what stands in a sentence that names one of its commands.

Looked up once, while the program starts. What breaks if it is wrong: the counter tells people to type a command that
their shell does not find.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

NAME: Final = "madoguchi"
COMMANDS: Final = (
    "ask", "batch", "card", "check", "config", "decide", "doctor", "journal", "kiosk", "rehearse", "rules", "server"
)  # fmt: skip
"""What can be typed behind the name: it stands in other words too (`pipx inject madoguchi pyscard`)."""
_NAMED: Final = re.compile(rf"(?<![\w./-]){NAME}(?= (?:(?:{'|'.join(COMMANDS)})\b|--))")


def command(started: str, found: Callable[[str], str | None], folder: Path) -> str:
    """`madoguchi` where the shell finds that; else the program that was `started`, as short as it works in `folder`."""
    path = Path(started)
    if found(NAME) is not None or path.stem != NAME:
        return NAME
    path = Path(os.path.abspath(folder / path))  # noqa: PTH100 - a link stays what it is called
    if not path.is_relative_to(folder):
        return str(path)
    here = str(path.relative_to(folder))
    return here if os.sep in here else os.path.join(os.curdir, here)  # noqa: PTH118 - a path has no "./"


STARTED_AS: Final = command(sys.argv[0] if sys.argv else "", shutil.which, Path(os.environ.get("PWD") or os.curdir))
"""As it is typed into the shell that this program was started from."""


def with_command(sentence: str, as_typed: str = STARTED_AS) -> str:
    """The sentence with every command of ours as it can be typed here; done twice it is the same."""
    return sentence if as_typed == NAME else _NAMED.sub(lambda _: as_typed, sentence)
