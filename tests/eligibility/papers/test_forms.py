"""Every document carries and lacks exactly what reception.md §2 and §6.4 say. The lists here are written by hand."""

from __future__ import annotations

import pytest

from eligibility.documents import DOCUMENT_TYPES
from eligibility.insurer_profiles import InsurerProfile
from eligibility.papers.fields import NOT_FOR_THE_COUNTER, SEEN_ONLY, TYPED, PaperField
from eligibility.papers.form_types import PaperForm, Shape
from eligibility.papers.forms import FORM_OF, FORMS, where_printed
from tests.eligibility.fixture_insurers import ALL, COMPANY, ELDERLY, KOKUHO, KYOKAI, UNION

REST = "everything else"
NUMBERS = "individual_number individual_number_last_four"
CORE = "insurer_number symbol number name birthdate expires_on"
ABOUT_INSURANCE = """
    insurer_number symbol number branch insured_branch insured_name relation acquired_on acquired_about valid_from
    burden_ratio limit_class insurer_name insurer_branch insurer_address insurance_kind employer
"""
KYOKAI_CERTIFICATE = """
    symbol number branch name kana insured_name birthdate relation sex qr_code acquired_on issued_on expires_on
    insurer_name insurer_branch insurer_number insurer_address seal address remarks notes organ_donation
"""
DECLARED = """
    name kana birthdate sex address telephone insurance_kind insurer_name employer acquired_about burden_ratio
    filled_in_on
"""

# word: (carries, optional, lacks)
PRINTED: dict[str, tuple[str, str, str]] = {
    # §2.1: 氏名 住所 生年月日 性別 photo, two limits; §10: the number on the back; §4: 追記欄 of a face card
    "myna_card": (
        "name address birthdate sex photo expires_on individual_number",
        "additions certificate_expires_on",
        f"{ABOUT_INSURANCE} individual_number_last_four",
    ),
    "smartphone": ("", "", REST),
    # §2.1: the same basic data as the お知らせ, 負担割合 unverified
    "portal_screen": (
        "insurer_number number name kana birthdate acquired_on insurer_name",
        "symbol branch burden_ratio",
        NUMBERS,
    ),
    "portal_pdf": (
        "insurer_number number name kana birthdate acquired_on insurer_name",
        "symbol branch burden_ratio",
        NUMBERS,
    ),
    # §2.2, the list of S0
    "certificate_kyokai": (
        KYOKAI_CERTIFICATE,
        "former_name alias",
        REST,
    ),
    "certificate_chiba_medical": (CORE, "branch burden_ratio", NUMBERS),
    "certificate_company": (CORE, "branch burden_ratio", NUMBERS),
    "certificate_national": (
        "insurer_number number name birthdate expires_on",
        "symbol branch burden_ratio limit_class",
        NUMBERS,
    ),
    "certificate_elderly": (
        "insurer_number number name birthdate expires_on",
        "burden_ratio limit_class",
        f"symbol branch {NUMBERS}",
    ),
    "certificate_other": (CORE, "branch burden_ratio", NUMBERS),
    "certificate_web": (CORE, "branch burden_ratio", NUMBERS),
    # §2.1, and S4: no photo
    "insurance_card": ("insurer_number symbol number branch name", "expires_on", f"photo {NUMBERS}"),
    # §2.3, column by column
    "notice_kyokai_strip": (
        "symbol number branch name kana birthdate acquired_on insurer_number insurer_name insurer_branch notes qr_code",
        "insured_name",
        REST,
    ),
    "notice_kyokai_sheet": (
        "symbol number branch name kana birthdate acquired_on insurer_name insurer_branch burden_ratio",
        "",
        f"{REST} but notes qr_code",
    ),
    "notice_chiba_medical": ("symbol number", "burden_ratio", "individual_number"),
    "notice_company_a": ("symbol number individual_number_last_four", "", "individual_number"),
    "notice_company_b": ("symbol number", "", NUMBERS),
    "notice_national": ("number", "symbol burden_ratio valid_from expires_on", "individual_number"),
    "notice_elderly": ("number", "burden_ratio valid_from expires_on", "symbol branch individual_number"),
    "notice_other": ("symbol number", "burden_ratio valid_from expires_on", "individual_number"),
    # §2.1, validation.md §2 on the 枝番
    "recipient_certificate": ("burden_ratio valid_from", "issued_on expires_on insured_branch", f"branch {NUMBERS}"),
    # §6.4
    "declaration": (
        DECLARED,
        "",
        f"insurer_number symbol number branch insured_branch photo {NUMBERS}",
    ),
}


def fields(words: str) -> set[PaperField]:
    return {PaperField(word) for word in words.split()}


