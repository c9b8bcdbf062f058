"""Many visits on one real pcscd: nothing grows."""

from __future__ import annotations

import gc
import os
import resource
import threading

import pytest

from reader.jpki import AUTHENTICATION_PIN, JpkiSession
from reader.pin import PinHandle
from reader.transports.pcsc import PcscSlot
from tests.card_factory import PIN, make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted

VISITS, WARM_UP = 10_000, 200
pytestmark = [pytest.mark.soak, pytest.mark.pcsc]


def visit(slot: PcscSlot) -> None:
    """Connect, read, verify, sign, power down."""
    connection = slot.connect()
    try:
        session = JpkiSession(connection)
        session.token_label()
        session.authentication_certificate()
        session.attempts_left(AUTHENTICATION_PIN)
        session.verify(AUTHENTICATION_PIN, PinHandle(bytearray(PIN.encode())))
        assert len(session.sign_message(b"soak")) == 256
    finally:
        connection.close()


def standing() -> tuple[int, int]:
    """Open file descriptors and threads of this process."""
    gc.collect()
    return len(os.listdir("/proc/self/fd")), threading.active_count()  # noqa: PTH208


def test_ten_thousand_visits_leave_no_descriptor_and_no_thread(private_pcscd: PrivatePcscd) -> None:
    with inserted(make_card(), private_pcscd) as name:
        slot = PcscSlot(name)
        for _ in range(WARM_UP):
            visit(slot)
        before, memory = standing(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(VISITS):
            visit(slot)
        assert standing() == before
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss <= memory * 1.05
        slot.close()
