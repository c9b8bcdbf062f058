"""照会番号: the institution's own number of a patient, which comes back with every later card answer.

Kept for each institution and test run under the numbers of one membership, and never the other way round: nobody is
found by it (online-qualification.md §2.2). It is registered only for numbers that fit exactly one membership on file,
so that a number typed wrongly is told and nothing about a stranger is stored; that, and the codes, are our choice. What
breaks if wrong: an answer opens somebody else's chart.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from eligibility.calendar import JST
from eligibility.oqs.codes import ProcessingResultStatus, SegmentOfResult
from eligibility.oqs.headers import OutcomeHeader, PlainRequestHeader
from eligibility.oqs.reference_numbers import (
    ReferenceNumberRegistrationInfo,
    ReferenceNumberResult,
    ReferenceNumberResultBody,
)
from eligibility.oqs.values import time_text
from mock_server.holdings import note_holding
from mock_server.people import Membership, NumbersKey, Person, fold_number
from mock_server.registry.tables import reference_number
from mock_server.registry.transaction import Transaction
from mock_server.words import text

NOBODY: Final = "MOCK-REFERENCE-NUMBER-NOBODY"
"""ProcessingResultCode: no membership on file has these numbers."""
SEVERAL: Final = "MOCK-REFERENCE-NUMBER-SEVERAL"
"""ProcessingResultCode: several people have them; the 枝番 is missing."""
_KEY: Final = ("run", "institution", "insurer_number", "symbol_key", "number_key", "branch")


def number_key(membership: Membership) -> dict[str, str]:
    """The parameters of `by_membership` that name a membership."""
    return {
        "insurer_number": membership.insurer_number,
        "symbol_key": fold_number(membership.symbol),
        "number_key": fold_number(membership.number),
        "branch": membership.branch,
    }


def by_membership() -> Select[str]:
    """The statement that finds a 照会番号: parameters `institution`, `run` and those of `number_key`."""
    own = reference_number.c
    return select(own.reference_number).where(*(own[name] == bindparam(name) for name in _KEY))


_BY_MEMBERSHIP = by_membership()


def number_of(tx: Transaction, institution: str, run: str, membership: Membership) -> str | None:
    """The 照会番号 that this institution registered in this run for a membership; None where there is none."""
    values = {"institution": institution, "run": run, **number_key(membership)}
    return tx.connection.execute(_BY_MEMBERSHIP, values).scalar_one_or_none()


def people_meant(tx: Transaction, info: ReferenceNumberRegistrationInfo) -> list[tuple[Person, Membership]]:
    """Whose numbers these may be: one entry for each membership that can be told from the others by its numbers."""
    key = NumbersKey(
        insurer_number=info.insurer_number,
        symbol=info.insured_card_symbol or "",
        number=info.insured_identification_number,
        branch=info.insured_branch_number or "",
        birthdate="",
    )
    return list({tuple(number_key(own).values()): (person, own) for person, own in tx.members_with(key)}.values())


def register(tx: Transaction, institution: str, run: str, info: ReferenceNumberRegistrationInfo) -> str | None:
    """Remember a 照会番号 in place of the one that was there: None, or the code of why it was not registered."""
    meant = people_meant(tx, info)
    if len(meant) != 1:
        return SEVERAL if meant else NOBODY
    note_holding(tx, institution, run)
    insert = postgresql_insert if tx.connection.dialect.name == "postgresql" else sqlite_insert
    told = {"reference_number": info.reference_number, "at": tx.now().isoformat()}
    statement = insert(reference_number).values(run=run, institution=institution, **number_key(meant[0][1]), **told)
    tx.connection.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=told))
    return None


def outcome_message(header: PlainRequestHeader, at: datetime, code: str | None) -> ReferenceNumberResult:
    """siimm01res: registered (`code` None), or why not."""
    body = ReferenceNumberResultBody(
        processing_result_status=ProcessingResultStatus.DONE if code is None else ProcessingResultStatus.ERROR,
        processing_result_code=code,
        processing_result_message=None if code is None else text("ja", f"result.{code}"),
    )
    return ReferenceNumberResult(
        message_header=OutcomeHeader(
            process_execution_time=time_text(at.astimezone(JST)),
            medical_institution_code=header.medical_institution_code,
            arbitrary_file_identifier=header.arbitrary_file_identifier,
            segment_of_result=SegmentOfResult.DONE,
        ),
        message_body=body,
    )
