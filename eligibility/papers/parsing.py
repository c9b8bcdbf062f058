"""From what staff typed to a paper: every field judged, all errors at once, nothing right thrown away.

This module alone decides which fields of a form may be typed and which pairs of values contradict each other. What is
merely odd is not refused here (`look_again`). If it is too strict, a real paper cannot be typed in; if too lax, a query
goes out with a field that the paper never had. Facts: facts/reception.md §2, §10, facts/validation.md §1 to §5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from eligibility.errors import FieldError
from eligibility.papers.fields import NOT_FOR_THE_COUNTER, SEEN_ONLY, PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.paper import Paper, Shown
from eligibility.papers.reading import READERS, FieldValue, refuse_individual_number_anywhere

_WORDS = frozenset(field.value for field in PaperField)
_BLANK_IS_NONE_PRINTED = frozenset({PaperField.SYMBOL, PaperField.BRANCH, PaperField.INSURED_BRANCH})
_NEVER_BLANK = frozenset({PaperField.INSURER_NUMBER, PaperField.NUMBER, PaperField.NAME, PaperField.BIRTHDATE})
"""Where the form carries them, a blank is a mistake: without them the paper is nobody's."""


class PaperError(ValueError):
    """Typed fields were refused. `errors` has every one as (field as typed, error), `paper` what was right.

    Neither its text nor its errors carry a typed value.
    """

    def __init__(self, errors: tuple[tuple[str, FieldError], ...], paper: Paper) -> None:
        super().__init__(", ".join(error.code for _, error in errors))
        self.errors = errors
        self.paper = paper


def parse_paper(form: PaperForm, typed: Mapping[str, str], on: date, *, shown: Shown = Shown.ITSELF) -> Paper:
    """The paper that was typed, field words to texts, on day `on`. A field left out was not typed.

    A blank 記号 or 枝番 says that the paper prints none. Any other blank counts as left out, except 保険者番号, 番号,
    氏名 and 生年月日 where the form carries them.

    Raises:
        PaperError: Each field with its own error: those of the readers (`eligibility.papers.reading`), and
            `field.unknown_field`, `field.not_on_form` (with `field` and `form`), `field.not_typed` (QRコード, 公印…),
            `field.last_four` (個人番号の下4桁, never for the counter), `field.individual_number` in any field, and
            `field.expires_before_issue` or `field.expires_before_start` for a 有効期限.
    """
    values: dict[str, Any] = {}
    errors: list[tuple[str, FieldError]] = []
    for key, text in typed.items():
        try:
            value = _read(form, key, text, on)
        except FieldError as error:
            errors.append((key, error))
        else:
            values[key] = value
    for field, contradiction in _contradictions(values):
        errors.append((field.value, contradiction))
        del values[field]
    paper = Paper(form=form, shown=shown, **{key: value for key, value in values.items() if value is not None})
    if errors:
        raise PaperError(tuple(errors), paper)
    return paper


def _read(form: PaperForm, key: str, text: str, on: date) -> FieldValue | None:
    """The value of one typed field; None where it says nothing."""
    refuse_individual_number_anywhere(text)
    if key not in _WORDS:
        raise FieldError("field.unknown_field")
    field = PaperField(key)
    if not text.strip():
        judged = field in _BLANK_IS_NONE_PRINTED - form.lacks or field in _NEVER_BLANK & form.carries
        return READERS[field](text, on) if judged else None
    _refuse_untypable(form, field)
    return READERS[field](text, on)


def _refuse_untypable(form: PaperForm, field: PaperField) -> None:
    if field in NOT_FOR_THE_COUNTER:
        # Also where the form has it: 下4桁 are the member's to compare, and nobody asks for the number.
        last_four = field is PaperField.INDIVIDUAL_NUMBER_LAST_FOUR
        raise FieldError("field.last_four" if last_four else "field.individual_number")
    if field in form.refuses:
        raise FieldError("field.not_on_form", field=field.value, form=form.word)
    if field in SEEN_ONLY:
        raise FieldError("field.not_typed", field=field.value)


def _contradictions(values: Mapping[str, Any]) -> Iterator[tuple[PaperField, FieldError]]:
    issued, starts = values.get(PaperField.ISSUED_ON), values.get(PaperField.VALID_FROM)
    expires = values.get(PaperField.EXPIRES_ON)
    if expires is None:
        return
    if issued is not None and expires < issued:
        yield PaperField.EXPIRES_ON, FieldError("field.expires_before_issue")
    elif starts is not None and expires < starts:
        yield PaperField.EXPIRES_ON, FieldError("field.expires_before_start")
