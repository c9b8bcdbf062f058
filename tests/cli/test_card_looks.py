"""`madoguchi card certificate | trace | watch | test`: looking at cards and readers without a PIN."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kiosk.cli import composition
from kiosk.cli.main import main
from kiosk.cli.words import Words
from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, load_image
from reader.errors import AccessDeniedError, ServiceUnavailableError, TransportError
from reader.recording import Recording
from reader.replay import ReplayedCard
from reader.transports import pcsc
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card, make_image
from tests.cli.command import Madoguchi, validator
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted


def card_of(madoguchi: Madoguchi, persona: str) -> CardImage:
    return load_image(madoguchi.data_dir / "keystore" / "cards" / f"{persona}.json")


@pytest.fixture
def on_pcscd(madoguchi: Madoguchi, private_pcscd: PrivatePcscd) -> Madoguchi:  # noqa: F811 - the fixture
    madoguchi.env["PCSCLITE_CSOCK_NAME"] = str(private_pcscd.socket)
    return madoguchi


def test_a_certificate_is_shown_as_text_pem_and_json(madoguchi: Madoguchi) -> None:
    document = madoguchi.run("card", "certificate", "--persona", "taro", "--json").document("card-certificate")
    on_card = x509.load_der_x509_certificate(card_of(madoguchi, "taro").auth_certificate)
    assert document["pem"] == on_card.public_bytes(Encoding.PEM).decode()
    assert document["serial"] == f"{on_card.serial_number:X}"
    assert (document["real"], document["kind"], document["key"]) == (False, "plastic", "RSA 2048")
    assert madoguchi.run("card", "certificate", "--persona", "taro", "--pem").out == document["pem"]
    text = madoguchi.run("card", "certificate", "--persona", "taro", "--lang", "en").out
    assert document["serial"] in text
    assert "Whether it was revoked was not checked." in text


def test_a_certificate_of_the_next_generation_is_shown_as_well(madoguchi: Madoguchi) -> None:
    command = ("card", "certificate", "--persona", "taro", "--variant", "next-generation", "--json")
    document = madoguchi.run(*command).document("card-certificate")
    assert (document["kind"], document["key"]) == ("next_generation", "EC secp384r1")


def test_a_certificate_behind_the_pin_is_told_to_be_there(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("card", "certificate", "--persona", "taro", "--variant", "android", "--json")
    assert (done.code, done.error()) == (3, "certificate_behind_pin")


def test_a_certificate_whose_key_nobody_can_read_is_told_and_no_fault_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    image = make_image()
    der = bytes.fromhex("06092A864886F70D010101")  # the OID of an RSA key
    assert der in image.auth_certificate
    strange = image.auth_certificate.replace(der, der[:-1] + b"\x63")
    slot = SoftwareReader()
    slot.place(SoftwareCard(image.with_file(0x000A, replace(image.files[0x000A], content=strange))))
    monkeypatch.setattr(composition, "real_slot", lambda _: slot)
    command = ("card", "certificate", "--allow-real-card", "--data-dir", str(tmp_path), "--json")
    assert main(command) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "card_unreadable"
    assert not (tmp_path / "crash").exists()


@pytest.mark.parametrize("command", ["certificate", "test", "trace"])
@pytest.mark.parametrize("variant", ["not-myna", "mute"])
def test_what_is_no_my_number_card_is_told(lived_in: Madoguchi, command: str, variant: str) -> None:
    done = lived_in.run("card", command, "--persona", "taro", "--variant", variant, "--json")
    assert done.code == 3
    if command == "trace" and variant == "not-myna":
        assert json.loads(done.out)["error"] == "not_myna_card"
    else:
        assert done.error() in ("not_myna_card", "card_unreadable")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--variant", "plastik"), "unknown_variant"),
        (("--persona", "nobody"), "unknown_persona"),
        (("--reader", "0"), "persona_and_reader"),
    ],
)
def test_a_wrong_choice_of_card_is_told(lived_in: Madoguchi, more: tuple[str, ...], code: str) -> None:
    persona = () if more[0] == "--persona" else ("--persona", "taro")
    done = lived_in.run("card", "test", *persona, *more, "--json")
    assert (done.code, done.error()) == (2, code)


def test_a_kind_of_card_belongs_to_a_persona(lived_in: Madoguchi) -> None:
    done = lived_in.run("card", "certificate", "--variant", "android", "--json")
    assert (done.code, done.error()) == (2, "variant_without_persona")


def test_reading_many_times_gives_a_rate_and_spends_nothing(lived_in: Madoguchi) -> None:
    document = lived_in.run("card", "test", "-n", "5", "--persona", "rokuro", "--json").document("card-test")
    assert (document["reads"], document["succeeded"], document["rate"], document["failures"]) == (5, 5, 1.0, {})
    assert document["milliseconds"]["fastest"] <= document["milliseconds"]["median"]
    status = lived_in.run("card", "status", "--persona", "rokuro", "--json").document("card-status")
    assert status["pins"]["auth"] == 1
    assert "5" in lived_in.run("card", "test", "-n", "5", "--persona", "rokuro").out


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1000000000000", "５"])
def test_a_number_of_reads_that_is_none_is_told(lived_in: Madoguchi, wrong: str) -> None:
    done = lived_in.run("card", "test", f"-n{wrong}", "--persona", "taro", "--json")
    assert (done.code, done.error()) == (2, "bad_count")


def test_a_trace_names_every_exchange_and_withholds_the_certificate(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("card", "trace", "--persona", "taro")
    image = card_of(madoguchi, "taro")
    assert done.code == 0
    assert "> 00A4040C0AD392F000260100000001" in done.out
    assert "< 9000 ok" in done.out
    assert image.auth_certificate[8:40].hex().upper() not in done.out
    document = madoguchi.run("card", "trace", "--persona", "taro", "--json").document("card-trace")
    assert document["error"] is None
    assert len(document["exchanges"]) > 8


def test_a_trace_in_a_file_can_be_played_back_as_a_card_and_is_never_overwritten(
    madoguchi: Madoguchi, tmp_path: Path
) -> None:
    path = tmp_path / "reader.trace"
    command = ("card", "trace", "--persona", "taro", "--output", path)
    assert madoguchi.run(*command).code == 0
    written = path.read_bytes()
    reader = SoftwareReader()
    reader.place(ReplayedCard(Recording.load(path)))
    connection = reader.connect()
    assert connection.transmit(bytes.fromhex("00A4040C0AD392F000260100000001")) == b"\x90\x00"
    again = madoguchi.run(*command, "--json")
    assert (again.code, again.error()) == (2, "file_exists")
    assert path.read_bytes() == written
    nowhere = madoguchi.run(*command[:-1], tmp_path / "no" / "such.trace", "--json")
    assert (nowhere.code, nowhere.error()) == (2, "trace_file")


@pytest.mark.pcsc
@pytest.mark.parametrize("command", [("certificate",), ("certificate", "--pem"), ("test", "-n", "2"), ("trace",)])
def test_a_real_card_is_read_only_where_that_was_allowed(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
    command: tuple[str, ...],
) -> None:
    """A card of another authority: to this counter that is a real one."""
    stranger = make_card()
    with inserted(stranger, private_pcscd) as reader:
        refused = on_pcscd.run("card", *command, "--reader", reader, "--json")
        allowed = on_pcscd.run("card", *command, "--reader", reader, "--allow-real-card", "--json")
    assert (refused.code, refused.error()) == (5, "real_card")
    certificate = x509.load_der_x509_certificate(stranger.image.auth_certificate)
    if "--pem" in command:
        assert (allowed.code, allowed.error()) == (5, "real_certificate_stays")
    else:
        assert allowed.code == 0
    if command == ("certificate",):
        document = allowed.document("card-certificate")
        assert document["real"]
        withheld = ("pem", "subject", "serial", "not_before", "not_after")
        assert {document[name] for name in withheld} == {None}
    for said in (refused, allowed):
        assert "throw-away card" not in said.out + said.err
        assert f"{certificate.serial_number:X}" not in said.out
        assert stranger.image.auth_certificate.hex().upper() not in said.out
    found = subprocess.run(["grep", "-rlF", "throw-away card", str(on_pcscd.data_dir)], capture_output=True)
    assert found.stdout == b""


@pytest.mark.pcsc
def test_watching_tells_of_cards_as_they_come_and_go(
    on_pcscd: Madoguchi,
    private_pcscd: PrivatePcscd,  # noqa: F811
) -> None:
    with inserted(make_card(), private_pcscd, 1) as reader:
        seen = on_pcscd.run("card", "watch", "--events", "3", "--json").document("card-watch")["events"]
        assert ("card_placed", reader) in {(event["event"], event["reader"]) for event in seen}
        with on_pcscd.serving("card", "watch", "--reader", reader) as watching:
            assert watching.first_line.rstrip().endswith(reader)
            ended = watching.end()
    assert ended.code == 0


def test_watching_without_a_service_says_so_and_ends_when_it_was_told_to(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("card", "watch", "--seconds", "1", "--json")
    if done.code == 3:
        assert done.error() == "no_pyscard"
        return
    events = done.document("card-watch")["events"]
    assert [(event["event"], event["reason"]) for event in events] == [("reader_gone", "no_service")]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ServiceUnavailableError("no_service"), "no_service"),
        (ServiceUnavailableError("service_silent"), "service_silent"),
        (AccessDeniedError(), "access_denied"),
        (TransportError("80100001"), "no_service"),
    ],
)
def test_watching_tells_why_the_service_is_gone(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    error: TransportError,
    reason: str,
) -> None:
    def refuse(*, given_up: threading.Event) -> tuple[str, ...]:
        assert not given_up.is_set()
        raise error

    monkeypatch.setattr(pcsc, "is_installed", lambda: True)
    monkeypatch.setattr(pcsc, "list_readers", refuse)
    monkeypatch.setenv("LANGUAGE", "ja")
    command = ["card", "watch", "--seconds", "1", "--data-dir", str(tmp_path), "--lang", "en"]
    assert main([*command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    validator("card-watch").validate(document)
    assert [(seen["event"], seen["reason"]) for seen in document["events"]] == [("reader_gone", reason)]
    assert main([*command, "--events", "1"]) == 0
    words = Words("en")
    assert words.has(f"card.watch.reason.{reason}")
    assert f"({words.text(f'card.watch.reason.{reason}')})" in capsys.readouterr().out
