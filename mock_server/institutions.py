"""Which institutions may ask, and how each proves that it is the one it names: token, client certificate.

Tokens are shown once and kept as SHA-256 only. Every check happens inside the job's own transaction, so an institution
that was revoked a moment ago is refused by every worker. What breaks if wrong: one institution reads another's
consents.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Row, insert, select, update

from eligibility.oqs.values import holds_individual_number
from mock_server.callers import Caller, check_institution
from mock_server.errors import QualificationError, Refusal
from mock_server.rate_limits import RateLimit
from mock_server.registry import tables
from mock_server.registry.transaction import Transaction

TOKEN_BYTES: Final = 32
LONGEST_NAME: Final = 60
MOST_KEPT: Final = 4096
"""Institutions kept in memory at most, so that made-up codes cannot fill it."""

_INSTITUTION = tables.institution.c
_ROW = select(tables.institution)


@dataclass(frozen=True, slots=True)
class Institution:
    """One that was added; whoever was never added is none."""

    code: str
    """医療機関コード, ten digits."""
    name: str
    token_hash: str | None = field(repr=False)
    client_certificate: str | None
    """SHA-256 (hexadecimal) of the certificate its TLS connections must come with; None: any or none."""
    created_at: str
    revoked_at: str | None

    @property
    def is_active(self) -> bool:
        """Whether its token still counts."""
        return self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request brought along to show who sends it; "" where it brought nothing."""

    token: str = field(default="", repr=False)
    client_certificate: str = ""
    """SHA-256 (hexadecimal) of the TLS client certificate, which the TLS layer has verified."""


NOTHING: Final = Proof()


@dataclass(slots=True)
class ProvingCaller(Caller):
    """A caller over HTTP, with what it brought along as proof."""

    proof: Proof = NOTHING
    admitted: bool = False
    """Whether it was let in: what a stranger sends leaves no trace in the store."""


class Admission:
    """Lets an institution in or refuses it. For one process; used on the ledger's thread only."""

    def __init__(self, tokens_required: bool = False, limit: RateLimit | None = None) -> None:
        """With `tokens_required` (beyond loopback) nobody asks without a token; else who was given one needs it.

        `limit` is how often one institution may ask.
        """
        self._tokens_required = tokens_required
        self._limit = limit
        self._version = -1
        self._known: dict[str, Institution | None] = {}

    @property
    def tokens_required(self) -> bool:
        """Whether nobody is served without a token."""
        return self._tokens_required

    def check(self, tx: Transaction, caller: ProvingCaller) -> None:
        """Refuse whoever is not the institution it names.

        Raises:
            QualificationError: INSTITUTION_TOKEN_MISSING, _TOKEN_INVALID, _TOKEN_REVOKED, INSTITUTION_OTHER,
                INSTITUTION_CLIENT_CERTIFICATE, RATE_LIMIT.
        """
        institution, proof = self._institution(tx, caller.institution), caller.proof
        if proof.token:
            _check_token(tx, institution, proof.token)
        elif self._tokens_required or (institution is not None and institution.token_hash is not None):
            raise QualificationError(Refusal.INSTITUTION_TOKEN_MISSING)
        wanted = institution.client_certificate if institution else None
        if wanted is not None and not hmac.compare_digest(wanted, proof.client_certificate):
            raise QualificationError(Refusal.INSTITUTION_CLIENT_CERTIFICATE)
        if self._limit is not None:
            # Only here, so that nobody uses up what belongs to another.
            self._limit.take(caller.institution)

    def check_visitor(self, tx: Transaction, proof: Proof) -> None:
        """Refuse whoever asks in nobody's name (the server's clock, the description) without a token that counts.

        Raises:
            QualificationError: INSTITUTION_TOKEN_MISSING, _TOKEN_INVALID, _TOKEN_REVOKED.
        """
        if not self._tokens_required:
            return
        if not proof.token:
            raise QualificationError(Refusal.INSTITUTION_TOKEN_MISSING)
        owner = _owner(tx, proof.token)
        if owner is None:
            raise QualificationError(Refusal.INSTITUTION_TOKEN_INVALID)
        if not owner.is_active:
            raise QualificationError(Refusal.INSTITUTION_TOKEN_REVOKED)

    def _institution(self, tx: Transaction, code: str) -> Institution | None:
        if self._version != tx.control.version or len(self._known) > MOST_KEPT:
            self._known.clear()
            self._version = tx.control.version
        if code not in self._known:
            self._known[code] = find(tx, code)
        return self._known[code]


