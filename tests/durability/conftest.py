"""The databases that are killed."""

from tests.mock_server.databases import database_url, postgresql

__all__ = ["database_url", "postgresql"]
