"""Which certificates the mock J-LIS has revoked: one file in the key store, shared by every program that uses it.

Only this module reads and writes `revocation/register.json`. It is read again when it has changed, so that a
revocation counts at once in every worker. What breaks if wrong: a revoked card is believed, or a good one refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from cryptography.x509 import ReasonFlags

from mock_server.errors import SetupError
from mock_server.keystore import Keystore

FILE: Final = "register.json"
REASONS: Final[Mapping[str, ReasonFlags]] = MappingProxyType(
    {
        "unspecified": ReasonFlags.unspecified,
        "key_compromise": ReasonFlags.key_compromise,
        "affiliation_changed": ReasonFlags.affiliation_changed,
        "superseded": ReasonFlags.superseded,
        "cessation_of_operation": ReasonFlags.cessation_of_operation,
        "certificate_hold": ReasonFlags.certificate_hold,
    }
)
"""Reasons an end entity can have, by our words (RFC 5280 §5.3.1). Which the real service uses is unverified."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """One revoked certificate."""

    generation: str
    """The CA that issued it, by the name of its file: `auth-001`."""
    serial: int
    reason: ReasonFlags
    at: datetime
    """Aware, in whole seconds; before that moment the certificate counts."""
    on_crl: bool
    """Whether CRLs name it; False for one so new that only OCSP knows it."""


Revoked = Mapping[tuple[str, int], Revocation]
"""Every revocation by generation and serial number."""


class RevocationRegister:
    """The register of one key store."""

    def __init__(self, keystore: Keystore) -> None:
        self._keystore = keystore
        self.path = keystore.make_folder("revocation") / FILE
        self._stamp: object = None
        self._revoked: Revoked = MappingProxyType({})
        self._numbers: dict[str, int] = {}

    def revoked(self) -> Revoked:
        """What is revoked now. The same object as before while nothing was revoked or reinstated since.

        Raises:
            SetupError: `setup.keystore.damaged` or `.unusable`.
        """
        stamp = self._keystore.stamp(self.path)
        if stamp != self._stamp:
            self._read()
            self._stamp = stamp  # taken before reading: whatever was written meanwhile is read next time
        return self._revoked

    def revoke(
        self, generation: str, serial: int, at: datetime, *, reason: str = "unspecified", on_crl: bool = True
    ) -> bool:
        """Revoke a certificate from the moment `at` (aware); whether that changed anything.

        For one that is revoked already the earlier moment counts, the reason stays, and with `on_crl` it gets onto the
        next CRL where only OCSP knew of it; never the other way round.

        Raises:
            ValueError: `reason` is no word of `REASONS`, or `at` is naive.
            SetupError: The key store cannot be used.
        """
        if reason not in REASONS:
            raise ValueError(f"no such reason: {reason}")
        if at.tzinfo is None:
            raise ValueError("the moment of a revocation is aware")
        fresh = Revocation(generation, serial, REASONS[reason], at.astimezone(UTC).replace(microsecond=0), on_crl)
        with self._keystore.locked():
            revoked = dict(self.revoked())
            known = revoked.get((generation, serial))
            if known is not None:
                fresh = replace(known, at=min(known.at, fresh.at), on_crl=known.on_crl or on_crl)
            if fresh == known:
                return False
            revoked[generation, serial] = fresh
            self._write(revoked, self._numbers)
        return True

    def reinstate(self, generation: str, serial: int) -> bool:
        """Take a revocation back, as only a rehearsal can; whether there was one. Raises SetupError."""
        with self._keystore.locked():
            revoked = dict(self.revoked())
            if revoked.pop((generation, serial), None) is None:
                return False
            self._write(revoked, self._numbers)
        return True

    def next_crl_number(self, generation: str) -> int:
        """A number greater than that of every CRL of this generation before (RFC 5280 §5.2.3). Raises SetupError."""
        with self._keystore.locked():
            revoked = self.revoked()
            numbers = {**self._numbers, generation: self._numbers.get(generation, 0) + 1}
            self._write(revoked, numbers)
        return numbers[generation]

    def _read(self) -> None:
        content = self._keystore.read(self.path)
        revoked: dict[tuple[str, int], Revocation] = {}
        numbers: dict[str, int] = {}
        if content is not None:
            try:
                revoked, numbers = _parsed(json.loads(content))
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
                raise SetupError("setup.keystore.damaged", path=str(self.path)) from None
        self._numbers = numbers
        if revoked != self._revoked:
            self._revoked = MappingProxyType(revoked)

    def _write(self, revoked: Revoked, numbers: Mapping[str, int]) -> None:
        words = {flag: word for word, flag in REASONS.items()}
        rows = [
            {
                "generation": one.generation,
                "serial": str(one.serial),
                "reason": words[one.reason],
                "at": one.at.isoformat(),
                "on_crl": one.on_crl,
            }
            for one in revoked.values()
        ]
        document = {"version": 1, "revoked": rows, "crl_numbers": dict(numbers)}
        self._keystore.write(self.path, json.dumps(document, indent=1).encode() + b"\n")
        self.revoked()


def _parsed(document: Any) -> tuple[dict[tuple[str, int], Revocation], dict[str, int]]:
    """The content, looked at part by part. Raises ValueError, KeyError, TypeError or AttributeError."""
    if document["version"] != 1:
        raise ValueError
    revoked = {}
    for row in document["revoked"]:
        at = datetime.fromisoformat(row["at"]).astimezone(UTC)
        one = Revocation(str(row["generation"]), int(row["serial"]), REASONS[row["reason"]], at, row["on_crl"] is True)
        revoked[one.generation, one.serial] = one
    return revoked, {str(name): int(number) for name, number in document["crl_numbers"].items()}
