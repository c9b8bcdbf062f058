"""schemathesis over the description of `/v1`: whatever a client may send, the server answers as it says it does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mock_server.composition import Backend, build_app
from mock_server.listeners import address_of, listen, url_of
from mock_server.runner import Surface
from tests.mock_server.api_fuzzing import Opaque, findings
from tests.mock_server.conftest import Counter
from tests.mock_server.served_here import served_here


@pytest.fixture
def url(backend: Backend) -> Iterator[str]:
    listener = listen(address_of("127.0.0.1"), 0)
    found = url_of(listener)
    with served_here(Surface(build_app(backend), listener)):
        yield found


@pytest.fixture
def opaque(url: str, counter: Counter) -> Iterator[Opaque]:
    made = Opaque(url, counter.authority.card("taro").auth_certificate, lambda: counter.ask("taro").visit)
    yield made
    made.close()


@pytest.mark.long
@pytest.mark.broad
@pytest.mark.timeout(1800)
def test_schemathesis_finds_nothing(url: str, opaque: Opaque) -> None:
    found = findings(url, opaque, examples=15, seed=20261121)
    assert not found, "\n".join(found)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(5))
def test_schemathesis_finds_nothing_in_a_long_time(url: str, opaque: Opaque, seed: int) -> None:
    found = findings(url, opaque, examples=200, seed=seed)
    assert not found, "\n".join(found)
