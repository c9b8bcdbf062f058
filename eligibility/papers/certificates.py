"""健康保険証 and every 資格確認書: the documents that are enough by themselves while they count.

Data only. Where an insurer lists what it prints, the rest is lacking; where none does, only what every 資格確認書
must have to be used is called carried. Facts: facts/reception.md §2.1, §2.2, §2.4, §2.6.
"""

from __future__ import annotations

from eligibility.insurer_profiles import InsurerProfile
from eligibility.papers.fields import NOT_FOR_THE_COUNTER, PaperField
from eligibility.papers.form_types import PaperForm, Shape, everything_but

_F = PaperField

_NEEDED_TO_BE_USED = frozenset({_F.INSURER_NUMBER, _F.SYMBOL, _F.NUMBER, _F.NAME, _F.BIRTHDATE, _F.EXPIRES_ON})
"""The keys of a query by numbers, the printed limit, and the name (inferred: every list that was found has it)."""
_CORE_SOURCES = ("reception.md §6.7 (keys of the query)", "validation.md §7 (printed limit)", "reception.md §13 row 8")
_OF_SOME = frozenset({_F.BRANCH, _F.BURDEN_RATIO})
"""枝番 where the insurer gives any; 負担割合 where it is not on a paper of its own (reception.md §13 row 8)."""
_LIMIT_CLASS_OF_SOME = frozenset({_F.LIMIT_CLASS})
_ON_PAPER = frozenset({Shape.CARD, Shape.POSTCARD, Shape.A4})

_KYOKAI_PRINTS = frozenset(
    {
        _F.SYMBOL,
        _F.NUMBER,
        _F.BRANCH,
        _F.NAME,
        _F.KANA,
        _F.INSURED_NAME,
        _F.BIRTHDATE,
        _F.RELATION,
        _F.SEX,
        _F.QR_CODE,
        _F.ACQUIRED_ON,
        _F.ISSUED_ON,
        _F.EXPIRES_ON,
        _F.INSURER_NAME,
        _F.INSURER_BRANCH,
        _F.INSURER_NUMBER,
        _F.INSURER_ADDRESS,
        _F.SEAL,
        _F.ADDRESS,
        _F.REMARKS,
        _F.NOTES,
        _F.ORGAN_DONATION,
    }
)
_KYOKAI_ON_REQUEST = frozenset({_F.FORMER_NAME, _F.ALIAS})

INSURANCE_CARD = PaperForm(
    word="insurance_card",
    document="insurance_card",
    issuer=None,
    shapes=frozenset({Shape.CARD}),
    carries=frozenset({_F.INSURER_NUMBER, _F.SYMBOL, _F.NUMBER, _F.BRANCH, _F.NAME}),
    # 国保 and 後期高齢者医療 print a limit, typically 2025-07-31.
    optional=frozenset({_F.EXPIRES_ON}),
    lacks=NOT_FOR_THE_COUNTER | {_F.PHOTO},
    proves_alone=True,
    sources=("reception.md §2.1", "S0", "S1", "S2", "S3", "S4 (no photo)"),
)

CERTIFICATE_KYOKAI = PaperForm(
    word="certificate_kyokai",
    document="eligibility_certificate",
    issuer=InsurerProfile.KYOKAI,
    # Plastic and yellow. Which field stands on which side is unverified (the slide is flattened).
    shapes=frozenset({Shape.CARD}),
    carries=_KYOKAI_PRINTS,
    optional=_KYOKAI_ON_REQUEST,
    # No 負担割合: 高齢受給者証 and its like stay papers of their own.
    lacks=everything_but(_KYOKAI_PRINTS, _KYOKAI_ON_REQUEST),
    proves_alone=True,
    sources=("reception.md §2.2", "S0", "S2 (交付年月日, upper right)", "S3"),
)

