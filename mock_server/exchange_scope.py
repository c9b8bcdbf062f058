"""One request from the service's side: opened, worked on, written down with how it ended and how long it took.

Here and nowhere else armed scenarios are met, so that every call has them. What breaks if wrong: a request that nobody
can find afterwards, or a refusal that leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from time import perf_counter_ns

from mock_server.callers import Caller
from mock_server.errors import QualificationError
from mock_server.registry.exchanges import Exchange
from mock_server.registry.transaction import Transaction
from mock_server.scenarios.delivery import AS_IT_IS
from mock_server.scenarios.meeting import meet_call, use_up_again


@contextmanager
def exchange_of(
    tx: Transaction,
    caller: Caller,
    call: str,
    *,
    purpose: str = "",
    nonce: str | None = None,
    effects: bool = False,
    quiet: bool = False,
) -> Iterator[Exchange]:
    """The exchange of this request; `effects` says that the job goes on to change something.

    With `effects` whatever was changed inside is undone by an exception, a refusal too; the exchange stays. A `quiet`
    one changes nothing, and is written down only where a scenario strikes it.

    Raises:
        NonceUsedError: With `effects`: the nonce was used before.
        NotServed, WriteNeededError: As `meet_call`.
    """
    begun = perf_counter_ns()
    exchange = Exchange(
        at=tx.now(),
        call=call,
        institution=caller.institution,
        run=caller.run,
        via=caller.via,
        purpose=purpose,
        nonce=nonce,
    )
    caller.delivery = AS_IT_IS  # the job may have run before
    if not quiet:
        (tx.record_now if effects else tx.record)(exchange)
    undone_from: int | None = None
    try:
        meet_call(tx, caller, exchange)
        undone_from = len(caller.delivery.strikes) if effects else None
        with tx.effects() if effects else nullcontext():
            yield exchange
    except QualificationError as refusal:
        exchange.outcome = refusal.code
        refusal.recorded = not quiet or bool(exchange.scenario)
        if undone_from is not None:
            use_up_again(tx, caller.delivery.strikes[undone_from:])
        raise
    finally:
        if quiet and exchange.scenario:
            tx.record(exchange)
        exchange.took_us = (perf_counter_ns() - begun) // 1000
