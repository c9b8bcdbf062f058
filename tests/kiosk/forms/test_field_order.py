"""What is asked for on each form, and in which order (reception.md §2.2, §2.3, §6.7)."""

from __future__ import annotations

import pytest

from eligibility.papers.fields import NOT_FOR_THE_COUNTER, SEEN_ONLY, PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORM_OF, FORMS
from eligibility.papers.paper import Shown
from eligibility.papers.reading import READERS
from kiosk.forms.field_order import (
    CHOICES,
    Kind,
    counts_with_card,
    front_fields,
    further_fields,
    kind_of,
    paper_order,
    required_fields,
    ways_of_showing,
)
from tests.kiosk.forms.samples import CARD, CHIBA, DECLARATION, KYOKAI, RECIPIENT, SHEET, STRIP, TODAY

F = PaperField
every_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)


@every_form
def test_every_printed_field_that_is_typed_stands_in_exactly_one_place(form: PaperForm) -> None:
    front, further = front_fields(form), further_fields(form)
    assert len({*front, *further}) == len(front) + len(further)
    assert {*front, *further} >= (form.carries | form.optional) - SEEN_ONLY - NOT_FOR_THE_COUNTER - form.lacks


@every_form
def test_nothing_is_offered_that_the_form_refuses(form: PaperForm) -> None:
    assert not {*front_fields(form), *further_fields(form)} & (form.refuses | SEEN_ONLY | NOT_FOR_THE_COUNTER)


@every_form
def test_what_is_required_stands_in_front_and_is_printed(form: PaperForm) -> None:
    assert required_fields(form) <= set(front_fields(form)) & form.carries


@every_form
def test_the_summary_has_every_field_but_the_day_of_issue_which_stands_above(form: PaperForm) -> None:
    assert {*paper_order(form), F.ISSUED_ON} >= {*front_fields(form), *further_fields(form)}
    assert F.ISSUED_ON not in paper_order(form)


def test_the_number_that_names_the_insurer_comes_first() -> None:
    assert front_fields(KYOKAI)[:4] == (F.INSURER_NUMBER, F.SYMBOL, F.NUMBER, F.BRANCH)


def test_the_sheet_of_kyokai_has_no_insurers_number_and_asks_for_none() -> None:
    assert F.INSURER_NUMBER not in front_fields(SHEET)
    assert F.BURDEN_RATIO in front_fields(SHEET)
    assert F.BURDEN_RATIO not in {*front_fields(STRIP), *further_fields(STRIP)}


def test_a_recipients_certificate_asks_for_the_share_and_its_days() -> None:
    assert set(front_fields(RECIPIENT)) == {F.BURDEN_RATIO, F.VALID_FROM, F.EXPIRES_ON}
    assert required_fields(RECIPIENT) == {F.BURDEN_RATIO}


def test_a_declaration_and_a_card_have_everything_in_front() -> None:
    for form in (DECLARATION, CARD):
        assert further_fields(form) == ()


def test_a_certificate_needs_no_name_to_be_asked_about() -> None:
    assert required_fields(CHIBA) == {F.INSURER_NUMBER, F.NUMBER, F.BIRTHDATE, F.EXPIRES_ON}


@every_form
def test_every_choice_is_read_back_by_its_reader(form: PaperForm) -> None:
    for at in set(CHOICES) & {*front_fields(form), *further_fields(form)}:
        assert kind_of(at) is Kind.CHOICE
        assert len({READERS[at](text, TODAY) for text in CHOICES[at]}) == len(CHOICES[at])


def test_a_certificate_can_be_a_copy_and_a_display_can_be_in_another_language() -> None:
    assert ways_of_showing(KYOKAI) == (Shown.ITSELF, Shown.PHOTOCOPY, Shown.PICTURE)
    assert Shown.NOT_IN_JAPANESE in ways_of_showing(FORM_OF["certificate_web"])
    assert ways_of_showing(STRIP) == (Shown.ITSELF,)


def test_only_what_counts_with_the_card_asks_for_the_card() -> None:
    assert {form.document for form in FORMS if counts_with_card(form)} == {
        "declaration",
        "eligibility_notice",
        "portal",
    }
