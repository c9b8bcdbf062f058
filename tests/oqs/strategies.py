"""Any message the vocabulary allows, for properties."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints

from hypothesis import strategies as st

from eligibility.oqs import values
from eligibility.oqs.elements import BLANKS, Element
from eligibility.oqs.kinds import PAIRS
from eligibility.oqs.layout import known_children
from eligibility.oqs.messages import QualificationRequest, QualificationResult
from eligibility.text import looks_like_individual_number

E = TypeVar("E", bound=Element)

characters = st.characters(exclude_categories=("Cc", "Cs", "Co", "Cn"), include_characters="\n\t　●髙\U00020bb7")
texts = st.text(characters, min_size=1, max_size=12).filter(lambda text: bool(text.strip(BLANKS)))


def digits(*lengths: int) -> st.SearchStrategy[str]:
    return st.one_of(*(st.text("0123456789", min_size=length, max_size=length) for length in lengths))


dates = st.dates(min_value=date(1000, 1, 1)).map(values.date_text)
_BY_TYPE: tuple[tuple[object, st.SearchStrategy[str]], ...] = (
    (values.Text, texts),
    (values.AskedNumber, texts.filter(lambda text: not looks_like_individual_number(text))),
    (values.ReferenceNumberText, texts.filter(lambda text: not looks_like_individual_number(text))),
    (values.Count, st.integers(0, 99_999).map(str)),
    (values.Code, st.text("0123456789AB", min_size=1, max_size=4)),
    (values.Date, dates),
    (values.Time, st.datetimes(min_value=datetime(1000, 1, 1)).map(values.time_text)),
    (values.Month, dates.map(lambda text: text[:6])),
    (values.Ratio, st.integers(0, 100).map(values.ratio_text)),
    (values.InsurerNumber, digits(6) | st.builds("{:02}{}".format, st.integers(1, 99), digits(6))),
    (values.InstitutionCode, digits(10)),
    (values.Branch, digits(2)),
    (values.PostNumber, st.builds("{}-{}".format, digits(3), digits(4))),
)


def _value(annotation: object) -> st.SearchStrategy[Any]:
    for candidate in (annotation, *get_args(annotation)):
        for kind, strategy in _BY_TYPE:
            if candidate == kind:
                return strategy
        if isinstance(candidate, type) and issubclass(candidate, StrEnum):
            return st.sampled_from(candidate)
    raise AssertionError(f"no strategy for {annotation}")


def elements(model_type: type[E]) -> st.SearchStrategy[E]:
    """Any element of that type which says something."""
    arguments: dict[str, st.SearchStrategy[Any]] = {}
    hints = get_type_hints(model_type, include_extras=True)
    for known in known_children(model_type).values():
        inner = elements(known.model) if known.model else _value(hints[known.field])
        if known.repeats:
            arguments[known.field] = st.lists(inner, min_size=1, max_size=2).map(tuple)
        else:
            arguments[known.field] = st.none() | inner if NoneType in get_args(hints[known.field]) else inner
    return st.builds(model_type, **arguments).filter(_says_something)


def _says_something(element: Element) -> bool:
    return any(getattr(element, name) is not None for name in type(element).model_fields)


requests = elements(QualificationRequest)
results = elements(QualificationResult)
MODELS = tuple(dict.fromkeys(model for pair in PAIRS.values() for model in pair))
"""Every message model."""


def messages(model_type: type[Element] | None = None) -> st.SearchStrategy[Element]:
    """Any message of that type, or of any."""
    return _by_model(model_type) if model_type else st.sampled_from(MODELS).flatmap(_by_model)


@cache
def _by_model(model_type: type[Element]) -> st.SearchStrategy[Element]:
    return elements(model_type)
