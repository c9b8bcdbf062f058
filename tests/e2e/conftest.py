"""One store of cards and records for the tests that play whole visits; what they do to it stays in copies of it.

Screens are waited for by looking at them and parse their style sheets once in a process. In whole visits they are drawn
when they are read; what may be left in memory is looked for behind screens that draw every change.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest

from tests.at_rest import looked_at
from tests.e2e.desk import Store
from tests.kiosk.screens.unpainted import unpainted
from tests.sheets_once import parsed_once

_PLAYED = ("tests/e2e/failures", "tests/e2e/hands")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


@pytest.fixture(autouse=True)
def cheap_screens(request: pytest.FixtureRequest) -> Iterator[None]:
    with looked_at(), parsed_once():
        if not request.node.nodeid.startswith(_PLAYED):
            yield
            return
        with unpainted():
            yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole visits through the screens carry the marks `screens`."""
    for item in items:
        if item.nodeid.startswith(_PLAYED) and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.screens)
