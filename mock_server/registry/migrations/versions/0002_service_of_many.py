"""Institutions, consents, reference numbers, batches, scenarios, the clock, the face folder; people as one JSON text.

People are seeds and are planted anew; the exchanges of the first layout are kept, with their challenges.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_OLD_CALLS = {"card": "qualification.card", "enrolled": "qualification.enrolled", "numbers": "qualification.numbers"}


def upgrade() -> None:
    """Replace the tables of people, carry the exchanges over, make the others."""
    for table in ("certificate", "membership", "person"):
        op.drop_table(table)
    _people()
    _exchanges()
    _what_is_kept_for_institutions()
    _batches()
    _control()


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("key", sa.Text, primary_key=True),
        *_texts("digest", "birthdate", "data"),
    )
    op.create_table(
        "membership",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
        *_texts("insurer_number", "number_key"),
    )
    op.create_index("membership_by_number", "membership", ["insurer_number", "number_key"])
    op.create_table(
        "certificate",
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
        *_texts("kind"),
        sa.Column("registered", sa.Boolean, nullable=False),
    )
    op.create_table(
        "registration",
        sa.Column("run", sa.Text, primary_key=True),
        sa.Column("serial", sa.Text, primary_key=True),
        *_texts("at"),
    )


def _exchanges() -> None:
    op.rename_table("exchange", "exchange_before")
    op.create_table(
        "exchange",
        sa.Column("id", _KEY, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        *_texts("at", "institution", "run", "via", "call", "purpose"),
        sa.Column("nonce", sa.Text, unique=True),
        *_texts("outcome", "person", "request", "answer", "scenario"),
        sa.Column("took_us", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    calls = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in _OLD_CALLS.items())
    op.execute(
        "INSERT INTO exchange (key, at, institution, run, via, call, purpose, nonce, outcome, person,"  # noqa: S608
        " request, answer, scenario, took_us)"
        f" SELECT 'before-' || id, at, institution, '', 'http', CASE kind {calls} ELSE kind END, purpose, nonce,"
        " outcome, person, '', '', '', 0 FROM exchange_before ORDER BY id"
    )
    op.drop_table("exchange_before")


def _what_is_kept_for_institutions() -> None:
    op.create_table(
        "institution",
        sa.Column("code", sa.Text, primary_key=True),
        *_texts("name"),
        sa.Column("token_hash", sa.Text, unique=True),
        sa.Column("client_certificate", sa.Text),
        *_texts("created_at"),
        sa.Column("revoked_at", sa.Text),
    )
    op.create_table(
        "consent",
        sa.Column("id", _KEY, primary_key=True),
        *_texts("run", "institution", "person"),
        sa.Column("visit", sa.Text, nullable=False, unique=True),
        *_texts("items", "at", "expires_at"),
    )
    op.create_index("consent_by_person", "consent", ["institution", "person", "run"])
    key = ("run", "institution", "insurer_number", "symbol_key", "number_key", "branch")
    op.create_table(
        "reference_number",
        sa.Column("id", _KEY, primary_key=True),
        *_texts(*key, "reference_number", "at"),
        sa.UniqueConstraint(*key),
    )
    op.create_table(
        "face_outbox",
        sa.Column("id", _KEY, primary_key=True),
        *_texts("run", "institution", "exchange"),
        sa.Column("identifier", sa.Text, nullable=False, unique=True),
        *_texts("at", "content", "troubles", "state"),
        *(sa.Column(name, sa.Text) for name in ("name", "written_at", "collected_at")),
    )
    op.create_index("face_outbox_by_state", "face_outbox", ["institution", "run", "state"])
    op.create_index("face_outbox_by_exchange", "face_outbox", ["exchange"])
    op.create_table(
        "folder_answer",
        sa.Column("claim", sa.Text, primary_key=True),
        *_texts("run", "institution", "request", "digest", "at", "answer", "troubles", "state"),
        *(sa.Column(name, sa.Text) for name in ("name", "written_at", "done_at")),
    )
    op.create_index("folder_answer_by_state", "folder_answer", ["institution", "run", "state"])


def _batches() -> None:
    op.create_table(
        "batch",
        sa.Column("reception_number", sa.Text, primary_key=True),
        *_texts("run", "institution", "submission"),
        sa.Column("file_identifier", sa.Text),
        *_texts("kind", "header", "at", "state"),
        sa.Column("total", sa.Integer, nullable=False),
        sa.UniqueConstraint("run", "institution", "submission"),
    )
    op.create_table(
        "batch_item",
        sa.Column(
            "reception_number",
            sa.Text,
            sa.ForeignKey("batch.reception_number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True),
        *_texts("request"),
        sa.Column("result", sa.Text),
    )


def _control() -> None:
    op.create_table(
        "armed",
        sa.Column("id", _KEY, primary_key=True),
        *_texts("scenario", "params", "call", "person", "institution", "run"),
        sa.Column("remaining", sa.Integer),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("fired", "met", "seed")),
        *_texts("at"),
    )
    op.create_table(
        "control",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("clock_offset_s", sa.BigInteger, nullable=False),
        sa.Column("clock_frozen_at", sa.Text),
    )
    op.execute("INSERT INTO control (id, version, clock_offset_s) VALUES (1, 1, 0)")


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
