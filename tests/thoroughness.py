"""How many examples random tests try: fewer in `make quick`, many more in `make soak`.

The environment variable MADOGUCHI_EXAMPLES is `quick`, `soak` or absent.
"""

from __future__ import annotations

import os

FACTORS = {"quick": 0.1, "": 1.0, "soak": 20.0}


def is_quick() -> bool:
    """Whether this is `make quick`."""
    return _wanted() == "quick"


def examples(usual: int) -> int:
    """The number of examples where `usual` is right for `make test`; at least ten."""
    return max(10, round(usual * FACTORS[_wanted()]))


def _wanted() -> str:
    return os.environ.get("MADOGUCHI_EXAMPLES", "")