class _Open(Admission):
    """Lets in whoever comes: the program that opened the store asks itself."""

    def check(self, tx: Transaction, caller: ProvingCaller) -> None:
        """Nobody is refused."""

    def check_visitor(self, tx: Transaction, proof: Proof) -> None:
        """Nobody is refused."""


EVERYBODY_IN: Final = _Open()


def _check_token(tx: Transaction, institution: Institution | None, token: str) -> None:
    digest = token_digest(token)
    if institution is not None and hmac.compare_digest(institution.token_hash or "", digest):
        if not institution.is_active:
            raise QualificationError(Refusal.INSTITUTION_TOKEN_REVOKED)
        return
    foreign = _owner(tx, token) is not None
    raise QualificationError(Refusal.INSTITUTION_OTHER if foreign else Refusal.INSTITUTION_TOKEN_INVALID)


def _owner(tx: Transaction, token: str) -> Institution | None:
    row = tx.connection.execute(_ROW.where(_INSTITUTION.token_hash == token_digest(token))).one_or_none()
    return None if row is None else _read(row)


def token_digest(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _fingerprint(text: str) -> str:
    """SHA-256 as kept: 64 small hexadecimal digits; tools also print capitals and colons."""
    digits = text.replace(":", "").lower()
    if not re.fullmatch("[0-9a-f]{64}", digits):
        raise QualificationError(Refusal.REQUEST_FIELD, where="client_certificate")
    return digits


class InstitutionTakenError(Exception):
    """The institution was added before and its token still counts."""


class InstitutionUnknownError(Exception):
    """No such institution, or it was revoked before."""


def add(
    tx: Transaction,
    code: str,
    random_bytes: Callable[[int], bytes],
    *,
    name: str = "",
    client_certificate: str | None = None,
) -> str:
    """Add an institution, or one that was revoked anew; the token, which is kept nowhere.

    Raises:
        QualificationError: REQUEST_INSTITUTION: not ten digits; REQUEST_FIELD: a name with characters that show
            nothing, or a fingerprint that is none; REQUEST_INDIVIDUAL_NUMBER: the name holds one.
        InstitutionTakenError: Revoke it first.
    """
    check_institution(code)
    if holds_individual_number(name):
        raise QualificationError(Refusal.REQUEST_INDIVIDUAL_NUMBER, where="name")
    shown = name.replace("\u3000", "")  # a blank of names, though Python does not count it among the printable ones
    if not shown.isprintable() or len(name) > LONGEST_NAME:
        raise QualificationError(Refusal.REQUEST_FIELD, where="name")
    client_certificate = None if client_certificate is None else _fingerprint(client_certificate)
    known = find(tx, code)
    if known is not None and known.is_active:
        raise InstitutionTakenError
    token = base64.urlsafe_b64encode(random_bytes(TOKEN_BYTES)).rstrip(b"=").decode()
    row = {
        "name": name,
        "token_hash": token_digest(token),
        "client_certificate": client_certificate,
        "created_at": tx.now().isoformat(),
        "revoked_at": None,
    }
    if known is None:
        tx.connection.execute(insert(tables.institution).values(code=code, **row))
    else:
        tx.connection.execute(update(tables.institution).where(_INSTITUTION.code == code).values(**row))
    tx.changed()
    return token


def revoke(tx: Transaction, code: str) -> None:
    """From now on its token counts no more, and without one it is not let in either.

    Raises:
        InstitutionUnknownError: It was never added, or is revoked already.
    """
    done = tx.connection.execute(
        update(tables.institution)
        .where(_INSTITUTION.code == code, _INSTITUTION.revoked_at.is_(None))
        .values(revoked_at=tx.now().isoformat())
    )
    if done.rowcount == 0:
        raise InstitutionUnknownError
    tx.changed()


def find(tx: Transaction, code: str) -> Institution | None:
    """The institution of that code."""
    row = tx.connection.execute(_ROW.where(_INSTITUTION.code == code)).one_or_none()
    return None if row is None else _read(row)


def every_institution(tx: Transaction) -> list[Institution]:
    """All that were ever added, by code."""
    return [_read(row) for row in tx.connection.execute(_ROW.order_by(_INSTITUTION.code))]


def _read(row: Row[tuple[str, str, str | None, str | None, str, str | None]]) -> Institution:
    return Institution(row.code, row.name, row.token_hash, row.client_certificate, row.created_at, row.revoked_at)
