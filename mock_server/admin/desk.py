"""Handing a job of the controls to the ledger, and the ledger's troubles back as refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Query

from mock_server.callers import check_run
from mock_server.errors import QualificationError, Refusal
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction

T = TypeVar("T")

Run = Annotated[str | None, Query(max_length=64, description='a test run; "" is everybody\'s, left out: all runs')]


@dataclass(frozen=True, slots=True)
class ControlDesk:
    """Where a route of the controls goes with its job."""

    ledger: Ledger

    async def read(self, job: Callable[[Transaction], T]) -> T:
        """The result of a job that writes nothing. Raises QualificationError, also STORE_UNAVAILABLE."""
        return await self._run(job, reads=True)

    async def change(self, job: Callable[[Transaction], T]) -> T:
        """The result of a job, once what it wrote is durable. Raises QualificationError, also STORE_UNAVAILABLE."""
        return await self._run(job, reads=False)

    async def _run(self, job: Callable[[Transaction], T], reads: bool) -> T:
        try:
            return await self.ledger.run(job, reads=reads)
        except RegistryError as error:
            raise QualificationError(Refusal.STORE_UNAVAILABLE) from error


def checked_run(run: str | None) -> str | None:
    """The run, if it can be one. Raises QualificationError, as `check_run`."""
    if run is not None:
        check_run(run)
    return run
