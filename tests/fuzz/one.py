"""The process of one target under atheris: `python -m tests.fuzz.one TARGET` and libFuzzer's own options.

Everything of ours is imported while atheris looks on, so that libFuzzer sees which code an input reaches; libFuzzer
ends the process itself. What breaks if this is wrong: inputs are drawn blindly.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any


def main() -> None:
    """Hand the target to libFuzzer."""
    atheris: Any = importlib.import_module("atheris")  # it comes without types, and not everywhere
    with atheris.instrument_imports(include=["reader", "kiosk.services", "mock_server", "tests.fuzz.targets"]):
        from tests.fuzz import targets
    name = sys.argv[1]
    function = {**targets.TARGETS, **targets.PLANTED}[name]
    atheris.Setup([sys.argv[0], *sys.argv[2:]], function)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
