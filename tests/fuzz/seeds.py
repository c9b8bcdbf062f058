"""Where fuzzing begins: the kept inputs, and those made on the spot, always the same bytes.

Certificates and card images are made here and not kept: nobody then has to ask whose they are. The certificate is put
together byte by byte from an invented number in place of a key, and nobody signed it.
What breaks if this is wrong: fuzzing begins at nothing, and hardly gets past the first byte of a certificate.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"

SERIAL: Final = 0x0123
"""Serial number of the invented certificate."""
_SHA256_WITH_RSA: Final = bytes.fromhex("300D06092A864886F70D01010B0500")
_RSA: Final = bytes.fromhex("300D06092A864886F70D0101010500")
_P384: Final = bytes.fromhex("301006072A8648CE3D020106052B81040022")


def kept(target: str) -> list[bytes]:
    """The inputs in the corpus: lines of hex, blanks between, remarks behind `#`."""
    lines = (CORPUS / f"{target}.txt").read_text(encoding="utf-8").splitlines()
    hexes = (line.partition("#")[0].strip() for line in lines)
    return [bytes.fromhex(text) for text in hexes if text]


def made(target: str) -> list[bytes]:
    """The inputs that are made and not kept."""
    match target:
        case "certificate" | "server_certificate":
            return [certificate(), certificate(key=_P384 + b"\x03\x62\x00\x04" + bytes(96)), certificate()[:200]]
        case "anchors":
            pem = b"-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % base64.encodebytes(certificate())
            return [certificate(), pem, pem * 2]
        case "revocation_list":
            return [revocation_list(), revocation_list(entries=3)]
        case "ocsp_answer":
            return [ocsp_answer(), ocsp_answer(status=b"\x82\x00"), ocsp_answer()[:100]]
        case "ocsp_question":
            nonce = _der(0x30, bytes.fromhex("06092B0601050507300102"), _der(0x04, _der(0x04, bytes(16))))
            asked = _der(0x30, _der(0x30, _certificate_id()))
            return [_der(0x30, _der(0x30, asked)), _der(0x30, _der(0x30, asked, _der(0xA2, _der(0x30, nonce))))]
        case "bare_key":
            return [_der(0x30, _invented_rsa()), _der(0x30, _P384, b"\x03\x62\x00\x04" + bytes(range(96)))]
        case "control_line":
            just_too_long = [b"x" * 143] * 7  # 1 001 bytes
            return [
                as_pieces(*just_too_long, b"\n"),
                as_pieces(*[b"x" * 250] * 6),
                as_pieces(*[b"place " + b"=" * 200] * 4, b"\n"),
            ]
        case "tlv":
            return [certificate()[:4], bytes(range(1, 97)), b"\x80" + bytes(95)]
        case "session":
            return [visit(extended=extended, choice=choice) for extended in (False, True) for choice in range(0, 8, 2)]
        case "card_image":
            return [_image()]
    return []


def of(target: str) -> list[bytes]:
    """All inputs to begin with."""
    return kept(target) + made(target)


def _der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _invented_rsa() -> bytes:
    modulus = b"\x00" + bytes(0x80 | (number * 37 + 11) % 0x80 for number in range(256))
    return _RSA + _der(0x03, b"\x00", _der(0x30, _der(0x02, modulus), _der(0x02, b"\x01\x00\x01")))


def _name() -> bytes:
    return _der(0x30, _der(0x31, _der(0x30, bytes.fromhex("060355040A"), _der(0x0C, b"MADOGUCHI TEST"))))


def _unsigned(content: bytes) -> bytes:
    """With an algorithm and a signature that is none."""
    return _der(0x30, content, _SHA256_WITH_RSA, _der(0x03, b"\x00" + bytes(range(256))))


def revocation_list(entries: int = 0) -> bytes:
    """DER of a CRL of the invented certificate's issuer, without a true signature."""
    times = _der(0x17, b"260101000000Z"), _der(0x17, b"310101000000Z")
    reason = _der(0x30, _der(0x30, bytes.fromhex("0603551D15"), _der(0x04, b"\x0a\x01\x01")))
    lines = [_der(0x30, _der(0x02, bytes((number + 1,))), times[0], reason) for number in range(entries)]
    crl_number = _der(0x30, bytes.fromhex("0603551D14"), _der(0x04, b"\x02\x01\x01"))
    listed = _der(0x30, *lines) if lines else b""
    extensions = _der(0xA0, _der(0x30, crl_number))
    return _unsigned(_der(0x30, b"\x02\x01\x01", _SHA256_WITH_RSA, _name(), *times, listed, extensions))


