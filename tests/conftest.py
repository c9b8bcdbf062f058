"""For every test: how thorough random tests are, and that the longest begin first."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.thoroughness import examples

settings.register_profile("house", max_examples=examples(100), deadline=None)
settings.load_profile("house")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those marked `long` to the front; all others keep their order."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
