"""From the bytes of a request file to a message, or to the reason why it is refused. Never another exception.

What breaks if wrong: a hostile file stops the worker, or a 個人番号 is accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from types import MappingProxyType
from typing import Any, Final

from eligibility.oqs.charset import Encoding
from eligibility.oqs.codec import from_xml, to_json
from eligibility.oqs.elements import Element
from eligibility.oqs.errors import MessageError
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.kinds import request_model
from eligibility.oqs.values import holds_individual_number
from mock_server.errors import Refusal
from mock_server.folders.names import RequestFile
from mock_server.folders.refusals import FolderRefusal
from mock_server.folders.settling import ends_like_a_message
from mock_server.individual_numbers import DIGITS, OWN_NUMBERS, where_it_stands

_NAME_PROBLEMS: Final = {"file_name.kind": FolderRefusal.KIND}
_IDENTIFIERS: Final = re.compile(rf"<({'|'.join(sorted(OWN_NUMBERS))})>[^<]*</\1>")
_MARKUP: Final = re.compile(r"[<>\"'\r\n]")
_INDIVIDUAL_NUMBER: Final = "message.value.individual_number"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a file is refused: the code and the parameters of its words."""

    code: str
    params: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def largest(kind: MessageKind | None) -> int:
    """Bytes a request of that kind may have."""
    return request_model(kind or MessageKind.QUALIFICATION).limits.largest


def encoding_of(raw: bytes) -> Encoding:
    """The encoding that a file declares; UTF-8 where it declares none or another one."""
    first = raw[:200].split(b"?>")[0].lower()
    return "cp932" if any(name in first for name in (b"jis", b"31j", b"932")) else "utf-8"


def read_request(file: RequestFile, raw: bytes, institution: str) -> Element | Problem:
    """The message in a request file of that institution."""
    if file.problem or file.kind is None:
        code = _NAME_PROBLEMS.get(file.problem, FolderRefusal.NAME)
        return Problem(code, MappingProxyType({"problem": file.problem}))
    most = largest(file.kind)
    if len(raw) > most:
        return Problem(FolderRefusal.TOO_LARGE, MappingProxyType({"limit": str(most)}))
    try:
        message = from_xml(request_model(file.kind), raw)
    except MessageError as error:
        return _problem(error, raw)
    if (where := where_it_stands(to_json(message))) is not None:
        return Problem(Refusal.REQUEST_INDIVIDUAL_NUMBER, MappingProxyType({"where": where}))
    header: Any = message.message_header  # type: ignore[attr-defined] # every request has one
    if header.medical_institution_code != institution:
        return Problem(FolderRefusal.INSTITUTION)
    return message


def may_be_given_back(raw: bytes) -> bool:
    """Whether a refused request, readable or not, may come back as a copy.

    It may not where something in it looks like a 個人番号, but for the protocol's own identifiers.
    """
    text = raw.decode(encoding_of(raw), "replace")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", "replace")
    # UTF-16 without its mark has a NUL beside every digit.
    said = _MARKUP.split(unescape(_IDENTIFIERS.sub("", text.replace("\0", ""))))
    return not any(len(part) >= DIGITS and holds_individual_number(part) for part in said)


def _problem(error: MessageError, raw: bytes) -> Problem:
    if error.code == _INDIVIDUAL_NUMBER:
        return Problem(Refusal.REQUEST_INDIVIDUAL_NUMBER, MappingProxyType({"where": error.where}))
    if not ends_like_a_message(raw):
        return Problem(FolderRefusal.INCOMPLETE)
    params = {"where": error.where, "problem": error.code}
    return Problem(Refusal.REQUEST_MESSAGE, MappingProxyType(params))
