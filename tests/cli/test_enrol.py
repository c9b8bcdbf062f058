"""`madoguchi card enrol` and `card reset`: what is kept of a real card, who agrees to it, and a card as new."""

from __future__ import annotations

import json
import os
import pty
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.cli import composition
from kiosk.cli.card_enrol import look
from kiosk.cli.composition import CounterPlan, LazyAuthority
from kiosk.cli.held_card import take_card
from kiosk.cli.main import main
from mock_server.bare_key import BareKey
from mock_server.composition import open_enrolments
from mock_server.words import error_words
from reader.card.applet import SoftwareCard
from reader.card.variants import Variant
from reader.transports.in_process import SoftwareReader
from tests.card_factory import throw_away_ca
from tests.cli.command import Madoguchi, validator
from tests.cli.test_real_cards import NOW, PUBLIC_KEY, left_behind, traces_of_the_person
from tests.kiosk.services.foreign import card_of
from tests.kiosk.services.test_card_desk import Eavesdropper

ON = "2026-11-20"


class Enrolling:
    """`madoguchi card enrol` in this process, on a reader with whatever card a test places."""

    def __init__(self, data_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data_dir = data_dir
        self.reader = SoftwareReader()
        self.slot = Eavesdropper(self.reader)
        self.connected = 0
        self._capsys = capsys

    def open_reader(self, _: str | None) -> Eavesdropper:
        self.connected += 1
        return self.slot

    def run(self, *arguments: str, lang: str = "ja") -> tuple[int, str, str]:
        """Exit code, standard output and standard error."""
        code = main(["card", "enrol", "--data-dir", str(self.data_dir), "--lang", lang, *arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def json(self, *arguments: str) -> tuple[int, Any]:
        """Exit code and the object; a failure's is its error."""
        code, out, _ = self.run(*arguments, "--json")
        document = json.loads(out)
        validator("error" if "error" in document else "card-enrol").validate(document)
        return code, document.get("error", document)


@pytest.fixture
def enrolling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Enrolling]:
    monkeypatch.setenv("LANGUAGE", "ja")  # the command sets it; put back afterwards
    made = Enrolling(tmp_path / "data", capsys)
    monkeypatch.setattr(composition, "real_slot", made.open_reader)
    made.slot.close = lambda: None  # type: ignore[method-assign]
    yield made
    made.reader.close()


ENROL = ("--persona", "taro", "--allow-real-card")


# ── enrolling ──


def test_without_the_option_not_even_the_reader_is_opened(enrolling: Enrolling) -> None:
    enrolling.reader.place(card_of())
    code, error = enrolling.json("--persona", "taro", "--yes")
    assert (code, error["code"]) == (5, "enrol_not_allowed")
    assert enrolling.connected == 0


def test_enrolling_keeps_a_keyed_hash_and_spends_no_try(enrolling: Enrolling) -> None:
    enrolling.reader.place(card_of())
    code, document = enrolling.json(*ENROL, "--yes")
    assert (code, document["action"], document["persona"]) == (0, "enrol", "taro")
    assert document["enrolled"] == [{"persona": "taro", "cards": 1}]
    assert document["card"]["issuer"] == "not_checked"
    assert open_enrolments(enrolling.data_dir).persona_of(BareKey(PUBLIC_KEY)) == "taro"
    assert not any(command[1] in (0x20, 0x24, 0x2A) for command in enrolling.slot.said), "no PIN, no signature"
    assert left_behind(enrolling.data_dir) == []


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_will_be_kept_is_said_first_and_names_nothing_of_the_person(enrolling: Enrolling, lang: str) -> None:
    enrolling.reader.place(card_of())
    code, out, err = enrolling.run(*ENROL, "--yes", lang=lang)
    assert code == 0
    assert ("鍵付きハッシュ" if lang == "ja" else "keyed hash") in err
    assert ("失効" if lang == "ja" else "revoked") in err
    said = (out + err).encode()
    assert [name for name, needle in traces_of_the_person().items() if needle in said] == []


def test_without_a_terminal_nobody_can_agree(enrolling: Enrolling, monkeypatch: pytest.MonkeyPatch) -> None:
    enrolling.reader.place(card_of())
    reading, writing = os.pipe()
    os.write(writing, b"yes\n")
    os.close(writing)
    with os.fdopen(reading) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        code, error = enrolling.json(*ENROL)
    assert (code, error["code"]) == (5, "enrol_no_terminal")
    assert open_enrolments(enrolling.data_dir).counts() == {}


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [("yes", True), ("YES", True), ("はい", True), ("y", False), ("", False), ("no", False), ("yes!", False)],
)
def test_consent_is_the_whole_word(
    enrolling: Enrolling, monkeypatch: pytest.MonkeyPatch, typed: str, *, agreed: bool
) -> None:
    enrolling.reader.place(card_of())
    master, terminal = pty.openpty()
    os.write(master, f"{typed}\n".encode())
    with os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        code, document = enrolling.json(*ENROL)
    os.close(master)
    assert (code, document.get("code")) == ((0, None) if agreed else (5, "enrol_declined"))
    assert open_enrolments(enrolling.data_dir).counts() == ({"taro": 1} if agreed else {})


def test_the_card_has_no_power_while_its_holder_thinks(enrolling: Enrolling, monkeypatch: pytest.MonkeyPatch) -> None:
    enrolling.reader.place(card_of())
    free: list[bool] = []

    class Holder:
        def isatty(self) -> bool:
            return True

        def readline(self) -> str:
            connection = enrolling.reader.connect()  # would be busy
            connection.close()
            free.append(True)
            return "no\n"

    del enrolling.slot.close
    monkeypatch.setattr("sys.stdin", Holder())
    assert enrolling.json(*ENROL)[0] == 5
    assert free == [True]


def test_a_test_card_is_told_to_need_no_enrolment(enrolling: Enrolling) -> None:
    authority = LazyAuthority(CounterPlan(enrolling.data_dir, lambda: NOW, "ja")).open()
    for variant in (Variant.PLASTIC, Variant.ANDROID, Variant.NEXT_GENERATION):
        enrolling.reader.place(SoftwareCard(authority.card("taro", variant)))
        code, error = enrolling.json(*ENROL, "--yes")
        assert (code, error["code"]) == (2, "enrol_test_card")
    assert open_enrolments(enrolling.data_dir).counts() == {}


@pytest.mark.parametrize(
    ("variant", "error"),
    [
        (Variant.ANDROID, "enrol_gated"),
        (Variant.JUKI, "not_myna_card"),
        (Variant.NOT_MYNA, "not_myna_card"),
        (Variant.MUTE, "card_unreadable"),
    ],
)
def test_what_cannot_be_enrolled_is_told(enrolling: Enrolling, variant: Variant, error: str) -> None:
    enrolling.reader.place(card_of(variant))
    code, told = enrolling.json(*ENROL, "--yes")
    assert (code, told["code"]) == (3, error)


def pem_of(*purposes: str) -> bytes:
    return b"".join(throw_away_ca(purpose).certificate.public_bytes(Encoding.PEM) for purpose in purposes)


def test_a_certificate_that_may_not_sign_others_is_no_anchor(enrolling: Enrolling, tmp_path: Path) -> None:
    enrolling.reader.place(card_of())
    anchor = tmp_path / "ca.pem"
    anchor.write_bytes(pem_of("digital signature", "user authentication"))
    code, error = enrolling.json(*ENROL, "--yes", "--anchor", str(anchor))
    assert (code, error["code"]) == (2, "anchor_no_ca")


@pytest.mark.parametrize(
    ("on", "life"),
    [
        (date(2025, 12, 31), "not_yet_valid"),
        (date(2026, 1, 1), "valid"),
        (date(2031, 1, 1), "valid"),
        (date(2031, 1, 2), "expired"),
    ],
)
def test_whether_card_and_anchor_count_today_is_told(enrolling: Enrolling, on: date, life: str) -> None:
    enrolling.reader.place(card_of())
    seen = look(enrolling.slot, [], [throw_away_ca("user authentication").der], on)
    assert (seen.kind, seen.certificate, seen.issuer) == ("plastic", life, life)
    assert PUBLIC_KEY.hex() not in repr(seen)


def test_a_card_that_no_anchor_signed_is_refused_and_nothing_is_kept(enrolling: Enrolling, tmp_path: Path) -> None:
    enrolling.reader.place(card_of())
    elsewhere = LazyAuthority(CounterPlan(tmp_path / "elsewhere", lambda: NOW, "ja")).certificates()
    anchor = tmp_path / "ca.der"
    anchor.write_bytes(elsewhere[0])
    code, error = enrolling.json(*ENROL, "--yes", "--anchor", str(anchor))
    assert (code, error["code"]) == (5, "enrol_anchor")
    assert not open_enrolments(enrolling.data_dir).path.exists()


@pytest.mark.parametrize("variant", [Variant.PLASTIC, Variant.NEXT_GENERATION])
def test_a_card_whose_anchor_is_given_is_enrolled(enrolling: Enrolling, tmp_path: Path, variant: Variant) -> None:
    """The card and the CAs of another installation, in one PEM file: its generations and kinds of key together."""
    other = LazyAuthority(CounterPlan(tmp_path / "elsewhere", lambda: NOW, "ja")).open()
    enrolling.reader.place(SoftwareCard(other.card("hanako", variant)))
    anchor = tmp_path / "ca.pem"
    folder = tmp_path / "elsewhere" / "keystore" / "authority"
    anchor.write_bytes(b"".join(path.read_bytes() for path in sorted(folder.glob("auth*.pem"))))
    code, document = enrolling.json(*ENROL, "--yes", "--anchor", str(anchor))
    assert (code, document.get("code"), document.get("card", {}).get("issuer")) == (0, None, "valid")


@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_that_holds_no_anchor_is_told_before_the_card_is_read(
    enrolling: Enrolling, tmp_path: Path, content: bytes
) -> None:
    anchor = tmp_path / "ca.pem"
    anchor.write_bytes(content)
    code, error = enrolling.json(*ENROL, "--yes", "--anchor", str(anchor))
    assert (code, error["code"]) == (2, "anchor_no_ca")
    assert enrolling.connected == 0


def test_a_card_without_a_reader_is_told(enrolling: Enrolling) -> None:
    code, error = enrolling.json(*ENROL, "--yes")
    assert (code, error["code"]) == (3, "no_card")


DAMAGED = ["", "{}", '{"version": 1, "key": "00", "cards": {}}']


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_of_enrolments_is_told_before_card_and_consent(
    enrolling: Enrolling, content: str, lang: str
) -> None:
    enrolling.reader.place(card_of())
    book = open_enrolments(enrolling.data_dir).path
    book.write_text(content)
    code, out, err = enrolling.run(*ENROL, "--yes", lang=lang)
    assert (code, out, enrolling.connected) == (2, "", 0)
    assert len(err.splitlines()) == 2, "message and remedy, and not what will be kept"
    assert str(book) in err
    assert ("失われる" if lang == "ja" else "lost") in err
    assert ("発行し直され" if lang == "ja" else "issued again") not in err
    assert book.read_text() == content


@pytest.mark.parametrize("more", [("--list",), ("--remove", "--persona", "taro"), (*ENROL, "--yes")])
def test_a_damaged_file_of_enrolments_has_a_code_of_its_own(enrolling: Enrolling, more: tuple[str, ...]) -> None:
    open_enrolments(enrolling.data_dir).path.write_text(DAMAGED[0])
    code, error = enrolling.json(*more)
    assert (code, error["code"]) == (2, "enrol_damaged")


def test_a_visit_that_meets_a_damaged_file_of_enrolments_is_told_what_deleting_it_loses() -> None:
    for lang, lost in (("ja", "失われる"), ("en", "is lost")):
        _, remedy = error_words(lang, "setup.keystore.damaged", {"path": "keystore/enrolled.json"})
        assert lost in remedy


# ── list and remove ──


def test_enrolments_are_listed_and_taken_back_without_a_card(enrolling: Enrolling) -> None:
    assert enrolling.json("--list")[1]["enrolled"] == []
    enrolling.reader.place(card_of())
    enrolling.json(*ENROL, "--yes")
    enrolling.reader.remove()
    listed = enrolling.json("--list")[1]
    assert (listed["action"], listed["enrolled"]) == ("list", [{"persona": "taro", "cards": 1}])
    assert "taro: 1" in enrolling.run("--list")[1]
    code, removed = enrolling.json("--remove", "--persona", "taro")
    assert (code, removed["removed"], removed["enrolled"]) == (0, 1, [])
    assert not open_enrolments(enrolling.data_dir).path.exists()
    assert enrolling.json("--remove", "--persona", "taro")[1]["removed"] == 0


# ── a card as new ──


def tries(madoguchi: Madoguchi, *more: str) -> int:
    done = madoguchi.run("card", "status", "--persona", "taro", "--json", *more)
    return int(done.document("card-status")["pins"]["auth"])


@pytest.mark.daemon
def test_a_card_is_as_new_after_a_reset(madoguchi: Madoguchi) -> None:
    check = ("check", "--persona", "taro", "--pin-stdin", "--date", ON, "--json")
    assert madoguchi.run(*check, stdin=b"0000").error() == "wrong_pin"
    assert tries(madoguchi) == 2
    document = madoguchi.run("card", "reset", "--persona", "taro", "--json").document("card-reset")
    assert document == {"persona": "taro", "variant": "plastic"}
    assert tries(madoguchi) == 3
    assert madoguchi.run(*check, stdin=b"4093").code == 0


@pytest.mark.daemon
def test_each_kind_of_card_is_reset_by_itself_and_a_damaged_one_is_made_anew(madoguchi: Madoguchi) -> None:
    check = ("check", "--persona", "taro", "--variant", "iphone", "--pin-stdin", "--date", ON, "--json")
    assert madoguchi.run(*check, stdin=b"0000").error() == "wrong_pin"
    damaged = madoguchi.data_dir / "keystore" / "cards" / "taro.iphone.json"
    damaged.write_text("damaged")
    assert madoguchi.run(*check, stdin=b"4093").error() == "setup.card.damaged"
    done = madoguchi.run("card", "reset", "--persona", "taro", "--variant", "iphone", "--lang", "en")
    assert (done.code, done.out) == (0, "The card of taro (iphone) is as new.\n")
    assert madoguchi.run(*check, stdin=b"4093").document("check")["attempts_left"] == 3


@pytest.mark.daemon
def test_a_card_that_lies_in_another_reader_is_left_alone(madoguchi: Madoguchi) -> None:
    madoguchi.run("card", "status", "--persona", "taro")
    authority = LazyAuthority(CounterPlan(madoguchi.data_dir, lambda: NOW, "ja")).open()
    held = take_card("taro", authority)
    before = authority.card_image_path("taro").read_bytes()
    try:
        refused = madoguchi.run("card", "reset", "--persona", "taro", "--json")
        assert (refused.code, refused.error()) == (3, "card_elsewhere")
        assert authority.card_image_path("taro").read_bytes() == before
        assert madoguchi.run("card", "reset", "--persona", "hanako", "--json").code == 0
    finally:
        held.let_go()
    assert madoguchi.run("card", "reset", "--persona", "taro", "--json").code == 0
