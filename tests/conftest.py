"""For every test: how thorough random tests are, that the longest begin first, what `make quick` leaves out.

And that the collector does not walk through all the collected tests again and again: that costs a tenth of the time.
"""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

from tests.taste import taste
from tests.thoroughness import examples, is_quick

_OBJECTS_BETWEEN_COLLECTIONS = 5_000

settings.register_profile("house", max_examples=examples(100), deadline=None)
settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those marked `long` to the front; all others keep their order. After the marks were looked at."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if is_quick():
        items[:], left = taste(items)
        config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """What was collected stays to the end; whoever needs a collection at a certain moment asks for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
