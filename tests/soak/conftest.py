"""The private pcscd for what takes long."""

from tests.daemons.fixtures import private_pcscd

__all__ = ["private_pcscd"]
