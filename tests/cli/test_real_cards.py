"""A real person's card through the whole program: what it may do, and that nothing of it is left anywhere.

The card is one of an authority that is not this installation's: to the program that is a real card. Everything runs in
this process, so that every file it writes can be looked through.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from eligibility.calendar import JST
from kiosk.app import KioskApp
from kiosk.cli import composition
from kiosk.cli.check import Visit
from kiosk.cli.composition import CounterPlan, LazyAuthority
from kiosk.cli.errors import CommandError
from kiosk.cli.trace_file import traced_into
from kiosk.cli.troubles import told
from kiosk.flow import states as st
from kiosk.flow.states import Trouble
from kiosk.journal import read
from kiosk.services.interfaces import CardStopped, Services, ServiceStopped
from kiosk.services.qualification_client import HttpQualificationClient
from mock_server.bare_key import BareKey
from mock_server.composition import open_enrolments
from reader.apdu import CommandApdu
from reader.card.variants import Variant
from reader.pin import PinHandle
from reader.transports.in_process import SoftwareReader
from tests.card_factory import PIN, throw_away_pair
from tests.cli.command import validator
from tests.kiosk.screens.driving import Counter, FakeClock
from tests.kiosk.screens.fakes import Outside
from tests.kiosk.services.foreign import RANDOM, card_of, its_authority

NOW = datetime(2026, 11, 20, 9, 14, tzinfo=JST)
PERSON = throw_away_pair("user authentication")
PUBLIC_KEY = PERSON.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def traces_of_the_person() -> dict[str, bytes]:
    """What would give the person away, in every spelling a file might have."""
    [name] = PERSON.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    modulus = PERSON.key.public_key().public_numbers().n
    serial = PERSON.certificate.serial_number
    raw = {
        "certificate": PERSON.der[40:140],
        "its signature": PERSON.certificate.signature[:64],
        "public key": PUBLIC_KEY[40:140],
        "serial number": serial.to_bytes((serial.bit_length() + 7) // 8, "big"),
    }
    found = dict(raw)
    for what, value in raw.items():
        found[f"{what}, hex"] = value.hex().encode()
        found[f"{what}, HEX"] = value.hex().upper().encode()
        # Three alignments: the middle of a base64 text depends on what stands before it.
        for shift in range(3):
            found[f"{what}, base64 {shift}"] = base64.b64encode(bytes(shift) + value)[4 * bool(shift) : -4]
    found["serial number, decimal"] = str(serial).encode()
    found["modulus, decimal"] = str(modulus)[:60].encode()
    found["common name"] = str(name.value).encode()
    return found


def test_what_is_searched_for_would_be_found() -> None:
    whole = {
        "certificate": PERSON.der,
        "its signature": PERSON.certificate.signature,
        "public key": PUBLIC_KEY,
    }
    needles = traces_of_the_person()
    for name, value in whole.items():
        assert needles[name] in value
        assert needles[f"{name}, hex"] in value.hex().encode()
        spelled = base64.b64encode(value)
        assert any(needles[f"{name}, base64 {shift}"] in spelled for shift in range(3))
    assert needles["common name"] == b"throw-away card for user authentication"
    assert needles["common name"] in PERSON.der


def left_behind(folder: Path) -> list[tuple[str, str]]:
    """Every trace of the person in every file below `folder`: (file, what)."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    needles = traces_of_the_person()
    return [
        (str(path.relative_to(folder)), name)
        for path in files
        for name, needle in needles.items()
        if needle in path.read_bytes()
    ]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its test authority, in which taro's real card is enrolled."""
    folder = tmp_path_factory.mktemp("data")
    LazyAuthority(CounterPlan(folder, lambda: NOW, "ja")).certificates()
    open_enrolments(folder).enrol(BareKey(PUBLIC_KEY), "taro", RANDOM)
    return folder


def plan_of(data_dir: Path, *, allowed: bool = True, server: str | None = None) -> CounterPlan:
    return CounterPlan(data_dir, lambda: NOW, "ja", "some reader", server, allow_real_card=allowed)


@pytest.fixture
def slot() -> Iterator[SoftwareReader]:
    """Stands in for a reader with the real card on it."""
    reader = SoftwareReader()
    reader.place(card_of())
    yield reader
    reader.close()


def pin(digits: str = PIN) -> PinHandle:
    return PinHandle(bytearray(digits.encode()))


def visit(plan: CounterPlan, slot: SoftwareReader, monkeypatch: pytest.MonkeyPatch, trace: Path | None = None) -> Any:
    """`madoguchi check --reader …`, but for the command line."""
    monkeypatch.setattr(composition, "real_slot", lambda _: slot)
    with told(), traced_into(None if trace is None else str(trace)) as wrap:
        return Visit(plan, None, allow_last_try=False, wrap=wrap).run(pin())


# ── check ──


