"""Who asks: the institution, the test run, and the way it came. Checked before this, believed after it.

What breaks if wrong: one institution sees another's consents, or one test run another's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from eligibility.oqs.values import holds_individual_number
from mock_server.errors import QualificationError, Refusal
from mock_server.scenarios.delivery import AS_IT_IS, Delivery

EVERYBODY: Final = ""
"""The run of whoever names none."""
_RUN = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(slots=True)
class Caller:
    """One request's sender. `delivery` is set by the service: how the answer is to travel (scenarios)."""

    institution: str
    """医療機関コード, ten digits."""
    run: str = EVERYBODY
    via: str = "http"
    """`http`, `folder` or `batch`."""
    delivery: Delivery = AS_IT_IS


def check_institution(institution: str) -> None:
    """Refuse what is no 医療機関コード: ten digits (online-qualification.md §2.1). Raises QualificationError."""
    if len(institution) != 10 or not (institution.isascii() and institution.isdigit()):
        raise QualificationError(Refusal.REQUEST_INSTITUTION)


def check_run(run: str) -> None:
    """Refuse a name that no test run can have: it is 1 to 64 of A–Z, a–z, 0–9, `.`, `_`, `-`.

    Raises:
        QualificationError: REQUEST_RUN; REQUEST_INDIVIDUAL_NUMBER: it holds one.
    """
    if run != EVERYBODY and not _RUN.fullmatch(run):
        raise QualificationError(Refusal.REQUEST_RUN)
    if holds_individual_number(run):
        raise QualificationError(Refusal.REQUEST_INDIVIDUAL_NUMBER, where="madoguchi-run")