CERTIFICATE_CHIBA_MEDICAL = PaperForm(
    word="certificate_chiba_medical",
    document="eligibility_certificate",
    issuer=InsurerProfile.CHIBA_MEDICAL,
    shapes=frozenset({Shape.CARD}),
    carries=_NEEDED_TO_BE_USED,
    # 負担割合 from 70 to 74, in place of a 高齢受給者証.
    optional=_OF_SOME,
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=True,
    sources=("reception.md §2.1, §2.4", "S1", *_CORE_SOURCES),
    unverified=frozenset({_F.NAME}),
)

CERTIFICATE_COMPANY = PaperForm(
    word="certificate_company",
    document="eligibility_certificate",
    issuer=InsurerProfile.COMPANY,
    # Size, material and limit were not yet decided when the society wrote.
    shapes=_ON_PAPER,
    carries=_NEEDED_TO_BE_USED,
    optional=_OF_SOME,
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=True,
    sources=("reception.md §2.1, §2.4", "S4", *_CORE_SOURCES),
    unverified=frozenset({_F.NAME, _F.BURDEN_RATIO}),
)

CERTIFICATE_NATIONAL = PaperForm(
    word="certificate_national",
    document="eligibility_certificate",
    issuer=InsurerProfile.NATIONAL,
    shapes=_ON_PAPER,
    # Many 国保 give no 記号.
    carries=_NEEDED_TO_BE_USED - {_F.SYMBOL},
    optional=_OF_SOME | _LIMIT_CLASS_OF_SOME | {_F.SYMBOL},
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=True,
    sources=("reception.md §2.6 (limits to each 31 July)", "validation.md §7 (限度区分)", *_CORE_SOURCES),
    unverified=frozenset({_F.NAME, _F.BURDEN_RATIO}),
)

CERTIFICATE_ELDERLY = PaperForm(
    word="certificate_elderly",
    document="eligibility_certificate",
    issuer=InsurerProfile.ELDERLY,
    shapes=_ON_PAPER,
    carries=_NEEDED_TO_BE_USED - {_F.SYMBOL},
    optional=(_OF_SOME | _LIMIT_CLASS_OF_SOME) - {_F.BRANCH},
    lacks=NOT_FOR_THE_COUNTER | {_F.SYMBOL, _F.BRANCH},
    proves_alone=True,
    sources=("validation.md §2 (no 記号, no 枝番)", "validation.md §7", "reception.md §1", *_CORE_SOURCES),
    unverified=frozenset({_F.NAME, _F.BURDEN_RATIO, _F.BRANCH}),
)

CERTIFICATE_OTHER = PaperForm(
    word="certificate_other",
    document="eligibility_certificate",
    issuer=InsurerProfile.OTHER,
    shapes=_ON_PAPER,
    carries=_NEEDED_TO_BE_USED,
    optional=_OF_SOME,
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=True,
    sources=("reception.md §2.6", *_CORE_SOURCES),
    unverified=frozenset({_F.NAME, _F.BURDEN_RATIO}),
)

CERTIFICATE_WEB = PaperForm(
    word="certificate_web",
    document="eligibility_certificate",
    # Two products are known, both of societies.
    issuer=InsurerProfile.COMPANY,
    shapes=frozenset({Shape.WEB_DISPLAY}),
    carries=_NEEDED_TO_BE_USED,
    optional=_OF_SOME,
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=True,
    # Nobody says; there is no paper to send.
    sources=("reception.md §2.6 (shown live, in Japanese)", *_CORE_SOURCES),
    unverified=frozenset({_F.NAME, _F.BURDEN_RATIO}),
)

CERTIFYING_FORMS: tuple[PaperForm, ...] = (
    CERTIFICATE_KYOKAI,
    CERTIFICATE_CHIBA_MEDICAL,
    CERTIFICATE_COMPANY,
    CERTIFICATE_NATIONAL,
    CERTIFICATE_ELDERLY,
    CERTIFICATE_OTHER,
    CERTIFICATE_WEB,
    INSURANCE_CARD,
)
