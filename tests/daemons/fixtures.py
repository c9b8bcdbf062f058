"""Fixtures over the processes of this folder; import them in a folder's conftest."""

from __future__ import annotations

import pytest

from reader.errors import ReaderError
from reader.transports import pcsc
from tests.daemons.private_pcscd import PrivatePcscd, shared_daemon


def pcscd_or_skip() -> PrivatePcscd:
    """This process's private pcscd, with pyscard to talk to it; skips with a sentence where either is missing."""
    if not pcsc.is_installed():
        pytest.skip("pyscard is not installed (a compiler and libpcsclite-dev were missing when .venv was made)")
    daemon = shared_daemon()
    if isinstance(daemon, str):
        pytest.skip(daemon)
    try:
        pcsc.list_readers()  # answered once it is up
    except ReaderError as error:
        pytest.fail(f"the private pcscd does not answer ({error!r}): {daemon.log.read_text()}")
    return daemon


@pytest.fixture(scope="session")
def private_pcscd() -> PrivatePcscd:
    """A real pcscd with two virtual slots, only for this test process. Do not stop it; who kills it restarts it."""
    return pcscd_or_skip()