def test_every_form_is_in_the_table_once() -> None:
    assert len(FORM_OF) == len(FORMS)
    assert FORM_OF.keys() == PRINTED.keys()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_a_form_carries_and_lacks_exactly_what_the_facts_say(form: PaperForm) -> None:
    carries, optional, lacks = PRINTED[form.word]
    assert form.carries == fields(carries)
    assert form.optional == fields(optional)
    if lacks.startswith(REST):
        printed = fields(carries) | fields(optional)
        assert form.lacks == set(PaperField) - printed - fields(lacks.removeprefix(REST).replace("but", ""))
    else:
        assert form.lacks == fields(lacks)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_no_field_is_said_to_be_printed_and_not_printed(form: PaperForm) -> None:
    assert len(form.carries) + len(form.optional) + len(form.lacks) + len(form.unknown) == len(PaperField)
    assert form.unverified <= form.carries | form.optional | form.lacks


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_every_form_names_its_sources_and_a_document_of_the_case(form: PaperForm) -> None:
    assert form.sources
    assert all(
        source.startswith(("S0", "S1", "S2", "S3", "S4", "reception.md", "validation.md", "online-"))
        for source in form.sources
    )
    assert form.document in {kind.document for kind in DOCUMENT_TYPES}
    assert form.shapes


def test_every_document_of_the_case_has_a_form() -> None:
    assert {form.document for form in FORMS} == {kind.document for kind in DOCUMENT_TYPES}


def test_only_a_certificate_and_an_insurance_card_are_enough_by_themselves() -> None:
    assert {form.document for form in FORMS if form.proves_alone} == {"eligibility_certificate", "insurance_card"}
    assert all(form.proves_alone for form in FORMS if form.document in {"eligibility_certificate", "insurance_card"})


def test_kyokai_and_the_medical_society_print_plastic_cards_and_others_any_shape() -> None:
    assert FORM_OF["certificate_kyokai"].shapes == FORM_OF["certificate_chiba_medical"].shapes == {Shape.CARD}
    assert FORM_OF["certificate_national"].shapes == {Shape.CARD, Shape.POSTCARD, Shape.A4}
    assert FORM_OF["certificate_web"].shapes == {Shape.WEB_DISPLAY}


def test_the_two_kinds_of_notice_of_a_company_differ_in_the_last_four_digits_only() -> None:
    a, b = FORM_OF["notice_company_a"], FORM_OF["notice_company_b"]
    assert a.carries - b.carries == {PaperField.INDIVIDUAL_NUMBER_LAST_FOUR} == b.lacks - a.lacks


def test_the_last_four_digits_are_on_no_part_of_kyokais_letter_that_comes_to_the_counter() -> None:
    for word in ("notice_kyokai_strip", "notice_kyokai_sheet"):
        assert PaperField.INDIVIDUAL_NUMBER_LAST_FOUR in FORM_OF[word].lacks


def test_a_field_is_typed_or_looked_at_or_not_for_the_counter() -> None:
    assert set(TYPED) | SEEN_ONLY | NOT_FOR_THE_COUNTER == set(PaperField)
    assert len(TYPED) + len(SEEN_ONLY) + len(NOT_FOR_THE_COUNTER) == len(PaperField)


def test_nothing_about_insurance_is_on_the_card_or_the_phone() -> None:
    for word in ("myna_card", "smartphone"):
        assert {PaperField.INSURER_NUMBER, PaperField.NUMBER, PaperField.BURDEN_RATIO} <= FORM_OF[word].lacks


@pytest.mark.parametrize(
    ("profile", "papers"),
    [
        ("kyokai", "notice_kyokai_sheet recipient_certificate"),
        ("chiba_medical", "certificate_chiba_medical notice_chiba_medical"),
        ("company", "certificate_company certificate_web recipient_certificate"),
        ("national", "certificate_national notice_national recipient_certificate"),
        ("elderly", "certificate_elderly notice_elderly"),
        ("other", "certificate_other notice_other recipient_certificate"),
    ],
)
def test_where_the_share_is_printed_differs_by_insurer(profile: str, papers: str) -> None:
    found = {form.word for form in where_printed(PaperField.BURDEN_RATIO, InsurerProfile(profile))}
    assert found == set(papers.split()) | {"portal_screen", "portal_pdf", "declaration"}


@pytest.mark.parametrize(
    ("word", "insurers"),
    [
        ("certificate_kyokai", {KYOKAI}),
        ("certificate_chiba_medical", {UNION}),
        ("certificate_company", {COMPANY}),
        ("certificate_web", {COMPANY}),
        ("certificate_national", {KOKUHO}),
        ("certificate_elderly", {ELDERLY}),
        ("certificate_other", set()),
        ("insurance_card", set(ALL)),
        ("portal_screen", set(ALL)),
        # The medical society issues none, and 後期高齢者医療 has its own share.
        ("recipient_certificate", {KYOKAI, COMPANY, KOKUHO}),
    ],
)
def test_a_number_fits_the_forms_of_its_insurer(word: str, insurers: set[object]) -> None:
    assert {number for number in ALL if FORM_OF[word].fits(number)} == insurers
