"""Where Alembic starts: on the connection, and in the transaction, that `mock_server.registry.migrate` gives it."""

from __future__ import annotations

from alembic import context

from mock_server.registry.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the transaction is the caller's
)
context.run_migrations()
