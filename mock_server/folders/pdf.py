"""薬剤情報 and 特定健診情報 as a PDF, where a request asks for one (FileCategory 1). It says that it is invented.

What a real one looks like is not recorded, so this one is plain text. Its Japanese needs no font in the file: viewers
have one for the named collection. What breaks if wrong: a レセコン's viewer shows an error instead of a page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from eligibility.oqs.elements import Element
from eligibility.oqs.medical_information import HealthCheckupsResult, MedicinesResult

_WIDTH, _HEIGHT = 595, 842
"""A4 in points."""
_MARGIN: Final = 48
_SIZE: Final = 10
_LINE: Final = 15
_LINES_ON_A_PAGE: Final = (_HEIGHT - 2 * _MARGIN) // _LINE
_COLUMNS: Final = 96
"""Half-width characters in a line."""
_NOTICE: Final = (
    "見本 MADOGUCHI TEST - 架空のデータです。診療に使わないでください。",
    "Invented data for testing. Not for medical use.",
    "",
)


_FONT: Final = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5-UniJIS-UTF16-H /Encoding /UniJIS-UTF16-H"
    b" /DescendantFonts [4 0 R] >>"
)
_CHARACTERS: Final = (
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /FontDescriptor 5 0 R /DW 1000"
    b" /W [1 [278] 2 94 500 231 632 500]"
    b" /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 5 >> >>"
)
"""Half-width characters are half as wide as the others."""
_DESCRIPTOR: Final = (
    b"<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] /ItalicAngle 0"
    b" /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >>"
)


def medical_pdf(message: Element) -> bytes:
    """The answer as a PDF.

    Raises:
        TypeError: It is no answer about 薬剤 or 特定健診.
    """
    return pdf_of([*_NOTICE, *_lines(message)])


def pdf_of(lines: Sequence[str]) -> bytes:
    """A PDF with these lines, on as many pages as they need; long ones are broken."""
    broken = [part for line in lines for part in _broken(line)]
    pages = [broken[at : at + _LINES_ON_A_PAGE] for at in range(0, len(broken), _LINES_ON_A_PAGE)] or [[]]
    first = 6
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _FONT,
        _CHARACTERS,
        _DESCRIPTOR,
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents {first + 2 * number + 1} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        drawn = _drawn(page)
        objects.append(b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn))
    return _assembled(objects)


def _assembled(objects: Sequence[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _drawn(lines: Sequence[str]) -> bytes:
    drawn = [f"BT /F1 {_SIZE} Tf {_LINE} TL {_MARGIN} {_HEIGHT - _MARGIN} Td"]
    drawn += [f"<{line.encode('utf-16-be').hex().upper()}> Tj T*" for line in lines]
    return "\n".join([*drawn, "ET"]).encode()


def _broken(line: str) -> Iterator[str]:
    part, width = "", 0
    for character in line:
        own = 2 if unicodedata.east_asian_width(character) in "WFA" else 1
        if width + own > _COLUMNS:
            yield part
            part, width = "", 0
        part, width = part + character, width + own
    yield part


def _lines(message: Element) -> Iterator[str]:
    if isinstance(message, MedicinesResult):
        yield "薬剤情報"
        for medicine in message.medicines:
            yield ""
            yield f"調剤年月日 {medicine.dispensing_date or ''}　{medicine.pharmacy_name or ''}"
            yield f"　{medicine.medicine_name}　{medicine.quantity or ''}{medicine.unit or ''}"
            yield f"　{medicine.usage or ''}　{medicine.days or ''}日分"
    elif isinstance(message, HealthCheckupsResult):
        yield "特定健診情報"
        for checkup in message.checkups:
            yield ""
            yield f"健診年月日 {checkup.checkup_date}　{checkup.medical_institution_name or ''}"
            for item in checkup.items:
                yield f"　{item.item_name}　{item.value or ''} {item.unit or ''}　{item.judgement or ''}"
    else:
        raise TypeError("only 薬剤 and 特定健診 have a PDF")
