"""`madoguchi card enrol`: ties somebody's own real card to an invented patient, and takes that back.

Rule: what is kept is a keyed hash of the card's public key and the patient's name, nothing else; the certificate stays
in this process, and nothing is sent anywhere. No PIN is used. What breaks if it is wrong: a real person's certificate
is collected (jpki-card.md §2.3).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.context import Context
from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: heavy
    from cryptography.x509 import Certificate

    from mock_server.bare_key import BareKey
    from mock_server.enrolment import Enrolments
    from reader.connection import CardSlot

CONSENT: Final = frozenset({"yes", "はい"})
"""What has to be typed."""


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--persona", metavar="NAME", help=words.text("option.persona_enrol"))
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader"))
    parser.add_argument("--anchor", metavar="FILE", help=words.text("option.anchor"))
    parser.add_argument("--allow-real-card", action="store_true", help=words.text("option.allow_real_card_enrol"))
    parser.add_argument("--yes", action="store_true", help=words.text("option.yes"))
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--list", action="store_true", help=words.text("option.enrol_list"))
    instead.add_argument("--remove", action="store_true", help=words.text("option.enrol_remove"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Enrol the card on the reader, list what is enrolled, or forget a patient's cards.

    Raises:
        CommandError: What was refused, and why.
    """
    from kiosk.cli import composition
    from kiosk.cli.card_source import counter_plan

    persona = context.typed("persona")
    if context.option("list"):
        return _list(context)
    if persona is None:
        raise CommandError("enrol_persona_missing")
    if context.option("remove"):
        return _remove(context, persona)
    composition.check_persona(persona)
    if not context.option("allow_real_card"):
        raise CommandError("enrol_not_allowed", ExitCode.REFUSED)
    with told():
        enrolments = _enrolments(context)
        anchors = _anchors(context.typed("anchor"))
        plan = counter_plan(context)
        slot = composition.real_slot(context.typed("reader") or context.config.reader)
        try:
            seen = look(slot, composition.LazyAuthority(plan).certificates(), anchors, plan.today())
        finally:
            slot.close()
    _agree(context, persona, seen)
    with told():
        enrolments.enrol(seen.key, persona, os.urandom)
        return _tell(context, enrolments, "enrol", persona, card=seen)


@dataclass(frozen=True, slots=True)
class SeenCard:
    """What was learned of a real card: its kind, whether its certificate and the CA's count today, and its key."""

    kind: str
    certificate: str
    """`valid`, `expired` or `not_yet_valid`."""
    issuer: str
    """The same of the anchor that signed it, or `not_checked` where none was given."""
    key: BareKey = field(repr=False)


def look(slot: CardSlot, authorities: Sequence[bytes], anchors: Sequence[bytes], on: date) -> SeenCard:
    """Read the card on `slot` without a PIN and let go of it. `anchors` (DER): one of them must have signed it.

    Raises:
        CommandError: `enrol_test_card`, `enrol_gated`, `enrol_anchor`, `enrol_key`, `card_unreadable`.
        ReaderError: The card cannot be read, or is no My Number card.
    """
    from kiosk.services import card_origin
    from kiosk.services.interfaces import BrokenCertificateError
    from mock_server.bare_key import BareKey
    from mock_server.errors import QualificationError

    kind, shown = _read(slot)
    try:
        if card_origin.is_issued_by(shown, authorities):
            raise CommandError("enrol_test_card")
        if shown.gated:
            raise CommandError("enrol_gated", ExitCode.CARD)
        certificate = card_origin.read_certificate(shown.der)
        signers = [anchor for anchor in anchors if card_origin.is_signed_by_one_of(certificate, [anchor])]
        if anchors and not signers:
            raise CommandError("enrol_anchor", ExitCode.REFUSED)
        issuer = life_of(card_origin.read_certificate(signers[0]), on) if signers else "not_checked"
        key = BareKey(card_origin.public_key_of(certificate))
    except BrokenCertificateError:
        raise CommandError("card_unreadable", ExitCode.CARD, detail="certificate") from None
    except QualificationError:
        raise CommandError("enrol_key", ExitCode.CARD) from None
    return SeenCard(kind, life_of(certificate, on), issuer, key)


