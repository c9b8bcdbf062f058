"""The two check digits that numbers at a reception have.

Below everything that reads numbers, so that each of those modules can ask for either. If it is wrong, right numbers
are refused at the desk, or a 個人番号 gets in.
"""

from __future__ import annotations


def insurer_digit(body: str) -> str:
    """The 検証番号 of a 保険者番号 or 公費負担者番号 for the digits before it (facts/validation.md §1.2).

    Weights 2, 1, 2, 1 … from the right, products digit-summed; the sum's distance to the next ten.
    """
    total = 0
    for place, digit in enumerate(reversed(body)):
        product = int(digit) * (1 if place % 2 else 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def individual_number_digit(body: str) -> str:
    """The 検査用数字 of a 個人番号 for the eleven digits before it.

    From the right, weights 2–7 then 2–6; 11 minus the sum modulo 11, and 0 where the remainder is 0 or 1 (行政手続に
    おける特定の個人を識別するための番号の利用等に関する法律, ministerial ordinance on its check digit).
    """
    total = sum(int(digit) * (place + 1 if place <= 6 else place - 5) for place, digit in enumerate(body[::-1], 1))
    remainder = total % 11
    return "0" if remainder <= 1 else str(11 - remainder)
