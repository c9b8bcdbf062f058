"""Functions from bytes to nothing, one for each parser: they return, or they found a bug.

The errors of our families are answers and are caught here, each where it is documented. Everything else that is
raised, assertions included, is a bug. What breaks if this is wrong: a fault in a parser is found by a patient's card.
"""

from __future__ import annotations

import contextlib
import functools
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509.ocsp import OCSPResponseStatus, load_der_ocsp_response

from kiosk.services.card_origin import (
    first_day,
    is_signed_by_one_of,
    last_day,
    public_key_of,
    read_certificate,
)
from kiosk.services.interfaces import BrokenCertificateError
from mock_server.anchors import read_anchors as read_trust_anchors
from mock_server.bare_key import BareKey
from mock_server.certificate_path import CertificatePath
from mock_server.errors import QualificationError, SetupError
from mock_server.issuer import TestAuthority
from mock_server.revocation.crl_check import believed_list
from mock_server.revocation.jlis import MockJlis
from mock_server.revocation.ocsp_check import believed_answer
from reader.apdu import CommandApdu, MalformedApduError, ResponseApdu
from reader.card.applet import SoftwareCard
from reader.card.image import CardImage, CardImageError, load_image
from reader.card.interface import CardTornError, EmulatedCard
from reader.card.quirks import QUIRKS, QuirkError, parse_quirk, with_quirks
from reader.card.variants import Variant
from reader.errors import CardProtocolError, CardRemovedError, ReaderError
from reader.jpki import AUTHENTICATION_PIN, LONGEST_CERTIFICATE, SIGNING_PIN, JpkiSession
from reader.masking import FLAGS, LONGEST_FILE_INFORMATION, AnswerMask, shown_command
from reader.pin import PinHandle
from reader.profiles import LABEL_LENGTH
from reader.recording import Recording, RecordingError, answer_pieces
from reader.replay import ReplayedCard
from reader.tlv import ecdsa_sig_value, sequence_length
from reader.trace import Exchange, TracedConnection
from reader.transports.card_control import LINE_LIMIT, ControlMistakeError, LineDecoder, parse_command
from reader.transports.part10 import carries_extended_apdus, entries, feature_code
from reader.transports.vpcd import FrameDecoder, encode_frame
from tests.card_factory import make_variant_image
from tests.fuzz import seeds

Target = Callable[[bytes], None]

MOMENT: Final = datetime(2026, 7, 1, tzinfo=UTC)
REST: Final = 0xFF
PIN_BYTES: Final = b"7391"
PASSWORD_BYTES: Final = b"QX7391ZK"
MOST_READ: Final = LABEL_LENGTH + len(FLAGS)
"""Bytes that a trace shows of one answer, but for what SELECT tells of a file."""
MOST_TOLD: Final = LONGEST_FILE_INFORMATION


def pieces(data: bytes) -> Iterator[bytes]:
    """The input cut by lengths in front of each piece; `FF` is everything that is left."""
    at = 0
    while at < len(data):
        end = len(data) if data[at] == REST else at + 1 + data[at]
        yield data[at + 1 : end]
        at = end


@contextlib.contextmanager
def _as_file(data: bytes) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile(prefix="madoguchi-fuzz-") as file:
        file.write(data)
        file.flush()
        yield Path(file.name)


# APDUs, frames, TLV


def command_apdu(data: bytes) -> None:
    """A command that is understood is written the same way again."""
    with contextlib.suppress(MalformedApduError):
        command = CommandApdu.parse(data)
        assert command.to_bytes() == data
        assert CommandApdu.parse(command.to_bytearray()) == command


def response_apdu(data: bytes) -> None:
    """So is an answer."""
    with contextlib.suppress(MalformedApduError):
        assert ResponseApdu.parse(data).to_bytes() == data


def tlv(data: bytes) -> None:
    """A header's length stays within the limit; a signature as DER has the numbers it was made of."""
    with contextlib.suppress(CardProtocolError):
        assert 2 <= sequence_length(data, LONGEST_CERTIFICATE) <= LONGEST_CERTIFICATE
    with contextlib.suppress(CardProtocolError):
        half = len(data) // 2
        pair = (int.from_bytes(data[:half], "big"), int.from_bytes(data[half:], "big"))
        assert decode_dss_signature(ecdsa_sig_value(data)) == pair


