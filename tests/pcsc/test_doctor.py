"""What the doctor finds on a real pcscd and on the software reader, without ever spending a try."""

from __future__ import annotations

import pytest

from reader import doctor, words
from reader.card.applet import SoftwareCard
from reader.doctor import Finding
from reader.transports import pcsc
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted
from tests.pcsc.fakes import ConstantCard

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
        assert [finding.code for finding in findings] == ["service.answers", "readers.found", "card.answers"]
        assert all(finding.ok for finding in findings)
        assert findings[-1].params["reader"] == name
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
