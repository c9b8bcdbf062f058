"""What the service needs of a store, and nothing more. SQL is behind it; a dictionary would do as well."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from mock_server.people import CardHolder, Membership, NumbersKey, Person


class NonceUsedError(Exception):
    """A challenge was answered before: the exchange is not opened and nothing is written."""


class RegistryError(Exception):
    """The store cannot be used now. The cause is chained; its text stays out, because it may quote values."""


class Exchange(Protocol):
    """One request while it is being answered. All of it is one transaction."""

    outcome: str
    """What becomes of it: a refusal's code, or `validity:1`…; written when the exchange ends."""
    person: str
    """The persona's name, where one was recognised."""

    def card_holder(self, serial: int) -> CardHolder | None:
        """Whose certificate has this serial number."""
        ...

    def members_with(self, key: NumbersKey) -> list[tuple[Person, Membership]]:
        """Every membership that fits the numbers of a paper, whether current or not, with its person."""
        ...


class Registry(Protocol):
    """The store."""

    def exchange(
        self, *, at: datetime, institution: str, kind: str, purpose: str, nonce: str | None
    ) -> AbstractContextManager[Exchange]:
        """Write down that a request came in, before it is looked at; kept also when answering fails.

        One row is record and replay guard at once: `nonce` is unique in the store, across all processes that share it.
        When the block has ended the row is on disk; only then may the answer leave.

        Raises:
            NonceUsedError: On entering: this nonce was used before.
            RegistryError: The store cannot be used.
        """
        ...

    def close(self) -> None:
        """Let go of the store. Safe to call twice."""
        ...
