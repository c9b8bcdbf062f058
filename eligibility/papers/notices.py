"""Every 資格情報のお知らせ: never enough alone, never returned.

Data only. 協会けんぽ sends one letter in parts: the strip that is cut out, the sheet (資格基本情報), and a third part
with 下4桁 that is for the member at home and no document of a counter. S0 heads the strip's list with the words
資格確認書: a slip of the heading, it is the お知らせ's. Facts: facts/reception.md §2.3, §2.4, §2.5.
"""

from __future__ import annotations

from eligibility.insurer_profiles import InsurerProfile
from eligibility.papers.fields import NOT_FOR_THE_COUNTER, PaperField
from eligibility.papers.form_types import PaperForm, Shape, everything_but

_F = PaperField

_BASIC = frozenset(
    {
        _F.SYMBOL,
        _F.NUMBER,
        _F.BRANCH,
        _F.NAME,
        _F.KANA,
        _F.BIRTHDATE,
        _F.ACQUIRED_ON,
        _F.INSURER_NAME,
        _F.INSURER_BRANCH,
    }
)
_STRIP_PRINTS = _BASIC | {_F.INSURER_NUMBER, _F.NOTES, _F.QR_CODE}
_SHEET_PRINTS = _BASIC | {_F.BURDEN_RATIO}
_YEARLY_FROM_70 = frozenset({_F.BURDEN_RATIO, _F.VALID_FROM, _F.EXPIRES_ON})
_LETTER = frozenset({Shape.A4, Shape.STRIP})

NOTICE_KYOKAI_STRIP = PaperForm(
    word="notice_kyokai_strip",
    document="eligibility_notice",
    issuer=InsurerProfile.KYOKAI,
    shapes=frozenset({Shape.STRIP}),
    # 保険者番号: on the slide with the details; the slide with the picture lists 保険者名称 and 支部名 only.
    carries=_STRIP_PRINTS,
    # "被保険者氏名／被扶養者氏名" does not tell whether a dependant's strip names the insured person too.
    optional=frozenset({_F.INSURED_NAME}),
    lacks=everything_but(_STRIP_PRINTS, frozenset({_F.INSURED_NAME})),
    proves_alone=False,
    sources=("reception.md §2.3", "S0", "S3"),
    unverified=frozenset({_F.INSURED_NAME}),
)

NOTICE_KYOKAI_SHEET = PaperForm(
    word="notice_kyokai_sheet",
    document="eligibility_notice",
    issuer=InsurerProfile.KYOKAI,
    shapes=frozenset({Shape.SHEET}),
    carries=_SHEET_PRINTS,
    optional=frozenset(),
    # 注意文言 and 2次元コード are stated for the strip only.
    lacks=everything_but(_SHEET_PRINTS, frozenset({_F.NOTES, _F.QR_CODE})),
    proves_alone=False,
    sources=("reception.md §2.3", "S0"),
)

NOTICE_CHIBA_MEDICAL = PaperForm(
    word="notice_chiba_medical",
    document="eligibility_notice",
    issuer=InsurerProfile.CHIBA_MEDICAL,
    shapes=_LETTER,
    carries=frozenset({_F.SYMBOL, _F.NUMBER}),
    # A new one comes when the 負担割合 from 70 on changes; none comes for a change of name.
    optional=frozenset({_F.BURDEN_RATIO}),
    lacks=frozenset({_F.INDIVIDUAL_NUMBER}),
    proves_alone=False,
    sources=("reception.md §2.1, §2.3", "S1"),
)

NOTICE_COMPANY_A = PaperForm(
    word="notice_company_a",
    document="eligibility_notice",
    issuer=InsurerProfile.COMPANY,
    # Once, on 2024-10-31, on the society's web site.
    shapes=frozenset({Shape.PDF, Shape.SCREEN}),
    carries=frozenset({_F.SYMBOL, _F.NUMBER, _F.INDIVIDUAL_NUMBER_LAST_FOUR}),
    optional=frozenset(),
    lacks=frozenset({_F.INDIVIDUAL_NUMBER}),
    proves_alone=False,
    sources=("reception.md §2.3, §2.4", "S4"),
    unverified=frozenset({_F.SYMBOL, _F.NUMBER}),
)

NOTICE_COMPANY_B = PaperForm(
    word="notice_company_b",
    document="eligibility_notice",
    issuer=InsurerProfile.COMPANY,
    # Through the employer; size and material were not yet decided.
    shapes=_LETTER,
    carries=frozenset({_F.SYMBOL, _F.NUMBER}),
    optional=frozenset(),
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=False,
    sources=("reception.md §2.3, §2.4", "S4"),
)

NOTICE_NATIONAL = PaperForm(
    word="notice_national",
    document="eligibility_notice",
    issuer=InsurerProfile.NATIONAL,
    shapes=_LETTER,
    carries=frozenset({_F.NUMBER}),
    # Under 70 no limit is printed; from 70 to 74 one to each 31 July (one municipality).
    optional=_YEARLY_FROM_70 | {_F.SYMBOL},
    lacks=frozenset({_F.INDIVIDUAL_NUMBER}),
    proves_alone=False,
    sources=("reception.md §2.1", "validation.md §7"),
    unverified=_YEARLY_FROM_70 | {_F.NUMBER},
)

NOTICE_ELDERLY = PaperForm(
    word="notice_elderly",
    document="eligibility_notice",
    issuer=InsurerProfile.ELDERLY,
    shapes=_LETTER,
    # Sent to holders of a マイナ保険証 from 2026-08-01.
    carries=frozenset({_F.NUMBER}),
    optional=_YEARLY_FROM_70,
    lacks=frozenset({_F.INDIVIDUAL_NUMBER, _F.SYMBOL, _F.BRANCH}),
    proves_alone=False,
    sources=("reception.md §1", "validation.md §2, §7"),
    unverified=_YEARLY_FROM_70 | {_F.NUMBER, _F.BRANCH},
)

NOTICE_OTHER = PaperForm(
    word="notice_other",
    document="eligibility_notice",
    issuer=InsurerProfile.OTHER,
    shapes=_LETTER | {Shape.PDF},
    carries=frozenset({_F.SYMBOL, _F.NUMBER}),
    optional=_YEARLY_FROM_70,
    lacks=frozenset({_F.INDIVIDUAL_NUMBER}),
    proves_alone=False,
    sources=("reception.md §2.1", "validation.md §7"),
    unverified=_YEARLY_FROM_70 | {_F.SYMBOL, _F.NUMBER},
)

NOTICE_FORMS: tuple[PaperForm, ...] = (
    NOTICE_KYOKAI_STRIP,
    NOTICE_KYOKAI_SHEET,
    NOTICE_CHIBA_MEDICAL,
    NOTICE_COMPANY_A,
    NOTICE_COMPANY_B,
    NOTICE_NATIONAL,
    NOTICE_ELDERLY,
    NOTICE_OTHER,
)
