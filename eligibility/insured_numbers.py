"""記号・番号・枝番: how they are written and when two of them are the same.

This module alone owns their character rules. The canonical form is half-width where the value has digits and Latin
letters only, and full-width throughout where it has anything else; leading zeros stay. If it is wrong, the query by
numbers finds nobody. Facts: facts/validation.md §2.
"""

from __future__ import annotations

import re

from eligibility.errors import FieldError
from eligibility.insurers import InsurerKind, InsurerNumber
from eligibility.text import fold_digits, has_private_use, narrow, refuse_individual_number, widen

MAXIMUM_LENGTH = 20
"""Characters of 記号 and of 番号 (online-qualification.md §2.2)."""
ELDERLY_NUMBER_LENGTH = 8
"""Digits of a 後期高齢 被保険者番号 (validation.md §2); no check digit is public."""

_PLAIN = re.compile("[0-9A-Za-z]*")
_BRANCH = re.compile("[0-9]{2}")


def parse_symbol(text: str) -> str:
    """A 記号 in canonical form; "" where the paper has none (後期高齢, many 国保).

    Raises:
        FieldError: `field.symbol.blank`, `.too_long`, `.private_use`, or `field.individual_number`.
    """
    return _parse(text, "field.symbol")


def parse_number(text: str) -> str:
    """A 番号 in canonical form. It is required.

    Raises:
        FieldError: `field.number.empty`, `.blank`, `.too_long`, `.private_use`, or `field.individual_number`.
    """
    number = _parse(text, "field.number")
    if not number:
        raise FieldError("field.number.empty")
    return number


def parse_branch(text: str) -> str:
    """A 枝番: exactly two digits, or "" where the paper has none, which is not the same as 00.

    Raises:
        FieldError: `field.branch.form`, or `field.individual_number`.
    """
    refuse_individual_number(text)
    branch = fold_digits(text).strip()
    if branch and not _BRANCH.fullmatch(branch):
        raise FieldError("field.branch.form")
    return branch


def same_number(a: str, b: str) -> bool:
    """Whether two 記号, 番号 or 枝番 are the same when both are folded; leading zeros count (validation.md §2)."""
    return _comparable(a) == _comparable(b)


def insured_number_warnings(insurer: InsurerNumber, symbol: str, number: str, branch: str) -> tuple[str, ...]:
    """What looks wrong between the fields, as message ids: to be looked at again, not refused.

    Only 後期高齢 has rules that hold everywhere: a number of 8 digits, no 記号, no 枝番 (the last one inferred).
    """
    if insurer.kind is not InsurerKind.ELDERLY:
        return ()
    looks = {
        "warning.elderly_symbol": bool(symbol),
        "warning.elderly_number": not re.fullmatch(f"[0-9]{{{ELDERLY_NUMBER_LENGTH}}}", number),
        "warning.elderly_branch": bool(branch),
    }
    return tuple(message_id for message_id, wrong in looks.items() if wrong)


def _parse(text: str, code: str) -> str:
    refuse_individual_number(text)
    value = text.strip()
    if re.search(r"\s", value):
        # A blank inside makes the claim bounce (validation.md §2).
        raise FieldError(f"{code}.blank")
    if has_private_use(value) or not value.replace("\u3000", "").isprintable():
        raise FieldError(f"{code}.private_use")
    folded = narrow(value)
    canonical = folded if _PLAIN.fullmatch(folded) else widen(value)
    if len(canonical) > MAXIMUM_LENGTH:
        raise FieldError(f"{code}.too_long", maximum=str(MAXIMUM_LENGTH))
    return canonical


def _comparable(text: str) -> str:
    return re.sub(r"\s", "", narrow(widen(text)))
