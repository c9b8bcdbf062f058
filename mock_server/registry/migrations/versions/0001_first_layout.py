"""The layout of the first version, which was made without migrations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "person",
        *(sa.Column("key", sa.Text, primary_key=True),),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("digest", "name", "kana", "birthdate", "sex", "post_number", "address")
        ),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in (
                *("insurer_number", "number_key", "insurer_name", "symbol", "number", "branch", "family"),
                *("card_class", "holder_name", "qualified_on"),
            )
        ),
        *(sa.Column(name, sa.Text) for name in ("issued_on", "valid_until", "lost_on")),
        sa.Column("reason_of_loss", sa.Text, nullable=False),
        *(sa.Column(name, sa.Integer) for name in ("burden_ratio", "elderly_ratio")),
    )
    op.create_index("membership_by_number", "membership", ["insurer_number", "number_key"])
    op.create_table(
        "certificate",
        sa.Column("serial", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, sa.ForeignKey("person.key", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("registered", sa.Boolean, nullable=False),
    )
    op.create_table(
        "exchange",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("at", "institution", "kind", "purpose")),
        sa.Column("nonce", sa.Text, unique=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("outcome", "person")),
    )
