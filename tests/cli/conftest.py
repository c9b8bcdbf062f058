"""The command, in a home of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import Madoguchi


@pytest.fixture
def madoguchi(tmp_path: Path) -> Madoguchi:
    """A fresh home and data folder."""
    return Madoguchi(tmp_path)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Madoguchi:
    """A home shared by tests that change nothing a later one looks at: its test authority is made once."""
    return Madoguchi(tmp_path_factory.mktemp("home"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The command is run as a process of its own."""
    for item in items:
        if {"madoguchi", "lived_in"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.daemon)
