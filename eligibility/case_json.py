"""A case from JSON: the keys and words of design.md §5, and the exact place of whatever is wrong in it.

This module alone turns text of other people into a case; `Case` itself says which combinations are impossible. It never
guesses: an unknown key, an unknown word, a key given twice or a number where a word belongs is an error with a path.
If it is too lenient, a script's slip of the pen is decided as if it had been meant.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from eligibility.case import Answer, AskedBy, Case, Flag, Membership, Person, Site, Visit
from eligibility.documents import DOCUMENT_TYPES, Certificate, Document, Identity, PortalForm
from eligibility.errors import CaseError, FieldError
from eligibility.insurers import InsurerNumber, parse_insurer_number
from eligibility.text import holds_individual_number

WHOLE = "-"
"""The path of the case itself."""

_Reader = Callable[[Any, str], Any]

_KINDS = {kind.document: kind for kind in DOCUMENT_TYPES}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWABLE_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")
_TWELVE_DIGITS = range(10**11, 10**12)


def parse_case(text: str) -> Case:
    """The case that a JSON text writes.

    Raises:
        CaseError: `case.json` with `line` and `column` where it is no JSON, `case.json_depth`, `case.json_number` (NaN,
            Infinity, or thousands of digits), `case.duplicate_key`; else as `case_from_dict`.
    """
    try:
        raw = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_Pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise CaseError("case.json", WHOLE, line=str(error.lineno), column=str(error.colno)) from None
    except RecursionError:
        raise CaseError("case.json_depth", WHOLE) from None
    except CaseError:
        raise
    except ValueError:  # the interpreter's limit on the digits of a whole number
        raise CaseError("case.json_number", WHOLE) from None
    return case_from_dict(raw)


def case_from_dict(raw: object) -> Case:
    """The case of a JSON object as design.md §5 has it: `on` is required, every other key may be left out.

    Raises:
        CaseError: Its `path` names the key (`presented[0].certificate`). `case.not_object`, `.not_list`, `.missing`,
            `.null`, `.unknown_key`, `.unknown_word`, `.date`, `.flag`, `.insurer_type`, `.ratio`, `.validity`,
            `.card_class`; `field.insurer_number.*` as `parse_insurer_number`; `field.individual_number` for a 個人番号
            anywhere; and what `Case` refuses as impossible.
    """
    _refuse_individual_numbers(raw)
    return Case(**_read_object(raw, WHOLE, _names(Case), required=("on",)))


def _names(kind: type) -> dict[str, bool]:
    """The keys of a dataclass, and whether null may stand for each."""
    return {field.name: field.default is None for field in fields(kind)}


def _read_object(
    raw: object, path: str, nullable: Mapping[str, bool], *, required: Iterable[str], also: tuple[str, ...] = ()
) -> dict[str, Any]:
    known = _object(raw, path)
    for key in known:
        if key not in nullable:
            raise CaseError("case.unknown_key", _below(path, _shown(key)), known=", ".join((*also, *nullable)))
    for key in required:
        if known.get(key) is None:
            raise CaseError("case.missing", _below(path, key))
    return {key: _value(key, value, _below(path, key), nullable=nullable[key]) for key, value in known.items()}


def _value(key: str, value: object, path: str, *, nullable: bool) -> Any:
    if value is None:
        if nullable:
            return None
        raise CaseError("case.null", path)
    return _READERS[key](value, path)


def _object(raw: object, path: str) -> Mapping[str, Any]:
    if not isinstance(raw, dict):
        raise CaseError("case.not_object", path)
    if isinstance(raw, _Pairs) and len(raw.pairs) > len(raw):
        keys = [key for key, _ in raw.pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CaseError("case.duplicate_key", _below(path, _shown(twice)))
    return raw


def _list(raw: object, path: str) -> list[Any]:
    if not isinstance(raw, list):
        raise CaseError("case.not_list", path)
    return raw


def _one_of(kind: type[StrEnum]) -> _Reader:
    def read(value: object, path: str) -> StrEnum:
        return kind(_word(value, path, [word.value for word in kind]))

    return read


def _word(value: object, path: str, words: list[str]) -> str:
    if isinstance(value, str) and value in words:
        return value
    near = get_close_matches(value, words, n=1) if isinstance(value, str) else []
    suggestion = {"suggestion": near[0]} if near else {}
    raise CaseError("case.unknown_word", path, words=", ".join(words), **suggestion)


def _date(value: object, path: str) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise CaseError("case.date", path)


def _flag(value: object, path: str) -> bool:
    if not isinstance(value, bool):
        raise CaseError("case.flag", path)
    return value


def _whole_number(code: str) -> _Reader:
    def read(value: object, path: str) -> int:
        # True is a whole number to Python, and no share to anybody else; 30.0 is 30 in JSON.
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise CaseError(code, path)
        return value

    return read


def _card_class(value: object, path: str) -> str:
    if not isinstance(value, str):
        raise CaseError("case.card_class", path)
    return value


def _insurer(value: object, path: str) -> InsurerNumber:
    if not isinstance(value, str):
        raise CaseError("case.insurer_type", path)
    try:
        return parse_insurer_number(value)
    except FieldError as error:
        raise CaseError(error.code, path, **error.params) from None


def _documents(value: object, path: str) -> tuple[Document, ...]:
    return tuple(_document(item, f"{path}[{index}]") for index, item in enumerate(_list(value, path)))


def _document(raw: object, path: str) -> Document:
    known = dict(_object(raw, path))
    if "document" not in known:
        raise CaseError("case.missing", _below(path, "document"))
    kind = _KINDS[_word(known.pop("document"), _below(path, "document"), list(_KINDS))]
    return kind(**_read_object(known, path, _names(kind), required=(), also=("document",)))


def _answer(raw: object, path: str) -> Answer:
    required = [field.name for field in fields(Answer) if field.default is MISSING]
    return Answer(**_read_object(raw, path, _names(Answer), required=required))


def _flags(value: object, path: str) -> frozenset[Flag]:
    words = [flag.value for flag in Flag]
    return frozenset(Flag(_word(item, f"{path}[{index}]", words)) for index, item in enumerate(_list(value, path)))


_READERS: Mapping[str, _Reader] = {
    "on": _date,
    "site": _one_of(Site),
    "visit": _one_of(Visit),
    "birthdate": _date,
    "presented": _documents,
    "answer": _answer,
    "membership": _one_of(Membership),
    "known_patient": _flag,
    "outage": _flag,
    "disaster": _flag,
    "flags": _flags,
    "equipped_for_smartphone": _flag,
    "by": _one_of(AskedBy),
    "validity": _whole_number("case.validity"),
    "burden_ratio": _whole_number("case.ratio"),
    "elderly_burden_ratio": _whole_number("case.ratio"),
    "insurer_number": _insurer,
    "card_class": _card_class,
    "person": _one_of(Person),
    "readable": _flag,
    "registered": _flag,
    "identity": _one_of(Identity),
    "certificate": _one_of(Certificate),
    "card_expires_on": _date,
    "face_only": _flag,
    "registration_declined": _flag,
    "form": _one_of(PortalForm),
    "valid_from": _date,
    "issued_on": _date,
    "expires_on": _date,
    "original": _flag,
}
"""How each key is read. A key means the same wherever it stands."""


def _refuse_individual_numbers(raw: object) -> None:
    for path, value in _leaves(raw):
        digits = int(value) if isinstance(value, float) and value.is_integer() else value
        text = str(digits) if isinstance(digits, int) and digits in _TWELVE_DIGITS else digits
        if isinstance(text, str) and holds_individual_number(text):
            raise CaseError("field.individual_number", path)


def _leaves(raw: object) -> Iterator[tuple[str, object]]:
    """Every value and key with its path, without recursion: what was handed over may be nested at will."""
    waiting: list[tuple[str, object]] = [(WHOLE, raw)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            for key, below in value.pairs if isinstance(value, _Pairs) else value.items():
                yield _below(path, _shown(key)), key
                waiting.append((_below(path, _shown(key)), below))
        elif isinstance(value, (list, tuple)):
            waiting += [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        else:
            yield path, value


def _shown(key: object) -> str:
    """A key as a path may show it. Anything but a plain word may be somebody's data."""
    return key if isinstance(key, str) and _SHOWABLE_KEY.fullmatch(key) else "?"


def _below(path: str, key: str) -> str:
    return key if path == WHOLE else f"{path}.{key}"


class _Pairs(dict[str, Any]):
    """A JSON object that remembers every pair, so that a key given twice can be told with its place."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def _no_constant(_name: str) -> None:
    raise CaseError("case.json_number", WHOLE)
