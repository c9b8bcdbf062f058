"""From a paper to the document of a case, and what a paper cannot give (reception.md §2.3, §2.7, §12)."""
# ruff: noqa: N802 - the scenarios keep the numbers they have in reception.md

from __future__ import annotations

from datetime import date

import pytest

from eligibility.case import Case
from eligibility.documents import (
    Declaration,
    Document,
    ElderlyRecipientCertificate,
    EligibilityCertificate,
    EligibilityNotice,
    InsuranceCard,
    MynaCard,
    Portal,
    PortalForm,
    Smartphone,
)
from eligibility.insurer_profiles import InsurerProfile
from eligibility.papers.fields import PaperField
from eligibility.papers.form_types import PaperForm
from eligibility.papers.forms import FORM_OF, FORMS, where_printed
from eligibility.papers.paper import Paper, Shown, missing_for_desk, missing_for_query
from eligibility.policy import decide
from tests.eligibility.fixture_insurers import ELDERLY, KOKUHO, KYOKAI, UNION
from tests.eligibility.papers.papers import (
    ADULT,
    AT_72,
    ELDERLY_CERTIFICATE,
    KYOKAI_CERTIFICATE,
    NUMBERS,
    SHEET,
    STRIP,
    TODAY,
    UNION_CERTIFICATE,
    typed,
)

INSURER, SYMBOL, NUMBER, BRANCH, BIRTHDATE = (
    PaperField.INSURER_NUMBER,
    PaperField.SYMBOL,
    PaperField.NUMBER,
    PaperField.BRANCH,
    PaperField.BIRTHDATE,
)
SEX, RATIO, NAME = PaperField.SEX, PaperField.BURDEN_RATIO, PaperField.NAME


@pytest.mark.parametrize(
    ("word", "texts", "document"),
    [
        ("myna_card", {"expires_on": "令13.5.2"}, MynaCard(card_expires_on=date(2031, 5, 2))),
        ("myna_card", {"additions": "顔認証"}, MynaCard(face_only=True)),
        ("smartphone", {}, Smartphone()),
        ("portal_screen", {"insurer_number": "01139997"}, Portal(PortalForm.SCREEN, KYOKAI)),
        ("portal_pdf", {"insurer_number": "01139997", "burden_ratio": "3割"}, Portal(PortalForm.PDF, KYOKAI, 30)),
        ("notice_kyokai_strip", STRIP, EligibilityNotice(KYOKAI)),
        ("notice_kyokai_sheet", SHEET, EligibilityNotice(None, 20)),
        (
            "notice_national",
            {"insurer_number": "139998", "burden_ratio": "2割", "valid_from": "R8.8.1", "expires_on": "R9.7.31"},
            EligibilityNotice(KOKUHO, 20, date(2026, 8, 1), date(2027, 7, 31)),
        ),
        ("certificate_kyokai", KYOKAI_CERTIFICATE, EligibilityCertificate(KYOKAI, date(2025, 8, 1), date(2029, 7, 31))),
        (
            "certificate_chiba_medical",
            {**UNION_CERTIFICATE, "burden_ratio": "3割"},
            EligibilityCertificate(UNION, None, date(2029, 12, 1), 30),
        ),
        (
            "certificate_elderly",
            ELDERLY_CERTIFICATE,
            EligibilityCertificate(ELDERLY, None, date(2027, 7, 31), 10),
        ),
        (
            "insurance_card",
            {"insurer_number": "139998", "expires_on": "R7.7.31"},
            InsuranceCard(KOKUHO, date(2025, 7, 31)),
        ),
        (
            "recipient_certificate",
            {"burden_ratio": "2割", "valid_from": "R8.8.1", "expires_on": "R9.7.31"},
            ElderlyRecipientCertificate(20, date(2026, 8, 1), date(2027, 7, 31)),
        ),
        ("declaration", {"name": "協会　太郎", "burden_ratio": "3割"}, Declaration(30)),
    ],
)
def test_a_paper_becomes_the_document_of_a_case(word: str, texts: dict[str, str], document: Document) -> None:
    paper = typed(FORM_OF[word], texts)
    assert paper.as_document() == document
    assert Case(TODAY, presented=(paper.as_document(),)).presented == (document,)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_every_form_becomes_the_document_it_names(form: PaperForm) -> None:
    assert Paper(form=form).as_document().document == form.document


@pytest.mark.parametrize("shown", [Shown.PHOTOCOPY, Shown.PICTURE])
def test_F31_a_photocopy_or_screenshot_of_a_certificate_is_no_original_and_confirms_nobody(shown: Shown) -> None:
    copy = typed(FORM_OF["certificate_kyokai"], KYOKAI_CERTIFICATE, shown=shown).as_document()
    itself = typed(FORM_OF["certificate_kyokai"], KYOKAI_CERTIFICATE).as_document()
    assert isinstance(copy, EligibilityCertificate)
    assert not copy.original
    birthdate = date(1986, 5, 2)
    assert decide(Case(TODAY, birthdate=birthdate, presented=(copy,))).outcome == "NOT_CONFIRMED"
    assert decide(Case(TODAY, birthdate=birthdate, presented=(itself,))).outcome == "OK_CERTIFICATE"


def test_F31_a_web_display_counts_live_and_in_japanese_only() -> None:
    web = FORM_OF["certificate_web"]
    originals = {}
    for shown in Shown:
        document = typed(web, {"insurer_number": "06139992"}, shown=shown).as_document()
        assert isinstance(document, EligibilityCertificate)
        originals[shown] = document.original
    assert originals == {
        Shown.ITSELF: True,
        Shown.PHOTOCOPY: False,
        Shown.PICTURE: False,
        Shown.NOT_IN_JAPANESE: False,
    }


