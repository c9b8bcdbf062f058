"""A row of the face outbox belongs to the set of folders that makes its file, so that two of them never both do.

Rows from before belong to whichever set of folders of their institution and run is opened first.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column, empty; on SQLite the number of a row that was cleared is not given again."""
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table(
        "face_outbox", recreate=recreate, table_kwargs={"sqlite_autoincrement": True}
    ) as face_outbox:
        face_outbox.add_column(sa.Column("folder", sa.Text))