def features(data: bytes) -> None:
    """What a reader says of itself (PC/SC part 10)."""
    assert sum(2 + len(value) for _tag, value in entries(data)) <= len(data)
    code = feature_code(data, data[0] if data else 0)
    assert code is None or 0 <= code < 1 << 32
    carries_extended_apdus(data)


def frames(data: bytes) -> None:
    """Pieces of a stream, as the network might cut it: no byte is lost, none is invented."""
    decoder, bodies = FrameDecoder(), list[bytes]()
    chunks = list(pieces(data))
    for chunk in chunks:
        bodies += decoder.feed(chunk)
    stream = b"".join(chunks)
    whole = b"".join(bytes(encode_frame(body)) for body in bodies)
    assert stream.startswith(whole)
    assert decoder.pending == len(stream) - len(whole)


def _told(found: list[str | ControlMistakeError]) -> list[str]:
    return [one if isinstance(one, str) else f"mistake {one.code}" for one in found]


def control_line(data: bytes) -> None:
    """What is said to a running `card emulate`: the same lines however they were chopped, each a command or refused."""
    chunks = list(pieces(data))
    decoder, at_once = LineDecoder(), LineDecoder()
    lines = [line for chunk in chunks for line in decoder.feed(chunk)] + decoder.end()
    assert _told(lines) == _told(at_once.feed(b"".join(chunks)) + at_once.end())
    for line in lines:
        if isinstance(line, str):
            assert len(line.encode()) <= LINE_LIMIT
            with contextlib.suppress(ControlMistakeError):
                parse_command(line)


# Certificates


def certificate(data: bytes) -> None:
    """What may be asked of a card's certificate."""
    with contextlib.suppress(BrokenCertificateError):
        found = read_certificate(data)
        first_day(found)
        last_day(found)
        public_key_of(found)
    with contextlib.suppress(BrokenCertificateError):
        is_signed_by_one_of(read_certificate(data), [data])


def anchors(data: bytes) -> None:
    """A file with CA certificates (`--trust`)."""
    with _as_file(data) as path:
        try:
            found = read_trust_anchors(path)
        except SetupError:
            return
    with contextlib.suppress(QualificationError):
        CertificatePath(found).check(seeds.certificate(), MOMENT)


def server_certificate(data: bytes) -> None:
    """What the mock server looks at of a certificate before it asks who signed it."""
    anchor = load_der_x509_certificate(seeds.certificate())
    with contextlib.suppress(QualificationError):
        CertificatePath([anchor]).check(data, MOMENT)


def bare_key(data: bytes) -> None:
    """The public key of an enrolled card, as it comes over the wire; then a signature that is none."""
    with contextlib.suppress(QualificationError):
        key = BareKey(data)
        key.hashed(b"MADOGUCHI TEST")
        key.check(data, b"MADOGUCHI TEST")


def revocation_list(data: bytes) -> None:
    """A CRL that came with a trust file."""
    with contextlib.suppress(QualificationError):
        believed_list(data, load_der_x509_certificate(seeds.certificate()))


def ocsp_answer(data: bytes) -> None:
    """What an OCSP responder says about the invented certificate."""
    with contextlib.suppress(QualificationError):
        believed_answer(data, load_der_x509_certificate(seeds.certificate()), seeds.SERIAL, MOMENT)


@functools.cache
def _jlis() -> MockJlis:
    """A responder that has no CA yet, so that nobody has to wait for a key."""
    folder = Path(_kept_folder().name) / "keystore"
    return TestAuthority.open(folder, lambda: MOMENT).jlis


@functools.cache
def _kept_folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def ocsp_question(data: bytes) -> None:
    """What somebody asks our responder: it answers in OCSP, whatever it was."""
    answered = load_der_ocsp_response(_jlis().answer(data, MOMENT))
    assert answered.response_status in (OCSPResponseStatus.MALFORMED_REQUEST, OCSPResponseStatus.UNAUTHORIZED)