def test_F21_kyokais_strip_can_be_queried_but_has_neither_sex_nor_share() -> None:
    strip = typed(FORM_OF["notice_kyokai_strip"], STRIP)
    assert missing_for_query(strip) == ()
    assert missing_for_desk(strip, TODAY) == (SEX, RATIO)


def test_F21_kyokais_sheet_has_the_share_but_no_insurer_number() -> None:
    sheet = typed(FORM_OF["notice_kyokai_sheet"], SHEET)
    assert missing_for_query(sheet) == (INSURER,)
    assert missing_for_desk(sheet, TODAY) == (SEX,)


def test_F21_kyokais_certificate_has_no_share_so_the_recipient_certificate_is_looked_for() -> None:
    certificate = typed(FORM_OF["certificate_kyokai"], KYOKAI_CERTIFICATE)
    assert missing_for_query(certificate) == ()
    assert missing_for_desk(certificate, TODAY) == (RATIO,)
    found = {form.word for form in where_printed(RATIO, InsurerProfile.KYOKAI)}
    assert "recipient_certificate" in found
    assert not {"certificate_kyokai", "notice_kyokai_strip"} & found


def test_F21_the_medical_society_prints_the_share_on_its_certificate_and_issues_no_recipient_certificate() -> None:
    certificate = typed(FORM_OF["certificate_chiba_medical"], {**UNION_CERTIFICATE, "burden_ratio": "2割"})
    assert RATIO not in missing_for_desk(certificate, TODAY)
    found = {form.word for form in where_printed(RATIO, InsurerProfile.CHIBA_MEDICAL)}
    assert {"certificate_chiba_medical", "notice_chiba_medical"} <= found
    assert "recipient_certificate" not in found


def test_F21_a_companys_notice_prints_no_share_that_anybody_told_of() -> None:
    for word in ("notice_company_a", "notice_company_b"):
        assert RATIO in FORM_OF[word].unknown
        paper = typed(FORM_OF[word], {"symbol": "1", "number": "2", "birthdate": AT_72})
        assert RATIO in missing_for_desk(paper, TODAY)
        assert missing_for_query(paper) == (INSURER, BRANCH)


def test_F21_under_seventy_the_share_is_known_by_age_so_it_is_not_missing() -> None:
    strip = FORM_OF["notice_kyokai_strip"]
    assert missing_for_desk(typed(strip, {**STRIP, "birthdate": ADULT}), TODAY) == (SEX,)
    last_day, first_day = date(2024, 5, 31), date(2024, 6, 1)
    assert missing_for_desk(typed(strip, STRIP), last_day) == (SEX,)
    assert missing_for_desk(typed(strip, STRIP), first_day) == (SEX, RATIO)


def test_the_share_of_medical_care_for_the_elderly_is_never_known_by_age() -> None:
    texts = {"insurer_number": "39139993", "name": "高齢　梅子", "birthdate": "昭34.5.2", "sex": "女"}
    assert missing_for_desk(typed(FORM_OF["certificate_elderly"], texts), TODAY) == (RATIO,)
    assert missing_for_desk(typed(FORM_OF["portal_screen"], texts), TODAY) == (RATIO,)


def test_without_a_birthdate_nothing_is_known_by_age() -> None:
    assert missing_for_desk(Paper(form=FORM_OF["insurance_card"]), TODAY) == (NAME, BIRTHDATE, SEX, RATIO)


def test_medical_care_for_the_elderly_is_queried_without_symbol_and_branch() -> None:
    assert missing_for_query(typed(FORM_OF["certificate_elderly"], ELDERLY_CERTIFICATE)) == ()
    card = typed(FORM_OF["insurance_card"], {"insurer_number": "39139993", "number": "12345678", "birthdate": AT_72})
    assert missing_for_query(card) == ()


def test_a_symbol_or_branch_that_the_paper_prints_none_of_is_not_missing() -> None:
    texts = {"insurer_number": "01139997", "number": "1", "birthdate": ADULT}
    certificate = FORM_OF["certificate_kyokai"]
    assert missing_for_query(typed(certificate, texts)) == (SYMBOL, BRANCH)
    assert missing_for_query(typed(certificate, {**texts, "symbol": "", "branch": ""})) == ()
    assert missing_for_query(typed(FORM_OF["certificate_national"], {**texts, "insurer_number": "139998"})) == ()


@pytest.mark.parametrize("word", ["myna_card", "smartphone", "declaration", "recipient_certificate"])
def test_nothing_can_be_queried_by_numbers_from_what_prints_none(word: str) -> None:
    assert missing_for_query(Paper(form=FORM_OF[word])) == (INSURER, SYMBOL, NUMBER, BRANCH, BIRTHDATE)


def test_the_branch_of_a_recipient_certificate_is_the_insured_persons_and_no_key_for_the_query() -> None:
    paper = typed(FORM_OF["recipient_certificate"], {"burden_ratio": "2割", "insured_branch": "00"})
    assert paper.insured_branch == "00"
    assert BRANCH in missing_for_query(paper)


def test_an_old_insurance_card_is_queried_with_the_birthdate_the_patient_says() -> None:
    card = typed(FORM_OF["insurance_card"], {**NUMBERS, "name": "協会　太郎"})
    assert missing_for_query(card) == (BIRTHDATE,)
