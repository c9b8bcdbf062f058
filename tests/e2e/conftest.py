"""One store of cards and records for the tests that play whole visits; what they do to it stays in copies of it."""

from __future__ import annotations

import inspect

import pytest

from tests.e2e.desk import Store

_PLAYED = ("tests/e2e/failures", "tests/e2e/hands")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("store"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole visits through the screens carry the marks `screens`."""
    for item in items:
        if item.nodeid.startswith(_PLAYED) and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.screens)
