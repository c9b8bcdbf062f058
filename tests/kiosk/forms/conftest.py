"""Tests that drive a form on a screen carry the mark `screens`."""

from __future__ import annotations

import inspect

import pytest
import pytest_asyncio

from tests.kiosk.staff import running_apps

apps_of_the_module = pytest_asyncio.fixture(scope="module", loop_scope="module")(running_apps.apps_of_the_module)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Driving a screen is a coroutine; everything else here looks at values."""
    for item in items:
        if "tests/kiosk/forms" in item.nodeid and inspect.iscoroutinefunction(getattr(item, "function", None)):
            item.add_marker(pytest.mark.screens)
