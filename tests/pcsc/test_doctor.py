"""What the doctor finds on a real pcscd and on the software reader, without ever spending a try.

Each fault that can be staged here is staged, its remedy carried out, and looked for again.
"""

from __future__ import annotations

import dataclasses
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from reader import doctor, words
from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.connection import SlotState
from reader.doctor import Finding, System
from reader.trace import Exchange
from reader.transports import pcsc, questions
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card, make_variant_image
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import LONG_ENOUGH_S, inserted, wait_for
from tests.pcsc.fakes import ConstantCard
from tests.pcsc.test_service_restart import service_that_hangs_up

MakeCard = Callable[[], SoftwareCard]

on_pcscd = [pytest.mark.pcsc, pytest.mark.daemon]


def placed(card: SoftwareCard | None) -> SoftwareReader:
    reader = SoftwareReader()
    if card is not None:
        reader.place(card)
    return reader


def sentences(finding: Finding) -> list[str]:
    """Message and remedy in both languages; fails where a parameter is missing."""
    ids = [one for one in (finding.message_id, finding.remedy_id) if one is not None]
    return [words.text(lang, message_id, **finding.params) for lang in words.LANGUAGES for message_id in ids]


def test_a_good_card() -> None:
    card = make_card()
    before = card.image
    finding = doctor.check_card(placed(card))
    assert (finding.check, finding.ok, finding.code) == ("card", True, "card.answers")
    assert finding.remedy_id is None
    assert finding.params["label"] == "JPKIAPICCTOKEN2"
    assert (finding.params["auth"], finding.params["sign"]) == (3, 5)
    assert card.image == before


@pytest.mark.parametrize(
    ("tries", "code", "ok"), [(0, "card.pin_locked", None), (1, "card.last_try", None), (2, "card.answers", True)]
)
def test_tries_are_told_and_none_is_spent(tries: int, code: str, ok: bool | None) -> None:
    card = make_card(tries_left=tries)
    for _ in range(5):
        finding = doctor.check_card(placed(card))
        assert (finding.code, finding.ok, finding.params["auth"]) == (code, ok, tries)


def test_no_card() -> None:
    finding = doctor.check_card(placed(None))
    assert (finding.ok, finding.code) == (None, "card.none")
    assert finding.remedy_id == "finding.card.none.remedy"


def test_a_mute_card() -> None:
    card = make_card()
    card.mute = True
    assert doctor.check_card(placed(card)).code == "card.mute"


def test_a_card_of_another_kind() -> None:
    finding = doctor.check_card(placed(make_card(label="SOMETHING ELSE")))
    assert (finding.ok, finding.code, finding.params["label"]) == (False, "card.foreign", "SOMETHING ELSE")


OF_VARIANTS = [
    (Variant.CHILD, "card.answers_without_sign", True),
    (Variant.FACE_ONLY, "card.face_only", None),
    (Variant.ANDROID, "card.answers", True),
    (Variant.IPHONE, "card.answers", True),
    (Variant.JUKI, "card.juki", False),
    (Variant.NOT_MYNA, "card.foreign", False),
    (Variant.MUTE, "card.mute", False),
    (Variant.NEXT_GENERATION, "card.answers_without_sign", True),
]


def card_of(variant: Variant) -> SoftwareCard:
    return SoftwareCard(make_variant_image(variant))


@pytest.mark.parametrize(("variant", "code", "ok"), OF_VARIANTS)
def test_each_kind_of_card_has_a_verdict_of_its_own(variant: Variant, code: str, ok: bool | None) -> None:
    card = card_of(variant)
    before = card.image
    finding = doctor.check_card(placed(card))
    assert (finding.code, finding.ok) == (code, ok)
    assert card.image == before
    assert all("{" not in sentence for sentence in sentences(finding))


def test_what_was_said_to_the_card_is_told_without_what_it_answered() -> None:
    said: list[Exchange] = []
    card = make_card()
    doctor.check_card(placed(card), trace=said.append)
    assert len(said) >= 3
    assert all(exchange.error is None for exchange in said)
    certificate = card.image.auth_certificate.hex().upper()
    text = "".join(exchange.as_text() for exchange in said)
    assert not any(certificate[at : at + 8] in text for at in range(0, len(certificate) - 8, 8))


