"""For every test: how thorough random tests are, that the longest begin first, what `make quick` leaves out.

And that the collector does not walk through all the collected tests again and again: that costs a tenth of the time,
and nearly half of it while the tests are compiled for the first time.
"""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

from mock_server.algorithms import RSA_SHA256
from tests.rsa_keys import shared_keys
from tests.taste import taste
from tests.thoroughness import examples, is_quick

_OBJECTS_BETWEEN_COLLECTIONS = 20_000
_WHILE_TESTS_ARE_COLLECTED = 200_000

gc.set_threshold(_WHILE_TESTS_ARE_COLLECTED, 20, 20)

settings.register_profile("house", max_examples=examples(100), deadline=None)
settings.load_profile("house")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those marked `long` to the front; all others keep their order. After the marks were looked at."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if is_quick():
        items[:], left = taste(items)
        config.hook.pytest_deselected(items=left)


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Workers of one run do not make the keys of test authorities each for itself."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    object.__setattr__(RSA_SHA256, "new_key", shared_keys(folder / "rsa-keys", RSA_SHA256.new_key))


def pytest_collection_finish() -> None:
    """What was collected stays to the end; whoever needs a collection at a certain moment asks for it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 20, 20)
