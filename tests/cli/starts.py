"""Ways to start the command on a machine that is not as this one is. Each is given to `Madoguchi.run` as `start`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from tests.cli.warm import Program

_MAIN: Final = """
from kiosk.cli.main import main
raise SystemExit(main(sys.argv[{used}:]))
"""

_AT: Final = """
import sys
from datetime import datetime
from kiosk.cli.context import JST, Context
moment = datetime.fromisoformat(sys.argv[1]).replace(tzinfo=JST)
Context.now = lambda self: lambda: moment
"""

_WITH_READERS: Final = """
import sys
from reader.transports import pcsc
names = tuple(sys.argv[1].split("|"))
pcsc.list_readers = lambda: names
"""

_ON_A_FULL_DISK: Final = """
import os, sys, types
from kiosk.cli import bundle
class Full:
    def __init__(self, number, mode):
        self.file = open(number, mode)
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.file.close()
    def write(self, data):
        if data:
            raise OSError(28, "no space left")
bundle.os = types.SimpleNamespace(**{**vars(os), "fdopen": Full})  # for nobody else
"""

_WITHOUT_A_VISIT: Final = """
import sys
from kiosk.cli import check
def fail(self, pin):
    raise ValueError
check.Visit.run = fail
"""


def at(moment: datetime) -> Program:
    """Its clock shows that moment, in Japan."""
    return Program(_AT + _MAIN.format(used=2), moment.isoformat())


def with_readers(*names: str) -> Program:
    """PC/SC shows these readers, and no card can be reached."""
    return Program(_WITH_READERS + _MAIN.format(used=2), "|".join(names))


def on_a_full_disk() -> Program:
    """A report can be begun, and nothing written into it."""
    return Program(_ON_A_FULL_DISK + _MAIN.format(used=1))


def without_a_visit() -> Program:
    """The software counter does not work."""
    return Program(_WITHOUT_A_VISIT + _MAIN.format(used=1))
