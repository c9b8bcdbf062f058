"""The applications that the tests of one module share."""

from __future__ import annotations

import pytest_asyncio

from tests.kiosk.staff import running_apps

apps_of_the_module = pytest_asyncio.fixture(scope="module", loop_scope="module")(running_apps.apps_of_the_module)
