"""Which folders are at work in this process: institution and run, by the store they serve.

Two sets of one institution and run would share the face files between them, each file in one of the two, by chance.
What breaks if wrong: a レセコン waits for a visit that another set of folders was told of.
"""

from __future__ import annotations

import threading
from collections import Counter
from weakref import WeakKeyDictionary

from mock_server.registry.ledger import Ledger

_lock = threading.Lock()
_served: WeakKeyDictionary[Ledger, Counter[tuple[str, str]]] = WeakKeyDictionary()


def begin(ledger: Ledger, institution: str, run: str) -> None:
    """A set of folders of that institution and run works from now on. Any thread may call."""
    with _lock:
        _served.setdefault(ledger, Counter())[institution, run] += 1


def end(ledger: Ledger, institution: str, run: str) -> None:
    """One set less."""
    with _lock:
        _served.get(ledger, Counter[tuple[str, str]]())[institution, run] -= 1


def is_served(ledger: Ledger, institution: str, run: str) -> bool:
    """Whether that institution has folders in that run already."""
    with _lock:
        return _served.get(ledger, Counter[tuple[str, str]]())[institution, run] > 0
