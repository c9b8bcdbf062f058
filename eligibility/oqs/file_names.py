"""The names of message files in the folders req, res and face (online-qualification.md §1.2).

Rule: names only; nothing here touches a disk. Every name passes the grammar, so that no name out of a message or a
folder can point outside the folder. Standard library only.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple

from eligibility.oqs.errors import MessageError

_SUFFIX = r"(?!face_)[0-9A-Za-z][0-9A-Za-z_-]{0,63}"
"""The layout shows 12 characters; vendors write dates, patient numbers, and join them. `face_` would make an answer
look like a result that nobody asked for. No dot, no slash: nothing here can be a path."""
_GRAMMAR = r"(?P<kind>[A-Z]{3}(?:si|mu)[a-z]{3}[0-9]{2})"
_REQUEST = re.compile(rf"{_GRAMMAR}req_(?P<suffix>{_SUFFIX})\.xml")
_ANSWER = re.compile(rf"{_GRAMMAR}res_(?P<suffix>{_SUFFIX})(?P<extension>\.(?:xml|zip|pdf))")
_FACE_IDENTIFIER = re.compile("[0-9]{10}[0-9a-f]{20}")
_FACE = re.compile(r"OQSsiquc01res_face_(?:[0-9A-Za-z_-]{1,64}_)?[0-9]{14}\.xml")
_REMOVAL_NOTICE = re.compile(r"del[0-9A-Za-z_-]{0,160}\.txt")

Extension = Literal[".xml", ".zip", ".pdf"]
"""Of an answer: a bulk answer may be a ZIP that holds the XML, a medical answer a PDF where that was asked for."""


class MessageKind(StrEnum):
    """What a file asks or answers: system, `si` one or `mu` many, subject, step. Only kinds two sources name."""

    QUALIFICATION = "OQSsiquc01"
    """資格確認"""
    REFERENCE_NUMBER = "OQSsiimm01"
    """照会番号登録"""
    BULK_QUALIFICATION = "OQSmuquc01"
    """一括照会, the upload: answered by a 受付番号."""
    BULK_QUALIFICATION_RESULT = "OQSmuquc02"
    """一括照会, fetching the result of a 受付番号."""
    BULK_REFERENCE_NUMBER = "OQSmuimm01"
    """照会番号一括登録, the upload."""
    BULK_REFERENCE_NUMBER_RESULT = "OQSmuimm02"
    """照会番号一括登録, fetching the result of a 受付番号."""
    MEDICINES = "YZKsiquc01"
    """薬剤(診療)情報"""
    HEALTH_CHECKUPS = "TKKsiquc01"
    """特定健診情報"""


class RequestName(NamedTuple):
    """The name of a request file, taken apart."""

    kind: MessageKind
    suffix: str


class AnswerName(NamedTuple):
    """The name of an answer file, taken apart."""

    kind: MessageKind
    suffix: str
    extension: Extension


def request_name(kind: MessageKind, suffix: str) -> str:
    """The name of a request file: `OQSsiquc01req_202611200001.xml`.

    Raises:
        MessageError: `file_name.suffix`: the suffix is not 1–64 digits, letters, hyphens or underscores, beginning with
            a digit or letter, or begins with `face_`.
    """
    if not re.fullmatch(_SUFFIX, suffix):
        raise MessageError("file_name.suffix", suffix)
    return f"{kind}req_{suffix}.xml"


def read_request_name(name: str) -> RequestName:
    """What the name of a request file says.

    Raises:
        MessageError: `file_name.request`: that is no name of a request file; `file_name.kind`: it is one, of a kind
            that is not in `MessageKind`.
    """
    parts = _request_parts(name)
    return RequestName(_kind(parts["kind"], name), parts["suffix"])


def read_answer_name(name: str) -> AnswerName:
    """What the name of an answer in `res` says.

    Raises:
        MessageError: `file_name.answer`: that is no name of an answer; `file_name.kind`: it is one, of a kind that is
            not in `MessageKind`.
    """
    parts = _ANSWER.fullmatch(name)
    if not parts:
        raise MessageError("file_name.answer", name)
    extension: Extension = parts["extension"]  # type: ignore[assignment]  # the pattern has the same three
    return AnswerName(_kind(parts["kind"], name), parts["suffix"], extension)


def answer_name(request_name: str, extension: Extension = ".xml") -> str:
    """The name of the answer to a request file: `req` becomes `res` and the suffix stays.

    A request of a kind that nobody here knows has an answer's name too.

    Raises:
        MessageError: `file_name.request`: that is no name of a request file.
    """
    parts = _request_parts(request_name)
    return f"{parts['kind']}res_{parts['suffix']}{extension}"


def error_name(request_name: str) -> str:
    """The name of the file that stands in `res` beside a copy of a refused request: `.err` instead of `.xml` (§1.1).

    Raises:
        MessageError: `file_name.request`: that is no name of a request file.
    """
    parts = _request_parts(request_name)
    return f"{parts['kind']}req_{parts['suffix']}.err"


def removal_notice_name(removed: str) -> str:
    """The name of the notice left in `res` when an answer was not collected in time: `del_` and the answer's own name.

    Only `del*.txt` is recorded (§1.1); what stands in between is ours.

    Raises:
        MessageError: `file_name.answer`, `file_name.kind`: `removed` is no name of an answer.
    """
    kind, suffix, _ = read_answer_name(removed)
    return f"del_{kind}res_{suffix}.txt"


def is_removal_notice(name: str) -> bool:
    """Whether a file in `res` tells that an answer was removed."""
    return bool(_REMOVAL_NOTICE.fullmatch(name))


def face_name(identifier: str, read_at: datetime) -> str:
    """The name of an unasked-for result in `face`, after a card was read at `read_at` (Japanese time).

    `identifier` is the 10-digit 医療機関コード followed by 20 hexadecimal digits (one redacted sample is all there is).

    Raises:
        MessageError: `file_name.face`: the identifier is not of that form.
    """
    if not _FACE_IDENTIFIER.fullmatch(identifier):
        raise MessageError("file_name.face", identifier)
    return f"{MessageKind.QUALIFICATION}res_face_{identifier}_{read_at:%Y%m%d%H%M%S}.xml"


def is_face_name(name: str) -> bool:
    """Whether a file in `face` is a result of a card that was read; one source has no identifier in the name."""
    return bool(_FACE.fullmatch(name))


def daily_suffix(day: date, number: int) -> str:
    """The usual suffix: YYYYMMDD and a running number of 4 digits that starts again every day (12 characters).

    Raises:
        MessageError: `file_name.number`: the number is not 1–9999.
    """
    if not 1 <= number <= 9999:
        raise MessageError("file_name.number", str(number))
    return f"{day:%Y%m%d}{number:04}"


def _request_parts(name: str) -> re.Match[str]:
    parts = _REQUEST.fullmatch(name)
    if not parts:
        raise MessageError("file_name.request", name)
    return parts


def _kind(text: str, name: str) -> MessageKind:
    try:
        return MessageKind(text)
    except ValueError:
        raise MessageError("file_name.kind", name) from None
