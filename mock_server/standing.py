"""What one institution holds about one person when the card is answered: the consent, and the 照会番号.

One statement for both, because it runs for each visit and a statement is a journey to the database. What breaks if
wrong: an answer carries another institution's consent or number.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import literal, union_all

from mock_server import consent_records, reference_numbers
from mock_server.consents import ConsentRecord
from mock_server.holdings import has_holdings
from mock_server.people import Membership, Person
from mock_server.registry.transaction import Transaction

_CONSENT = consent_records.newest()
_BOTH = union_all(
    reference_numbers.by_membership().add_columns(literal("").label("at"), literal("").label("expires_at")), _CONSENT
)


class Standing(NamedTuple):
    """Either may be missing."""

    consent: ConsentRecord | None = None
    reference_number: str | None = None


def standing_of(tx: Transaction, institution: str, run: str, person: Person, membership: Membership) -> Standing:
    """What is kept of this person for this institution and test run."""
    if not has_holdings(tx, institution, run):
        return Standing()
    values = {
        "institution": institution,
        "run": run,
        "person": person.key,
        **reference_numbers.number_key(membership),
    }
    consent, number = None, None
    for row in tx.connection.execute(_BOTH, values):
        if row.expires_at:
            consent = consent_records.read(row)
        else:
            number = row[0]
    return Standing(consent, number)
