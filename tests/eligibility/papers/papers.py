"""What staff type from papers of invented people on 2026-11-20, and short ways to say it."""

from __future__ import annotations

from datetime import date

from eligibility.papers.form_types import PaperForm
from eligibility.papers.paper import Paper, Shown
from eligibility.papers.parsing import PaperError, parse_paper

TODAY = date(2026, 11, 20)
ADULT = "昭61.5.2"
AT_72 = "昭29.5.2"

NUMBERS = {"insurer_number": "01139997", "symbol": "12345678", "number": "1234567", "branch": "00"}
STRIP = {
    **NUMBERS,
    "name": "協会　太郎",
    "kana": "キョウカイ　タロウ",
    "birthdate": AT_72,
    "acquired_on": "平30.4.1",
    "insurer_name": "全国健康保険協会",
    "insurer_branch": "福岡支部",
}
SHEET = {key: text for key, text in STRIP.items() if key != "insurer_number"} | {"burden_ratio": "2割"}
KYOKAI_CERTIFICATE = {
    **STRIP,
    "insured_name": "協会　太郎",
    "relation": "本人",
    "sex": "男",
    "issued_on": "令7.8.1",
    "expires_on": "令11.7.31",
    "insurer_address": "福岡県福岡市博多区1-2-3",
    "address": "福岡県福岡市中央区4-5-6",
    "former_name": "旧姓　太郎",
    "remarks": "なし",
}
UNION_CERTIFICATE = {
    **NUMBERS,
    "insurer_number": "06129993",
    "name": "医業　花子",
    "birthdate": AT_72,
    "expires_on": "R11.12.1",
}
ELDERLY_CERTIFICATE = {
    "insurer_number": "39139993",
    "number": "12345678",
    "name": "高齢　梅子",
    "birthdate": "昭21.5.2",
    "expires_on": "R9.7.31",
    "burden_ratio": "1割",
}


def typed(form: PaperForm, texts: dict[str, str], *, shown: Shown = Shown.ITSELF) -> Paper:
    return parse_paper(form, texts, TODAY, shown=shown)


def refused(form: PaperForm, texts: dict[str, str]) -> PaperError:
    """The refusal, which has to come."""
    try:
        parse_paper(form, texts, TODAY)
    except PaperError as error:
        return error
    raise AssertionError(form.word)


def codes(error: PaperError) -> dict[str, str]:
    """Field to code."""
    return {key: wrong.code for key, wrong in error.errors}