# The software card


@functools.cache
def _image(variant: Variant) -> CardImage:
    return make_variant_image(variant)


def _variant(choice: int) -> Variant:
    return tuple(Variant)[choice % len(Variant)]


def _serve(card: EmulatedCard, script: bytes) -> None:
    """Commands and, in pieces of one byte, what is done to the power."""
    for piece in pieces(script):
        if len(piece) == 1:
            (card.power_off, card.power_on, card.reset)[piece[0] % 3]()
            continue
        try:
            answer = card.process(piece)
        except CardTornError:
            card.power_on()
            continue
        assert len(answer) <= 65_538


def card(data: bytes) -> None:
    """Any card, any commands: a status word comes back, and no try is lost or won that no PIN was sent for."""
    soft = SoftwareCard(_image(_variant(data[0] if data else 0)))
    before = {ef: pin.tries_left for ef, pin in soft.image.pins.items()}
    _serve(soft, data[1:])
    verifies = sum(len(piece) > 5 and piece[1] in (0x20, 0x24) for piece in pieces(data[1:]))
    for ef, pin in soft.image.pins.items():
        assert 0 <= pin.tries_left <= 15
        assert before[ef] - pin.tries_left <= verifies
        assert verifies or pin.tries_left == before[ef]
    assert soft.mute or len(soft.process(b"\x00\xa4\x04\x0c")) >= 2


_UNLAWFUL: Final = {"tear-off": "tear-off=3", "slow": "slow=1"}


def quirky_card(data: bytes) -> None:
    """Any quirks over any card: a bit each in the first two bytes."""
    choice = int.from_bytes(data[:2], "little")
    chosen = [parse_quirk(_UNLAWFUL.get(name, name)) for bit, name in enumerate(QUIRKS) if choice >> bit & 1]
    soft = SoftwareCard(_image(_variant(data[2] if len(data) > 2 else 0)))
    _serve(with_quirks(soft, chosen, sleep=lambda _seconds: None), data[3:])


def quirk_name(data: bytes) -> None:
    """What somebody types after --quirk: it is read again as it is written."""
    with contextlib.suppress(QuirkError):
        quirk = parse_quirk(data.decode("utf-8", "replace"))
        assert parse_quirk(str(quirk)) == quirk


def card_image(data: bytes) -> None:
    """A card's file: no image, or a card that answers."""
    with _as_file(data) as path:
        try:
            image = load_image(path)
        except CardImageError:
            return
    soft = SoftwareCard(image)
    repr(soft)
    assert soft.atr is not None
    for command in ("00A4040C0AD392F000260100000001", "00A4020C020006", "00B0000020", "00200098", "802A009701FF00"):
        answer = soft.process(bytes.fromhex(command))
        assert soft.mute or len(answer) >= 2


# Reading a card


class ScriptedConnection:
    """A card that answers what the input says, and is gone when the input ends."""

    atr = b"\x3b\x80\x80\x01\x01"

    def __init__(self, answers: Iterator[bytes], *, extended_length: bool) -> None:
        self.extended_length = extended_length
        self._answers = answers
        self.verifies = 0

    def transmit(self, command: bytes | bytearray) -> bytes:
        """The next answer. Raises CardRemovedError where there is none."""
        self.verifies += command[1] == 0x20 and len(command) > 5
        for answer in self._answers:
            return answer
        raise CardRemovedError

    def cancel(self) -> None:
        """Nothing takes time here."""

    def close(self) -> None:
        """Nothing is held here."""


