"""What `make quick` takes of the many: two cases of each table, and of each file one test that needs a whole service.

A store, a certificate authority and an application take longer to put up than most tests take to look at them.
`make test` runs everything. What breaks if wrong: `make quick` takes minutes and nobody runs it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import pytest

CASES: Final = 2
WHOLE: Final = frozenset(
    (
        *("admin", "authority", "backend", "ca", "client", "clinic", "clinics", "corpus", "counter", "database_url"),
        *("desk", "folders", "forger", "ledger", "open_clinic", "open_folders", "rehearsal", "server", "servers"),
        *("service", "stand"),
    )
)
"""Fixtures that put up a whole service or a large part of it."""


def taste(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Which of the tests are taken and which are left out, each in the order they came."""
    of_table, of_file = Counter[str](), Counter[str]()
    taken: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        file = item.nodeid.partition("::")[0]
        table = item.nodeid.partition("[")[0]
        needs_whole = not WHOLE.isdisjoint(getattr(item, "fixturenames", ()))
        is_taken = of_table[table] < CASES and not (needs_whole and of_file[file])
        of_table[table] += is_taken
        of_file[file] += is_taken and needs_whole
        (taken if is_taken else left).append(item)
    return taken, left
