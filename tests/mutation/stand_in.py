"""A plugin for pytest that has one module read from another file: `-p tests.mutation.stand_in`.

The environment names both (`STAND_IN_MODULE`, `STAND_IN_FILE`). It has to be there before any test is read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType


class StandIn(MetaPathFinder):
    """Finds that one module and no other."""

    def __init__(self, module: str, file: str) -> None:
        self._module, self._file = module, file

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_file_location(fullname, self._file) if fullname == self._module else None


if "STAND_IN_MODULE" in os.environ:
    assert os.environ["STAND_IN_MODULE"] not in sys.modules, "it was read before"
    sys.meta_path.insert(0, StandIn(os.environ["STAND_IN_MODULE"], os.environ["STAND_IN_FILE"]))