def test_a_card_that_is_held_already() -> None:
    reader = placed(make_card())
    connection = reader.connect()
    assert doctor.check_card(reader).code == "card.busy"
    connection.close()
    assert doctor.check_card(reader).code == "card.answers"


def test_a_reader_that_is_gone() -> None:
    reader = placed(make_card())
    reader.unplug()
    assert doctor.check_card(reader).code == "readers.gone"


def test_without_pyscard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "smartcard", None)
    pcsc._scard.cache_clear()
    try:
        (finding,) = doctor.examine()
        assert (finding.check, finding.ok, finding.code) == ("pyscard", False, "pyscard.missing")
        assert all(sentences(finding))
    finally:
        pcsc._scard.cache_clear()


class TestOnPcscd:
    pytestmark = on_pcscd

    def test_from_the_service_down_to_the_card(self, private_pcscd: PrivatePcscd) -> None:
        with inserted(make_card(), private_pcscd) as name:
            findings = doctor.examine(name)
        expected = ["service.answers", "readers.found", "card.answers", "card.untouched"]
        assert [finding.code for finding in findings] == expected
        assert all(finding.ok for finding in findings)
        assert findings[-2].params["reader"] == name
        assert all("{" not in sentence for finding in findings for sentence in sentences(finding))

    def test_it_stops_where_it_breaks(self, private_pcscd: PrivatePcscd) -> None:
        findings = doctor.examine("omnikey")
        assert [finding.code for finding in findings] == ["service.answers", "readers.unknown"]
        assert private_pcscd.readers[0] in sentences(findings[-1])[1]

    def test_several_readers_are_no_fault_while_none_was_asked_for(self, private_pcscd: PrivatePcscd) -> None:
        with inserted(make_card(), private_pcscd), inserted(make_card(), private_pcscd, 1):
            assert doctor.check_readers().ok is None
            assert doctor.check_card("madoguchi").ok is False
            assert doctor.check_card("madoguchi").code == "readers.several"

    def test_a_card_without_our_application(self, private_pcscd: PrivatePcscd) -> None:
        with inserted(ConstantCard(answer=b"\x6a\x82"), private_pcscd) as name:
            finding = doctor.check_card(name)
        assert (finding.code, finding.ok) == ("card.foreign", False)

    def test_a_card_that_answers_nonsense(self, private_pcscd: PrivatePcscd) -> None:
        with inserted(ConstantCard(answer=b"\x12\x34"), private_pcscd) as name:
            finding = doctor.check_card(name)
        assert (finding.code, finding.ok) == ("card.broken", False)
        assert all(sentences(finding))


@pytest.fixture
def killable(private_pcscd: PrivatePcscd) -> Iterator[PrivatePcscd]:
    """The daemon, up again afterwards whatever the test left."""
    yield private_pcscd
    private_pcscd.restart()


def empty_slot(daemon: PrivatePcscd) -> str:
    """The first slot's name, once the daemon is up and has seen that the last card left."""
    slot = pcsc.PcscSlot(daemon.readers[0])
    try:
        wait_for(slot, SlotState.EMPTY)
    finally:
        slot.close()
    return slot.name


