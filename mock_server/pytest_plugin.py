"""The pytest plugin: a server for the whole test run, and for each test a run on it that no other test sees.

PYTEST_DONT_REWRITE: it is loaded wherever Madoguchi is installed, so it costs next to nothing until a fixture is asked
for. What breaks if wrong: every test run on that machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # annotations only
    from mock_server.testing.process import TestServer
    from mock_server.testing.rehearsal import Rehearsal

DATA_DIR = "--madoguchi-data-dir"
SERVER_ARGS = "madoguchi_server_args"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names a running server, and the setting for one that is started."""
    group = parser.getgroup("madoguchi", "Madoguchi, the mock オンライン資格確認")
    group.addoption(
        DATA_DIR,
        metavar="FOLDER",
        default=None,
        help="use the server that runs over this data folder, in place of starting one in each test process",
    )
    parser.addini(
        SERVER_ARGS,
        type="args",
        default=[],
        help="further options of `madoguchi server run` for the server that is started, such as --date 2026-11-20",
    )


@pytest.fixture(scope="session")
def madoguchi_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    """The server of this test process, in a process of its own and on free ports."""
    from pathlib import Path

    from mock_server.testing.process import language_of_environment, running_server, started_server

    lang, wanted = language_of_environment(), request.config.getoption(DATA_DIR)
    folder = tmp_path_factory.mktemp("madoguchi")
    if wanted is not None:
        yield running_server(Path(wanted).expanduser(), folder, lang)
        return
    with started_server(folder, request.config.getini(SERVER_ARGS), lang) as server:
        yield server


@pytest.fixture
def madoguchi(madoguchi_server: TestServer) -> Iterator[Rehearsal]:
    """This test's own run on the server: url, headers, received, arm, personas, folders, clock."""
    with madoguchi_server.rehearsal() as rehearsal:
        yield rehearsal
