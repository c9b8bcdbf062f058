"""The whole way with the real parts: a persona's card, the mock server over ASGI, the rules, the journal.

The expected outcome of each persona was written by hand from the facts; nothing here computes it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from eligibility.documents import MynaCard
from eligibility.oqs.signed_message import signed_message
from eligibility.papers.forms import FORM_OF
from eligibility.papers.paper import Paper
from eligibility.papers.parsing import parse_paper
from kiosk.flow import effects as do
from kiosk.flow.facts import VisitFacts, Way
from kiosk.flow.presented import device_of
from kiosk.flow.states import Trouble
from kiosk.journal import JournalFile, read
from kiosk.services.card_desk import SlotCardDesk
from kiosk.services.decider import PolicyDecider
from kiosk.services.interfaces import Challenge, ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from mock_server.composition import build_app, open_authority, open_backend
from mock_server.issuer import TestAuthority
from mock_server.personas import Persona, load_personas
from reader.card.applet import SoftwareCard
from reader.transports.in_process import SoftwareReader
from tests.kiosk.services.samples import INSTITUTION, NOW, TODAY, pin

PERSONAS = load_personas()
WITH_PIN = [
    name
    for name, persona in PERSONAS.items()
    if persona.expected.identity == "pin" and persona.card.is_usable and persona.expected.outcome is not None
]
NO_RATIO = {"nagai": "ask:30", "tokubetsu": "full"}
"""Who is received without a ratio: 70–74 without one on file, and 特別療養 (reception.md §13b)."""


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def authority(data_dir: Path) -> TestAuthority:
    return open_authority(data_dir, lambda: NOW)


@pytest.fixture(scope="module")
def client(data_dir: Path) -> Iterator[HttpQualificationClient]:
    backend = open_backend(data_dir, now=lambda: NOW, random_bytes=random.Random(2).randbytes)
    made = HttpQualificationClient(
        "http://127.0.0.1", INSTITUTION, on=lambda: TODAY, transport=httpx2.ASGITransport(build_app(backend))
    )
    yield made
    made.close()
    backend.close()


@pytest.fixture
def decider() -> PolicyDecider:
    return PolicyDecider(lambda: NOW, "clinic")


def desk_with(persona: str, authority: TestAuthority) -> SlotCardDesk:
    slot = SoftwareReader()
    slot.place(SoftwareCard(authority.card(persona)))
    return SlotCardDesk(slot, test_authorities=authority.ca_certificates, on=lambda: TODAY)


def message_of(challenge: Challenge) -> bytes:
    return signed_message(challenge.server, challenge.institution, challenge.purpose, challenge.nonce)


def paper_of(persona: Persona, form: str) -> Paper:
    numbers = {name: text for name, text in persona.numbers().items() if text}
    return parse_paper(FORM_OF[form], numbers, TODAY)


@pytest.mark.parametrize("name", WITH_PIN)
def test_every_persona_with_a_pin_comes_to_what_the_facts_say(
    name: str, authority: TestAuthority, client: HttpQualificationClient, decider: PolicyDecider
) -> None:
    persona, expected = PERSONAS[name], PERSONAS[name].expected
    desk = desk_with(name, authority)
    card = desk.read()
    challenge = client.challenge()
    signature = desk.verify_and_sign(pin(persona.pin), message_of(challenge))
    answer = client.check_by_card(challenge, desk.certificate, signature)
    shown = decider.decide(VisitFacts(device_of(card, None, Way.PIN, answer), by_card=answer))
    desk.release()
    assert desk.count.after_pin == 2, "VERIFY and sign: the software card takes the short file identifiers"
    assert shown.outcome == expected.outcome
    assert shown.validity == expected.validity
    if shown.validity == 4:
        # No record, so no date of birth: the expected share takes the one on the card's face, which is read by people.
        assert (shown.birthdate, shown.charge) == (None, "ask:")
        assert shown.ask_for
    else:
        without_ratio = NO_RATIO.get(name, "")
        assert shown.charge == (without_ratio if expected.percent is None else f"ratio:{expected.percent}")


def test_a_locked_persona_is_told_before_any_pin(authority: TestAuthority) -> None:
    locked = [name for name, persona in PERSONAS.items() if persona.expected.identity == "pin_locked"]
    assert locked
    for name in locked:
        assert desk_with(name, authority).read().attempts_left == 0


def test_taros_notice_beside_his_card_is_confirmed_by_numbers(
    client: HttpQualificationClient, decider: PolicyDecider
) -> None:
    paper = paper_of(PERSONAS["taro"], "notice_kyokai_strip")
    facts = VisitFacts(MynaCard(readable=False), papers=(paper,), by_numbers=client.check_by_paper(paper))
    shown = decider.decide(facts)
    assert (shown.outcome, shown.charge, shown.by, shown.validity) == ("OK_MANUAL_NOTICE", "ratio:30", "numbers", 1)
    assert shown.name == "協会　太郎"


def test_a_challenge_answers_once(authority: TestAuthority, client: HttpQualificationClient) -> None:
    desk = desk_with("taro", authority)
    desk.read()
    challenge = client.challenge()
    signature = desk.verify_and_sign(pin(PERSONAS["taro"].pin), message_of(challenge))
    client.check_by_card(challenge, desk.certificate, signature)
    with pytest.raises(ServiceStopped) as stopped:
        client.check_by_card(challenge, desk.certificate, signature)
    assert (stopped.value.trouble, stopped.value.detail) == (Trouble.SERVER_REFUSED, "MOCK-CHALLENGE-REPLAYED")


def test_a_certificate_of_another_installation_is_the_certificates_fault(
    client: HttpQualificationClient, tmp_path: Path
) -> None:
    elsewhere = open_authority(tmp_path, lambda: NOW)
    desk = desk_with("taro", elsewhere)
    desk.read()
    challenge = client.challenge()
    signature = desk.verify_and_sign(pin(PERSONAS["taro"].pin), message_of(challenge))
    with pytest.raises(ServiceStopped) as stopped:
        client.check_by_card(challenge, desk.certificate, signature)
    assert stopped.value.trouble is Trouble.CERTIFICATE_REFUSED
    assert stopped.value.detail.startswith("MOCK-CERTIFICATE-")


def test_the_journal_knows_the_visit_and_nobody_in_it(
    authority: TestAuthority, client: HttpQualificationClient, decider: PolicyDecider, tmp_path: Path
) -> None:
    persona = PERSONAS["taro"]
    paper = paper_of(persona, "certificate_kyokai")
    shown = decider.decide(VisitFacts(papers=(paper,), by_numbers=client.check_by_paper(paper)))
    journal = JournalFile(
        tmp_path / "journal",
        tmp_path / "journal.key",
        now=lambda: NOW,
        random_bytes=random.Random(3).randbytes,
        kiosk="counter-1",
    )
    journal.record(
        do.RecordVisit(
            1,
            shown.outcome,
            "manual",
            paper.form.document,
            (),
            shown.validity,
            shown.charge,
            shown.insurer_number,
            shown.reasons,
        )
    )
    [written] = read(tmp_path / "journal", tmp_path / "journal.key")
    assert written.outcome == shown.outcome
    text = repr(written)
    for personal in (
        paper.number or "-",
        paper.symbol or "-",
        str(paper.insurer_number),
        shown.name,
        shown.name_kana,
        persona.pin,
    ):
        assert personal not in text