def test_an_enrolled_card_is_received_as_its_patient_and_leaves_nothing(
    prepared: Path, slot: SoftwareReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = prepared / "visit.trace"
    document = visit(plan_of(prepared), slot, monkeypatch, trace)
    validator("check").validate(document)
    assert (document["outcome"], document["answer"]["name"]) == ("OK_ONLINE", "協会　太郎")
    assert document["apdus"]["after_pin"] == 2
    assert trace.stat().st_mode & 0o777 == 0o600
    assert "00B08A" in trace.read_text(), "the certificate was read, and the trace says so"
    assert left_behind(prepared) == []
    assert not any(needle in json.dumps(document).encode() for needle in traces_of_the_person().values())


@pytest.mark.parametrize(("allowed", "code"), [(False, "real_card"), (True, "real_card_not_enrolled")])
def test_a_card_that_is_not_allowed_or_not_enrolled_is_refused_before_its_pin(
    tmp_path: Path, slot: SoftwareReader, monkeypatch: pytest.MonkeyPatch, *, allowed: bool, code: str
) -> None:
    with pytest.raises(CommandError) as refused:
        visit(plan_of(tmp_path, allowed=allowed), slot, monkeypatch)
    assert (refused.value.code, refused.value.exit_code) == (code, 5)
    connection = slot.connect()
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020018"):
        assert connection.transmit(bytes.fromhex(command)) == b"\x90\x00"
    assert connection.transmit(CommandApdu(0, 0x20, 0, 0x80).to_bytes()) == bytes.fromhex("63C3"), "no try was spent"
    assert left_behind(tmp_path) == []


def test_an_enrolment_is_worth_nothing_without_the_key_it_was_made_with(
    prepared: Path, tmp_path: Path, slot: SoftwareReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = open_enrolments(tmp_path)
    changed = json.loads(open_enrolments(prepared).path.read_text())
    elsewhere.path.write_text(json.dumps(changed))
    assert visit(plan_of(tmp_path), slot, monkeypatch)["outcome"] == "OK_ONLINE", "the whole file was copied"
    elsewhere.path.write_text(json.dumps({**changed, "key": "00" * 32}))
    with pytest.raises(CommandError) as refused:
        visit(plan_of(tmp_path), slot, monkeypatch)
    assert refused.value.code == "real_card_not_enrolled"


@pytest.mark.parametrize("content", ["", "{}", '{"version": 1, "key": "00", "cards": {}}'])
def test_a_damaged_book_of_enrolments_is_told_of_and_no_pin_is_used(
    tmp_path: Path, slot: SoftwareReader, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    open_enrolments(tmp_path).path.write_text(content)
    with pytest.raises(CommandError) as refused:
        visit(plan_of(tmp_path), slot, monkeypatch)
    assert (refused.value.code, refused.value.exit_code) == ("setup.keystore.damaged", 2)


class Wiretap(httpx2.AsyncBaseTransport):
    """A server's address that hears every request and answers none."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self.inner = inner
        self.heard: list[tuple[str, str, bytes]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.heard.append((request.url.host, request.url.path, request.content + str(request.headers).encode()))
        return await self.inner.handle_async_request(request)


def test_what_is_sent_is_a_public_key_and_a_signature_and_nothing_else_of_the_card(
    prepared: Path, slot: SoftwareReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    taps: list[Wiretap] = []

    def tapped(base_url: str, institution: str, *, on: Any, transport: Any) -> HttpQualificationClient:
        taps.append(Wiretap(transport))
        return HttpQualificationClient(base_url, institution, on=on, transport=taps[0])

    monkeypatch.setattr("kiosk.services.qualification_client.HttpQualificationClient", tapped)
    visit(plan_of(prepared), slot, monkeypatch)
    [tap] = taps
    assert [(host, path) for host, path, _ in tap.heard] == [
        ("127.0.0.1", "/v1/challenge"),
        ("127.0.0.1", "/v1/qualification/enrolled"),
    ]
    sent = json.loads(tap.heard[1][2].partition(b"}")[0] + b"}")
    assert set(sent) == {"institution", "purpose", "nonce", "public_key", "signature"}
    assert base64.b64decode(sent["public_key"]) == PUBLIC_KEY
    everything = b"".join(content for _, _, content in tap.heard)
    allowed = [name for name in traces_of_the_person() if name.startswith("public key")]
    needles = {name: needle for name, needle in traces_of_the_person().items() if name not in allowed}
    assert [name for name, needle in needles.items() if needle in everything] == []


@pytest.mark.parametrize(
    "address", ["https://192.0.2.1:8765", "https://counter.example:8765", "https://localhost", "https://[2001:db8::1]"]
)
def test_a_server_that_is_not_on_this_machine_is_not_asked(address: str) -> None:
    tap = Wiretap(httpx2.MockTransport(lambda _: httpx2.Response(200, json={})))
    client = HttpQualificationClient(address, "1312345678", on=NOW.date, transport=tap)
    try:
        challenge: Any = st  # whatever it is: it is not looked at
        with pytest.raises(ServiceStopped) as stopped:
            client.check_enrolled(challenge, PUBLIC_KEY, b"signature")
        assert (stopped.value.trouble, stopped.value.detail) == (Trouble.SERVER_REFUSED, "not_loopback")
        assert tap.heard == []
    finally:
        client.close()


# ── the counter ──


@asynccontextmanager
async def running(
    plan: CounterPlan, slot: SoftwareReader, change: Callable[[Services], None] = lambda _: None
) -> AsyncIterator[Counter]:
    """The counter with its real services: card desk, journal, rules, server in process."""

    def load() -> Services:
        services = composition.load_services(plan, slot)
        change(services)
        return services

    clock = FakeClock()
    app = KioskApp(load, data_dir=plan.data_dir, clock=clock, quick_load=False)
    async with app.run_test(size=(80, 24)) as pilot:
        counter = Counter(app, pilot, Outside(), clock)
        await counter.until(lambda: app.counter is not None, "loaded")
        yield counter


async def to_answer(desk: Counter) -> None:
    await desk.reach(st.ConfirmingRealCard)
    await desk.press("1")
    await desk.reach(st.ChoosingMethod)
    await desk.press("1")
    await desk.reach(st.EnteringPin)
    await desk.type_pin(PIN)


async def test_a_visit_at_the_counter_leaves_nothing_of_the_card(prepared: Path, slot: SoftwareReader) -> None:
    plan = plan_of(prepared)
    async with running(plan, slot) as desk:
        await to_answer(desk)
        await desk.reach(st.AskingConsent)
        await desk.press("3")
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.name == "協会　太郎"
        await desk.press("enter")
        slot.remove()
        await desk.reach(st.Idle)
    entries = read(prepared / "journal", composition.journal_key_path(prepared))
    assert entries[-1].outcome == "OK_ONLINE"
    assert left_behind(prepared) == []
    told_to_the_journal = repr(entries).encode()
    assert [name for name, needle in traces_of_the_person().items() if needle in told_to_the_journal] == []


async def test_a_fault_that_holds_the_card_in_its_words_leaves_a_report_without_it(
    prepared: Path, slot: SoftwareReader
) -> None:
    def break_the_rules(services: Services) -> None:
        def fail(*_: object) -> Any:
            certificate = PERSON.der
            raise ValueError(f"{certificate.hex()} {PERSON.certificate.subject} {base64.b64encode(PUBLIC_KEY)!r}")

        services.decider.decide = fail  # type: ignore[method-assign,assignment]

    async with running(plan_of(prepared), slot, break_the_rules) as desk:
        await to_answer(desk)
        shown = await desk.reach(st.ShowingAnswer)
        assert shown.reception.outcome == "NOT_CONFIRMED", "nobody is received on a fault"
    reports = list((prepared / "crash").glob("crash-*.txt"))
    assert reports
    assert any("ValueError" in report.read_text() for report in reports)
    assert left_behind(prepared) == []


async def test_declining_leaves_no_more_than_that_somebody_was_there(prepared: Path, slot: SoftwareReader) -> None:
    before = len(read(prepared / "journal", composition.journal_key_path(prepared)))
    async with running(plan_of(prepared), slot) as desk:
        await desk.reach(st.ConfirmingRealCard)
        await desk.press("9")
        slot.remove()
        await desk.reach(st.Idle)
    [entry] = read(prepared / "journal", composition.journal_key_path(prepared))[before:]
    assert (entry.outcome, entry.method) == ("ABANDONED", "")
    assert left_behind(prepared) == []


async def test_without_the_option_the_counter_refuses_the_card(prepared: Path, slot: SoftwareReader) -> None:
    async with running(plan_of(prepared, allowed=False), slot) as desk:
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.REAL_CARD
        await desk.press("9")
    assert left_behind(prepared) == []


async def test_a_card_that_is_not_enrolled_is_never_asked_for_a_pin(tmp_path: Path, slot: SoftwareReader) -> None:
    async with running(plan_of(tmp_path), slot) as desk:
        assert (await desk.reach(st.InTrouble)).trouble is Trouble.REAL_CARD_NOT_ENROLLED
    assert left_behind(tmp_path) == []


# ── the option itself ──


def test_no_settings_file_can_allow_real_cards(tmp_path: Path) -> None:
    from kiosk.cli.config import KEYS, Config, load_config

    assert "allow_real_card" not in {key for table in KEYS.values() for key in table}
    assert not hasattr(Config(), "allow_real_card")
    settings = tmp_path / "madoguchi.toml"
    settings.write_text("[counter]\nallow_real_card = true\n")
    with pytest.raises(CommandError) as refused:
        load_config(settings, required=True)
    assert refused.value.code == "config_unknown_key"


def test_a_test_card_needs_no_option_and_no_enrolment(tmp_path: Path, slot: SoftwareReader) -> None:
    plan = CounterPlan(tmp_path, lambda: NOW, "ja")
    from kiosk.services.card_desk import SlotCardDesk

    desk = SlotCardDesk(slot, test_authorities=its_authority, on=plan.today)
    assert desk.read().real is False
    slot.place(card_of(Variant.FACE_ONLY))
    with pytest.raises(CardStopped):
        composition.card_desk(plan, slot, LazyAuthority(plan)).read()
    assert os.listdir(tmp_path) == ["keystore"]  # noqa: PTH208 - names are enough