class TestRemediesOnPcscd:
    """The fault, its remedy as the doctor words it, and the fault is gone."""

    pytestmark = on_pcscd

    def test_a_stopped_service_is_started(self, killable: PrivatePcscd) -> None:
        killable.kill()
        finding, *others = doctor.examine()
        assert (finding.ok, finding.code) == (False, "service.stopped")
        assert [other.code for other in others] == ["service.socket_named"]
        assert all(sentences(finding))
        killable.start()
        assert doctor.check_pcsc_service().code == "service.answers"

    @pytest.mark.parametrize("silence", ["frozen", "deaf"])
    def test_a_service_that_hangs_is_restarted(
        self, killable: PrivatePcscd, monkeypatch: pytest.MonkeyPatch, silence: str
    ) -> None:
        """`deaf`: as systemd holds the socket of a service that it does not start."""
        with ExitStack() as silenced, monkeypatch.context() as hurried:
            if silence == "frozen":
                killable.freeze()
            else:
                killable.kill()
                silenced.enter_context(killable.listen())
            hurried.setattr(pcsc, "ANSWER_S", 0.2)
            finding, *others = doctor.examine()
            assert (finding.ok, finding.code, finding.link) == (False, "service.hangs", "hardware/pcscd.md")
            assert [other.code for other in others] == ["service.socket_named"]
            assert all("{" not in sentence for sentence in sentences(finding))
        monkeypatch.setattr(questions, "STILL_SILENT_S", LONG_ENOUGH_S)
        monkeypatch.setattr(pcsc, "ANSWER_S", LONG_ENOUGH_S)
        killable.restart()
        assert doctor.check_pcsc_service().code == "service.answers"

    def test_a_refused_user_is_let_in(self, killable: PrivatePcscd) -> None:
        with service_that_hangs_up(killable):
            finding = doctor.examine()[0]
            assert (finding.ok, finding.code, finding.link) == (False, "service.denied", "hardware/polkit.md")
            assert finding.params["user"] == System().user
        killable.start()
        assert doctor.check_pcsc_service().code == "service.answers"

    def test_a_virtual_reader_is_taken_off_the_network(self, killable: PrivatePcscd) -> None:
        empty_slot(killable)
        machine = System(vpcd_ports=killable.ports)
        (finding,) = doctor.check_vpcd_ports(machine)
        assert (finding.ok, finding.code) == (None, "network.vpcd_open")
        assert finding.params["ports"] == ", ".join(map(str, killable.ports))
        killable.kill()
        assert doctor.check_vpcd_ports(machine) == ()
        # As `card emulate --listen` has it: the card listens, on loopback only.
        with socket.create_server(("127.0.0.1", killable.ports[0])):
            assert doctor.check_vpcd_ports(machine) == ()
        with socket.create_server(("0.0.0.0", killable.ports[0])):
            assert [one.code for one in doctor.check_vpcd_ports(machine)] == ["network.vpcd_open"]

    def test_a_card_is_laid_down(self, private_pcscd: PrivatePcscd) -> None:
        name = empty_slot(private_pcscd)
        assert doctor.check_card(name).code == "card.none"
        with inserted(make_card(), private_pcscd):
            assert doctor.check_card(name).code == "card.answers"

    @pytest.mark.parametrize(
        ("card", "code"),
        [
            pytest.param(lambda: make_card(tries_left=0), "card.pin_locked", id="locked"),
            pytest.param(lambda: make_card(tries_left=1), "card.last_try", id="last_try"),
            *(
                pytest.param(lambda variant=variant: card_of(variant), code, id=variant.value)
                for variant, code, _ in OF_VARIANTS
            ),
        ],
    )
    def test_another_card_is_laid_down(self, private_pcscd: PrivatePcscd, card: MakeCard, code: str) -> None:
        with inserted(card(), private_pcscd) as name:
            findings = doctor.examine(name)
            found = next(finding for finding in findings if finding.check == "card")
            assert found.code == code
            assert [finding.code for finding in findings].count("card.untouched") == ("label" in found.params)
        with inserted(make_card(), private_pcscd) as name:
            assert doctor.check_card(name).code == "card.answers"

    def test_the_other_program_lets_the_card_go(self, private_pcscd: PrivatePcscd) -> None:
        with inserted(make_card(), private_pcscd) as name:
            held = pcsc.PcscSlot(name).connect()
            assert doctor.check_card(name).code == "card.busy"
            held.close()
            assert doctor.check_card(name).code == "card.answers"

    def test_usb_and_modules_are_not_compared_with_a_service_named_by_hand(self, private_pcscd: PrivatePcscd) -> None:
        assert not doctor.is_attached(System())
        named = dataclasses.replace(System(), environ={"PCSCLITE_CSOCK_NAME": str(private_pcscd.socket)})
        assert doctor.check_usb(pcsc.list_readers(), named) == ()
