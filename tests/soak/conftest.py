"""The private pcscd and the databases for what takes long."""

from tests.daemons.fixtures import private_pcscd
from tests.mock_server.databases import database_url, postgresql

__all__ = ["database_url", "postgresql", "private_pcscd"]