def session(data: bytes) -> None:
    """A whole visit with a card that answers anything: our errors only, one VERIFY at most, no PIN in the trace."""
    choice = data[0] if data else 0
    inner = ScriptedConnection(pieces(data[1:]), extended_length=bool(choice & 1))
    trace: list[Exchange] = []
    connection = TracedConnection(inner, trace.append)
    try:
        visit = JpkiSession(connection, extended=bool(choice & 1))
    except ReaderError:
        return
    pin, typed = (SIGNING_PIN, PASSWORD_BYTES) if choice & 2 else (AUTHENTICATION_PIN, PIN_BYTES)
    steps: tuple[Callable[[], object], ...] = (
        visit.kind,
        visit.certificates_present,
        visit.token_flags,
        visit.authentication_certificate,
        visit.authentication_ca_certificate,
        lambda: visit.attempts_left(pin),
        lambda: visit.attempts_left(visit.profile.authentication_pin),
        visit.is_face_only,
        lambda: visit.verify(pin, PinHandle(bytearray(typed)), allow_last_try=bool(choice & 4)),
        lambda: visit.sign_message(b"MADOGUCHI TEST"),
        visit.signing_certificate,
    )
    said = ""
    for step in steps:
        try:
            step()
        except ReaderError as error:
            said += str(error)
    assert typed.decode() not in said
    assert inner.verifies <= 1
    assert not any(typed.hex().upper() in exchange.command for exchange in trace)
    if trace:
        _is_kept(Recording(tuple(trace)))


# Traces and recordings


def _without_times(recording: Recording) -> Recording:
    return replace(
        recording,
        exchanges=tuple(replace(one, started_ms=None, duration_ms=None) for one in recording.exchanges),
    )


def _is_kept(recording: Recording) -> None:
    """Both forms give it back, but for the times in the text, which are rounded."""
    again = Recording.parse(json.dumps(recording.as_dict()).encode())
    assert again == recording, (again, recording)
    again = Recording.parse(recording.as_text().encode())
    assert _without_times(again) == _without_times(recording), (again, recording)


def masking(data: bytes) -> None:
    """Commands and answers in turn: what a trace shows can be kept and read again, and shows no body of a VERIFY."""
    mask, exchanges = AnswerMask(), list[Exchange]()
    said = list(pieces(data))
    for number, (command, answer) in enumerate(zip(said[::2], said[1::2], strict=False), 1):
        shown = shown_command(command)
        if len(command) > 5 and command[0] in (0x00, 0x80) and command[1] in (0x20, 0x24):
            secret = bytes(byte ^ 0x5A for byte in command[5:])
            assert shown == shown_command(command[:5] + secret) == f"{command[:4].hex().upper()} [withheld]"
        sw = int.from_bytes(answer[-2:], "big") if len(answer) >= 2 else None
        shown_answer = mask.shown_data(command, answer)
        exchanges.append(Exchange(number, None, None, shown, shown_answer if sw is not None else "", sw))
    if exchanges:
        _is_kept(Recording(tuple(exchanges)))


def recording(data: bytes) -> None:
    """A file somebody hands on: no recording, or one that holds no secret, can be kept, and replayed to its end."""
    try:
        found = Recording.parse(data)
    except RecordingError:
        return
    assert found.exchanges
    for exchange in found.exchanges:
        if exchange.command[2:4] in ("20", "24", "2C"):
            assert exchange.command[8:] in ("", " [withheld]"), exchange
        shown = [len(piece) for piece in answer_pieces(exchange.answer) if isinstance(piece, bytes)]
        assert sum(shown) <= (MOST_TOLD if exchange.command[2:4] in ("A4", "C0") else MOST_READ), exchange
    _is_kept(found)
    replayed = ReplayedCard(found)
    for exchange in found.exchanges[:50]:
        if exchange.number == 1:
            replayed.power_on()
        with contextlib.suppress(CardTornError, ValueError):
            replayed.process(bytes.fromhex(exchange.command))


TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {
        target.__name__: target
        for target in (
            *(
                command_apdu,
                response_apdu,
                tlv,
                features,
                frames,
                certificate,
                anchors,
                server_certificate,
                revocation_list,
                ocsp_answer,
                ocsp_question,
                bare_key,
                control_line,
            ),
            *(card, quirky_card, quirk_name, card_image, session, masking, recording),
        )
    }
)
"""Every target by its name."""


def planted(data: bytes) -> None:
    """A bug on purpose, to prove that an engine finds one: no target of the project."""
    if len(data) > 2 and data[0] == 0x30 and data[1] & 0x80:
        data[data[1] & 0x7F]


PLANTED: Final[Mapping[str, Target]] = MappingProxyType({"planted": planted})
