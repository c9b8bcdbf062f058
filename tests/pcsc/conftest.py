"""What the PC/SC tests share."""

from __future__ import annotations

from tests.daemons.fixtures import private_pcscd

__all__ = ["private_pcscd"]
