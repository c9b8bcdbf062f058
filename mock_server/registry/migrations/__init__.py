"""Steps from one layout of the store to the next, by Alembic."""
