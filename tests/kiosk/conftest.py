"""What is the same in all these tests of screens: what a screen costs that nobody looks at.

Every screen is waited for by looking at it and parses its style sheets once in a process. It is drawn when a test reads
it, whole and anew; where drawing itself is tested, or what it may leave in memory, every change is drawn as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from tests.at_rest import looked_at
from tests.kiosk.screens.unpainted import unpainted
from tests.sheets_once import parsed_once

_DRAWN: Final = tuple(
    f"tests/kiosk/{at}"
    for at in (
        *("isolation/", "loop/", "test_painting.py"),
        *("screens/test_crash.py", "screens/test_first_frame.py", "screens/test_privacy.py", "screens/test_secrets.py"),
    )
)


@pytest.fixture(autouse=True)
def cheap_screens(request: pytest.FixtureRequest) -> Iterator[None]:
    with looked_at(), parsed_once():
        if request.node.nodeid.startswith(_DRAWN):
            yield
            return
        with unpainted():
            yield
