"""Puts the parts together: slot, card desk, journal, rules, client, server in process.

The only module that knows which implementation stands behind which interface. Everything heavy is imported inside the
functions, in the order it is needed: a card can be accepted before the server in process exists.
What breaks if it is wrong: a slow first frame, or a counter that talks to something else than it says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.cli import values
from kiosk.cli.context import Now
from kiosk.cli.errors import CommandError

if TYPE_CHECKING:  # annotations only: the first frame waits for what is imported here
    from eligibility.rule_dates import Rules
    from kiosk.journal import JournalFile, KeyFile
    from kiosk.services.batch_client import HttpBatchClient
    from kiosk.services.card_desk import SlotCardDesk
    from kiosk.services.decider import PolicyDecider
    from kiosk.services.interfaces import QualificationClient, Services
    from kiosk.services.server_login import ServerLogin
    from kiosk.settings.model import Settings
    from mock_server.issuer import TestAuthority
    from mock_server.personas import Persona
    from reader.card.variants import Variant
    from reader.connection import CardSlot, SmartCardConnection

IN_PROCESS_URL = "http://127.0.0.1"
"""What the client calls the server in process: nothing listens there."""
CARD_PATIENCE_S = 10.0
"""How long a card is waited for that another program uses: a visit without a screen takes about a second."""
KIOSK_NAME = "counter-1"
"""The counter's name in its journal."""


@dataclass(frozen=True, slots=True)
class CounterPlan:
    """What the counter is to be made of. `reader` None: software reader; `server` None: server in process.

    `allow_real_card` lets a real person's enrolled card take part (design.md §3); only a typed option sets it.
    `rules` None: the rule dates as the sources have them. `login` None: the server is shown nothing.
    """

    data_dir: Path
    now: Now
    lang: str
    reader: str | None = None
    server: str | None = None
    institution: str = values.DEFAULT_INSTITUTION
    site: str = values.SITES[0]
    allow_real_card: bool = False
    rules: Rules | None = None
    login: ServerLogin | None = None
    settings: Settings | None = None
    """How the counter works; None: as it comes."""
    journal_key: KeyFile | None = None
    """The journal's key where its passphrase was typed; None: the key file as it is."""

    def today(self) -> date:
        """The day that counts as today."""
        return self.now().date()


def load_services(plan: CounterPlan, real: CardSlot | None = None) -> Services:
    """Everything the counter needs to accept a card; slow the first time, so it runs in a thread of its own.

    `real` is the slot of a real reader; without it there is the software reader with its drawer.

    Raises:
        CommandError: The data folder cannot be used.
    """
    from kiosk.cli.desk_parts import DeskParts, has_photo
    from kiosk.cli.shelf import SoftwareShelf
    from kiosk.journal import JournalFile
    from kiosk.journal.journal_file import RETRY_SECONDS
    from kiosk.services.interfaces import Services
    from kiosk.settings.model import DEFAULTS
    from kiosk.staff.adapters import desk_of
    from reader.transports.in_process import SoftwareReader

    _import_what_cards_need()
    authority = LazyAuthority(plan)
    slot: CardSlot
    shelf: SoftwareShelf | None = None
    if real is None:
        software = SoftwareReader()
        slot, shelf = software, SoftwareShelf(software, authority.open, plan.lang)
    else:
        slot = real
    journal = JournalFile(
        plan.data_dir / "journal",
        plan.journal_key or journal_key_path(plan.data_dir),
        now=plan.now,
        random_bytes=os.urandom,
        kiosk=KIOSK_NAME,
        retry_seconds=RETRY_SECONDS,
    )
    parts = DeskParts(plan, journal, policy_decider(plan), lambda: connect_service(plan))
    try:
        journal.prepare()
    except OSError:
        parts.give_up()
        raise
    services = Services(
        slot=slot,
        desk=card_desk(plan, slot, authority, has_photo=lambda _: shelf is None or has_photo(plan, shelf.lies_there)),
        decider=parts.decider,
        journal=journal,
        shelf=shelf,
        connect_service=parts.connect,
        now=plan.now,
        camera=parts.camera,
        passcodes=parts.passcodes(software=real is None),
        queue=parts.queue,
        drafts=parts.drafts,
        records=parts.records,
        first_visit=_first_visit(journal, plan.today()),
        staff=desk_of(
            now=plan.now,
            reader_name=slot.name,
            data_dir=plan.data_dir,
            journal=journal,
            records=parts.records,
            queue=parts.queue,
            drafts=parts.drafts,
            rules=plan.rules,
            settings=plan.settings or DEFAULTS,
            unwritten=parts.unwritten,
        ),
        at_end=parts.close,
        unwritten=parts.unwritten,
    )
    parts.begin()  # at last: it may go on on threads of its own
    return services


def _first_visit(journal: JournalFile, today: date) -> int:
    """One after the day's last; 1 where the disk refuses to tell, which is said when an entry is written."""
    try:
        return 1 + max((entry.visit for entry in journal.today(today)), default=0)
    except OSError:
        return 1


def _import_what_cards_need() -> None:
    """Import on this thread what the drawer and the card desk use later on theirs (see `kiosk.preload`)."""
    import filelock  # noqa: F401

    import mock_server.bare_key
    import mock_server.enrolment
    import mock_server.issuer  # noqa: F401
    import reader.card.builder  # noqa: F401
    from mock_server.personas import load_personas

    load_personas()


