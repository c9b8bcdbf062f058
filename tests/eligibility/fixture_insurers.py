"""Insurers of the rehearsal (invented, check digits right) and short ways to write them."""

from __future__ import annotations

from eligibility.insurers import InsurerNumber, parse_insurer_number

KYOKAI = parse_insurer_number("01139997")
UNION = parse_insurer_number("06129993")
COMPANY = parse_insurer_number("06139992")
KOKUHO = parse_insurer_number("139998")
ELDERLY = parse_insurer_number("39139993")

ALL: tuple[InsurerNumber, ...] = (KYOKAI, UNION, COMPANY, KOKUHO, ELDERLY)
