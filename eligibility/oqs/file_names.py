"""The names of message files in the folders req, res and face (online-qualification.md §1.2).

Rule: names only; nothing here touches a disk. Every name passes the grammar, so that no name out of a message or a
folder can point outside the folder. Standard library only.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum

from eligibility.oqs.errors import MessageError

_REQUEST = re.compile(r"(?P<kind>[A-Z]{3}(?:si|mu)[a-z]{3}[0-9]{2})req_(?P<suffix>[0-9A-Za-z]{1,64})\.xml")
_SUFFIX = re.compile("[0-9A-Za-z]{1,64}")
_FACE_IDENTIFIER = re.compile("[0-9]{10}[0-9a-f]{20}")


class MessageKind(StrEnum):
    """What a file asks or answers: system, `si` one or `mu` many, subject, step. Only kinds two sources name."""

    QUALIFICATION = "OQSsiquc01"
    """資格確認"""
    REFERENCE_NUMBER = "OQSsiimm01"
    """照会番号登録"""


def request_name(kind: MessageKind, suffix: str) -> str:
    """The name of a request file: `OQSsiquc01req_202611200001.xml`.

    Raises:
        MessageError: `file_name.suffix`: the suffix is not 1–64 digits or letters.
    """
    if not _SUFFIX.fullmatch(suffix):
        raise MessageError("file_name.suffix", suffix)
    return f"{kind}req_{suffix}.xml"


def answer_name(request_name: str) -> str:
    """The name of the answer to a request file: `req` becomes `res` and the suffix stays.

    Raises:
        MessageError: `file_name.request`: that is no name of a request file.
    """
    parts = _REQUEST.fullmatch(request_name)
    if not parts:
        raise MessageError("file_name.request", request_name)
    return f"{parts['kind']}res_{parts['suffix']}.xml"


def face_name(identifier: str, read_at: datetime) -> str:
    """The name of an unasked-for result in `face`, after a card was read at `read_at` (Japanese time).

    `identifier` is the 10-digit 医療機関コード followed by 20 hexadecimal digits (one redacted sample is all there is).

    Raises:
        MessageError: `file_name.face`: the identifier is not of that form.
    """
    if not _FACE_IDENTIFIER.fullmatch(identifier):
        raise MessageError("file_name.face", identifier)
    return f"{MessageKind.QUALIFICATION}res_face_{identifier}_{read_at:%Y%m%d%H%M%S}.xml"


def daily_suffix(day: date, number: int) -> str:
    """The usual suffix: YYYYMMDD and a running number of 4 digits that starts again every day (12 characters).

    Raises:
        MessageError: `file_name.number`: the number is not 1–9999.
    """
    if not 1 <= number <= 9999:
        raise MessageError("file_name.number", str(number))
    return f"{day:%Y%m%d}{number:04}"