class LazyAuthority:
    """The test CA of the data folder, opened (and made, the first time) when somebody asks for it."""

    def __init__(self, plan: CounterPlan) -> None:
        self._plan = plan
        self._opened: TestAuthority | None = None

    def open(self) -> TestAuthority:
        """The authority; made on first use under its own lock."""
        if self._opened is None:
            from mock_server.issuer import TestAuthority

            self._opened = TestAuthority.open(keystore_path(self._plan.data_dir), self._plan.now)
        return self._opened

    def certificates(self) -> Sequence[bytes]:
        """The CA certificates a card of this installation chains to, DER."""
        return self.open().ca_certificates()


def keystore_path(data_dir: Path) -> Path:
    """The folder of every private key and PIN of this installation (mode 0700)."""
    return data_dir / "keystore"


def journal_key_path(data_dir: Path) -> Path:
    """The key the journal is sealed with."""
    return keystore_path(data_dir) / "journal.key"


def card_desk(
    plan: CounterPlan,
    slot: CardSlot,
    authority: LazyAuthority,
    wrap: Callable[[SmartCardConnection], SmartCardConnection] = lambda connection: connection,
    has_photo: Callable[[bytes], bool] = lambda _: True,
) -> SlotCardDesk:
    """The card desk over a slot; cards of another authority are refused before any PIN, or must be enrolled."""
    from kiosk.services.card_desk import SlotCardDesk

    return SlotCardDesk(
        slot,
        test_authorities=authority.certificates,
        on=plan.today,
        allow_real=plan.allow_real_card,
        enrolled=lambda public_key: is_enrolled(plan.data_dir, public_key),
        has_photo=has_photo,
        wrap=wrap,
    )


def is_enrolled(data_dir: Path, public_key: bytes) -> bool:
    """Whether a real card with this public key (DER) was enrolled in the data folder.

    Raises:
        SetupError: The key store cannot be used.
    """
    from mock_server.bare_key import BareKey
    from mock_server.enrolment import Enrolments
    from mock_server.errors import QualificationError

    try:
        key = BareKey(public_key)
    except QualificationError:  # no key of a card: it cannot have been enrolled
        return False
    return Enrolments.open(keystore_path(data_dir)).persona_of(key) is not None


def policy_decider(plan: CounterPlan) -> PolicyDecider:
    """The rules of the desk."""
    from kiosk.services.decider import PolicyDecider

    equipped = plan.settings is not None and plan.settings.equipped_for_smartphone
    return PolicyDecider(plan.now, plan.site, plan.rules, equipped=equipped)


def connect_service(plan: CounterPlan) -> QualificationClient:
    """The client: to the server named in the plan, or to one made in this process, over ASGI and without a port."""
    from kiosk.services.qualification_client import HttpQualificationClient
    from kiosk.services.server_login import NO_LOGIN

    if plan.server is not None:
        login = plan.login or NO_LOGIN
        return HttpQualificationClient(plan.server, plan.institution, on=plan.today, login=login)
    from httpx2 import ASGITransport

    from mock_server.composition import IN_PROCESS, build_app, open_backend

    app = build_app(open_backend(plan.data_dir, now=plan.now, random_bytes=os.urandom), IN_PROCESS)
    return HttpQualificationClient(IN_PROCESS_URL, plan.institution, on=plan.today, transport=ASGITransport(app))


def batch_client(plan: CounterPlan) -> HttpBatchClient:
    """The client for lists: to the server named in the plan, or to one made in this process."""
    from kiosk.services.batch_client import LARGEST_RESULT, PATIENCE_S, HttpBatchClient
    from kiosk.services.http_asker import HttpAsker
    from kiosk.services.server_login import NO_LOGIN

    if plan.server is not None:
        login = plan.login or NO_LOGIN
        asker = HttpAsker(plan.server, login=login, timeout_s=PATIENCE_S, largest_answer=LARGEST_RESULT)
        return HttpBatchClient(asker, plan.institution)
    from httpx2 import ASGITransport

    from mock_server.composition import IN_PROCESS, build_app, open_backend

    backend = open_backend(plan.data_dir, now=plan.now, random_bytes=os.urandom)
    asker = HttpAsker(
        IN_PROCESS_URL,
        transport=ASGITransport(build_app(backend, IN_PROCESS)),
        timeout_s=PATIENCE_S,
        largest_answer=LARGEST_RESULT,
    )
    return HttpBatchClient(asker, plan.institution, also_close=backend.close)


def real_slot(wanted: str | None) -> CardSlot:
    """The slot of a real reader: by index, name, a part of one; None is the only one. Raises as `choose_reader`."""
    from reader.transports.pcsc import PcscSlot, choose_reader

    return PcscSlot(choose_reader(wanted))


@contextmanager
def software_slot(persona: str, authority: LazyAuthority, variant: Variant | None = None) -> Iterator[CardSlot]:
    """A software reader with the persona's card on it, for as long as the block lasts; `variant` None: their own kind.

    Raises:
        CardHeldElsewhereError: Another program holds the card for longer than a visit takes.
    """
    from kiosk.cli.held_card import own_variant, take_card
    from reader.transports.in_process import SoftwareReader

    held = take_card(persona, authority.open(), variant=variant or own_variant(persona), patience_s=CARD_PATIENCE_S)
    reader = SoftwareReader()
    try:
        reader.place(held.card)
        yield reader
    finally:
        reader.close()
        held.let_go()


def known_persona(name: str) -> Persona:
    """The persona of that name.

    Raises:
        CommandError: `unknown_persona` with the names that look like it.
    """
    from mock_server.personas import load_personas

    personas = load_personas()
    if name not in personas:
        raise CommandError("unknown_persona", name=name, near=values.nearest(name, tuple(personas)))
    return personas[name]


def check_persona(name: str) -> None:
    """Raise CommandError `unknown_persona` where there is no such persona."""
    known_persona(name)
