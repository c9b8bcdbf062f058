"""`python -m tests.mock_server.contender URL COUNT SEED`: a program that answers the same challenges as others do.

Prints the nonces it was let in with, as JSON, once standard input is closed to start it.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import datetime

from eligibility.calendar import JST
from mock_server.registry.exchanges import Exchange
from mock_server.registry.interface import NonceUsedError
from mock_server.registry.ledger import Ledger

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=JST)


def main(url: str, count: int, seed: int) -> None:
    """Answer each challenge once, in an order of our own."""
    nonces = [f"nonce {number}" for number in range(count)]
    random.Random(seed).shuffle(nonces)
    ledger = Ledger.open(url, lambda: NOW)
    print("ready", flush=True)
    sys.stdin.read()
    let_in = []
    for nonce in nonces:
        exchange = Exchange(at=NOW, call="contested", nonce=nonce, person=str(seed))
        try:
            ledger.run_sync(lambda tx, one=exchange: tx.record(one))  # type: ignore[misc]
        except NonceUsedError:
            continue
        let_in.append(nonce)
    ledger.close()
    print(json.dumps(let_in))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
