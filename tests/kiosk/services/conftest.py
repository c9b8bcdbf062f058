"""A software reader, and a client before a small server of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.services.qualification_client import HttpQualificationClient
from reader.transports.in_process import SoftwareReader
from tests.kiosk.services.small_server import SmallServer, client_of


@pytest.fixture
def slot() -> SoftwareReader:
    return SoftwareReader()


@pytest.fixture
def server() -> SmallServer:
    return SmallServer()


@pytest.fixture
def client(server: SmallServer) -> Iterator[HttpQualificationClient]:
    with client_of(server) as made:
        yield made
