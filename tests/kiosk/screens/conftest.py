"""Tests that drive the whole application through its screens carry the mark `screens`."""

from __future__ import annotations

import inspect

import pytest

FIRST_VISIT = "test_the_whole_visit_by_keyboard_shows_what_the_desk_needs"
"""The one that `make quick` runs."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Driving a screen is a coroutine; everything else here looks at values."""
    for item in items:
        test = getattr(item, "function", None)
        if "tests/kiosk/screens" in item.nodeid and inspect.iscoroutinefunction(test) and test.__name__ != FIRST_VISIT:
            item.add_marker(pytest.mark.screens)
