"""For every test: how thorough random tests are, that the longest begin first, and what `make quick` leaves out."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.taste import taste
from tests.thoroughness import examples, is_quick

settings.register_profile("house", max_examples=examples(100), deadline=None)
settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those marked `long` to the front; all others keep their order. After the marks were looked at."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if is_quick():
        items[:], left = taste(items)
        config.hook.pytest_deselected(items=left)