def _read(slot: CardSlot) -> tuple[str, Any]:
    from kiosk.services.card_desk import WITHOUT_CERTIFICATE
    from kiosk.services.shown_certificate import read_from_card
    from reader.errors import NotMynaCardError
    from reader.jpki import JpkiSession

    connection = slot.connect()
    try:
        session = JpkiSession(connection)
        kind = session.kind()
        if kind in WITHOUT_CERTIFICATE:
            raise NotMynaCardError(session.token_label())
        return kind, read_from_card(session)
    finally:
        connection.close()


def life_of(certificate: Certificate, on: date) -> str:
    """`valid`, `expired` or `not_yet_valid` on a day in Japan."""
    from kiosk.services.card_origin import first_day, last_day

    if on < first_day(certificate):
        return "not_yet_valid"
    return "valid" if on <= last_day(certificate) else "expired"


def _anchors(path: str | None) -> list[bytes]:
    """The CA certificates in a file, DER. Raises CommandError `anchor_unreadable`, `anchor_no_ca`."""
    if path is None:
        return []
    from cryptography.hazmat.primitives.serialization import Encoding

    from mock_server.anchors import read_anchors
    from mock_server.errors import SetupError

    try:
        return [anchor.public_bytes(Encoding.DER) for anchor in read_anchors(Path(path))]
    except SetupError as error:
        if error.code == "setup.trust_file.unreadable":
            raise CommandError(
                "anchor_unreadable", path=path, reason=error.__cause__ or error.params["reason"]
            ) from error
        raise CommandError("anchor_no_ca", path=path) from error


def _agree(context: Context, persona: str, seen: SeenCard) -> None:
    """Say what will be kept and have it agreed to.

    Raises:
        CommandError: `enrol_no_terminal`, `enrol_declined`.
    """
    words, output = context.words, context.output
    stem = "card.enrol"
    output.note(words.text(f"{stem}.kept", persona=persona))
    output.note(words.text(f"{stem}.certificate.{seen.certificate}"))
    output.note(words.text(f"{stem}.issuer.{seen.issuer}"))
    output.note(words.text("card.enrol.not_revoked"))
    if context.option("yes"):
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise CommandError("enrol_no_terminal", ExitCode.REFUSED)
    output.note(words.text("card.enrol.question"))
    if sys.stdin.readline().strip().casefold() not in CONSENT:
        raise CommandError("enrol_declined", ExitCode.REFUSED)


def _list(context: Context) -> int:
    with told():
        return _tell(context, _enrolments(context), "list", None)


def _remove(context: Context, persona: str) -> int:
    from kiosk.cli import composition

    with told():
        enrolments = _enrolments(context)
        if persona not in enrolments.counts():  # one that is enrolled may have left the table of personas
            composition.check_persona(persona)
        removed = enrolments.remove(persona)
        return _tell(context, enrolments, "remove", persona, removed=removed)


def _enrolments(context: Context) -> Enrolments:
    """What is enrolled so far, seen to be readable.

    Raises:
        CommandError: `enrol_damaged`.
        SetupError: The key store cannot be used.
    """
    from kiosk.cli.composition import keystore_path
    from mock_server.enrolment import Enrolments
    from mock_server.errors import SetupError

    enrolments = Enrolments.open(keystore_path(context.open_data_dir()))
    try:
        enrolments.counts()
    except SetupError as error:
        if error.code == "setup.keystore.damaged":
            raise CommandError("enrol_damaged", path=enrolments.path) from error
        raise
    return enrolments


def _tell(
    context: Context,
    enrolments: Enrolments,
    action: str,
    persona: str | None,
    *,
    card: SeenCard | None = None,
    removed: int | None = None,
) -> int:
    words, counts = context.words, enrolments.counts()
    document = {
        "action": action,
        "persona": persona,
        "card": None if card is None else {"kind": card.kind, "certificate": card.certificate, "issuer": card.issuer},
        "removed": removed,
        "enrolled": [{"persona": name, "cards": count} for name, count in counts.items()],
    }
    if card is not None:
        lines = [words.text("card.enrol.done", persona=persona)]
    elif removed is not None:
        lines = [words.text("card.enrol.removed", persona=persona, removed=removed)]
    else:
        lines = [words.text("card.enrol.one", persona=name, cards=count) for name, count in counts.items()]
        lines = lines or [words.text("card.enrol.none")]
    context.output.result(document, lines)
    return ExitCode.DONE
