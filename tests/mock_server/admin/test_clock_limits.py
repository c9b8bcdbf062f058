"""The clock as far as it goes, in every kind of database, and across everybody who opens it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mock_server.admin import clock
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction
from tests.mock_server.conftest import Clock


@pytest.mark.parametrize("moment", [clock.FIRST, clock.LAST - timedelta(seconds=1)])
def test_the_clock_goes_and_stands_at_its_limits(database_url: str, moment: datetime) -> None:
    ledger, other = Ledger.open(database_url, Clock()), Ledger.open(database_url, Clock())
    try:
        goes = ledger.run_sync(lambda tx: clock.set_to(tx, moment))
        assert (goes.now, goes.frozen) == (moment, False)
        assert other.run_sync(Transaction.now, reads=True) == moment
        beyond = timedelta(seconds=1 if moment > clock.FIRST else -1)
        with pytest.raises(QualificationError) as refused:
            ledger.run_sync(lambda tx: clock.move(tx, beyond))
        assert refused.value.refusal is Refusal.CLOCK_RANGE
        assert ledger.run_sync(lambda tx: clock.move(tx, -beyond)).now == moment - beyond
        stands = ledger.run_sync(lambda tx: clock.freeze(tx, moment))
        assert (stands.now, stands.moved) == (moment, None)
        assert other.run_sync(clock.clock_state, reads=True) == stands
    finally:
        ledger.close()
        other.close()