def _certificate_id() -> bytes:
    """An OCSP CertID of the invented certificate, with hashes of nothing."""
    sha1 = bytes.fromhex("300906052B0E03021A0500")
    return _der(0x30, sha1, _der(0x04, bytes(20)), _der(0x04, bytes(20)), _der(0x02, SERIAL.to_bytes(2, "big")))


def ocsp_answer(status: bytes = b"\x80\x00") -> bytes:
    """DER of an OCSP answer about the invented certificate, without a true signature."""
    times = _der(0x18, b"20260101000000Z"), _der(0xA0, _der(0x18, b"20310101000000Z"))
    single = _der(0x30, _der(0x30, _certificate_id(), status, *times))
    content = _der(0x30, _der(0xA2, _der(0x04, bytes(20))), times[0], single)
    sent = _der(0xA0, _der(0x30, certificate()))
    basic = _der(0x30, content, _SHA256_WITH_RSA, _der(0x03, b"\x00" + bytes(range(256))), sent)
    kind = bytes.fromhex("06092B0601050507300101")
    return _der(0x30, b"\x0a\x01\x00", _der(0xA0, _der(0x30, kind, _der(0x04, basic))))


def certificate(key: bytes | None = None) -> bytes:
    """DER of a certificate with an invented key and no true signature."""
    name = _name()
    validity = _der(0x30, _der(0x17, b"260101000000Z"), _der(0x17, b"310101000000Z"))
    usage = _der(0x30, bytes.fromhex("0603551D0F0101FF0404030206C0"))
    content = _der(
        0x30,
        *(bytes.fromhex("A003020102"), _der(0x02, SERIAL.to_bytes(2, "big")), _SHA256_WITH_RSA, name, validity, name),
        *(_der(0x30, key or _invented_rsa()), _der(0xA3, _der(0x30, usage))),
    )
    return _unsigned(content)


def as_pieces(*parts: bytes) -> bytes:
    """Parts with their lengths in front, as targets take them; a part of more than 254 bytes ends it."""
    return b"".join(bytes((min(len(part), 0xFF),)) + part for part in parts)


def visit(*, extended: bool, choice: int) -> bytes:
    """The answers of a plastic card to a visit that goes by short identifiers, with answers of at most 252 bytes."""
    ok = b"\x90\x00"
    der = certificate()
    reads = [der[at : at + 252] + ok for at in range(0, len(der), 252)]
    label = b"JPKIAPICCTOKEN2".ljust(32)
    asked = (ok, b"\x63\xc5" if choice & 2 else b"\x63\xc3", ok, b"\x63\xc3")
    verified = (ok, ok) if choice & 2 else (ok,)  # the password's file is no longer the current one
    answers = (ok, label + ok, b"\x8f\x8f" + ok, b"\x00\x00\x04\x0c" + ok, *reads, *reads, *asked, *verified)
    return bytes((choice | extended,)) + as_pieces(*answers, bytes(range(252)) + ok)


def _image() -> bytes:
    """The file of a card without keys, format 2."""
    pin = {"value": "1234", "tries_left": 3, "limit": 3, "length": [4, 4], "characters": "0123456789"}
    label = base64.b64encode(b"JPKIAPICCTOKEN2".ljust(32)).decode()
    file = {"content": label, "filler": 3, "read_pin": None, "closed": False}
    application = {"files": {"0006": file}, "pins": {"0018": pin}, "keys": {}, "records": {"0001": ["AQI="]}}
    image = {
        "format": 2,
        "persona": "throw-away",
        "label": "JPKIAPICCTOKEN2",
        "variant": "plastic",
        "mute": False,
        "generation": "my-number",
        "aid": "D3 92 F0 00 26 01 00 00 00 01",
        "atr": "3B 80 80 01 01",
        "objects": {"0042": "AQI="},
        "applications": {"D3 92 F0 00 26 01 00 00 00 01": application},
    }
    return json.dumps(image).encode()
