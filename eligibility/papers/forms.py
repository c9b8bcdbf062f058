"""The devices, マイナポータル, 高齢受給者証 and 被保険者資格申立書, and the list of all forms.

This module alone answers which forms there are and where a field is printed. Facts: facts/reception.md §2.1, §4, §6.4,
§10.
"""

from __future__ import annotations

from eligibility.insurer_profiles import InsurerProfile
from eligibility.papers.certificates import CERTIFYING_FORMS
from eligibility.papers.fields import NOT_FOR_THE_COUNTER, PaperField
from eligibility.papers.form_types import PaperForm, Shape, everything_but
from eligibility.papers.notices import NOTICE_FORMS

_F = PaperField

_ABOUT_INSURANCE = frozenset(
    {
        _F.INSURER_NUMBER,
        _F.SYMBOL,
        _F.NUMBER,
        _F.BRANCH,
        _F.INSURED_BRANCH,
        _F.INSURED_NAME,
        _F.RELATION,
        _F.ACQUIRED_ON,
        _F.ACQUIRED_ABOUT,
        _F.VALID_FROM,
        _F.BURDEN_RATIO,
        _F.LIMIT_CLASS,
        _F.INSURER_NAME,
        _F.INSURER_BRANCH,
        _F.INSURER_ADDRESS,
        _F.INSURANCE_KIND,
        _F.EMPLOYER,
    }
)
_PORTAL_SHOWS = frozenset(
    {_F.INSURER_NUMBER, _F.NUMBER, _F.NAME, _F.KANA, _F.BIRTHDATE, _F.ACQUIRED_ON, _F.INSURER_NAME}
)
_PORTAL_MAY_SHOW = frozenset({_F.SYMBOL, _F.BRANCH, _F.BURDEN_RATIO})
_DECLARED = frozenset(
    {
        _F.NAME,
        _F.KANA,
        _F.BIRTHDATE,
        _F.SEX,
        _F.ADDRESS,
        _F.TELEPHONE,
        _F.INSURANCE_KIND,
        _F.INSURER_NAME,
        _F.EMPLOYER,
        _F.ACQUIRED_ABOUT,
        _F.BURDEN_RATIO,
        _F.FILLED_IN_ON,
    }
)

MYNA_CARD = PaperForm(
    word="myna_card",
    document="myna_card",
    issuer=None,
    shapes=frozenset({Shape.CARD}),
    # The front, and the 個人番号 on the back, which is nobody's business here.
    carries=frozenset({_F.NAME, _F.ADDRESS, _F.BIRTHDATE, _F.SEX, _F.PHOTO, _F.EXPIRES_ON, _F.INDIVIDUAL_NUMBER}),
    # 「顔認証」 in the 追記欄 of a card without PIN; an infant's card has no photo.
    optional=frozenset({_F.ADDITIONS, _F.CERTIFICATE_EXPIRES_ON}),
    # No insurance data is printed on it or stored in it.
    lacks=_ABOUT_INSURANCE | {_F.INDIVIDUAL_NUMBER_LAST_FOUR},
    proves_alone=False,
    sources=("reception.md §2.1, §4, §10", "S1 (the two limits)"),
    unverified=frozenset({_F.CERTIFICATE_EXPIRES_ON}),
)

SMARTPHONE = PaperForm(
    word="smartphone",
    document="smartphone",
    issuer=None,
    shapes=frozenset({Shape.PHONE}),
    carries=frozenset(),
    optional=frozenset(),
    lacks=everything_but(),
    proves_alone=False,
    sources=("reception.md §2.1, §4 step 8",),
)

PORTAL_SCREEN = PaperForm(
    word="portal_screen",
    document="portal",
    issuer=None,
    shapes=frozenset({Shape.SCREEN}),
    carries=_PORTAL_SHOWS,
    optional=_PORTAL_MAY_SHOW,
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=False,
    sources=("reception.md §2.1 (the same basic data as the お知らせ)", "S0", "S1"),
    unverified=frozenset({_F.BURDEN_RATIO}),
)

PORTAL_PDF = PaperForm(
    word="portal_pdf",
    document="portal",
    issuer=None,
    shapes=frozenset({Shape.PDF}),
    carries=_PORTAL_SHOWS,
    optional=_PORTAL_MAY_SHOW,
    lacks=NOT_FOR_THE_COUNTER,
    proves_alone=False,
    sources=PORTAL_SCREEN.sources,
    unverified=PORTAL_SCREEN.unverified,
)

RECIPIENT_CERTIFICATE = PaperForm(
    word="recipient_certificate",
    document="elderly_recipient_certificate",
    issuer=None,
    shapes=frozenset({Shape.CARD}),
    carries=frozenset({_F.BURDEN_RATIO, _F.VALID_FROM}),
    # A 被扶養者's shows the 被保険者's 枝番 (one insurer's page); the dates are those of the online answer about it.
    optional=frozenset({_F.ISSUED_ON, _F.EXPIRES_ON, _F.INSURED_BRANCH}),
    lacks=NOT_FOR_THE_COUNTER | {_F.BRANCH},
    proves_alone=False,
    sources=("reception.md §2.1", "validation.md §2", "online-qualification.md §2.3", "S1 (issues none)", "S3"),
    unverified=frozenset({_F.ISSUED_ON, _F.EXPIRES_ON, _F.INSURED_BRANCH, _F.BRANCH}),
    # 千葉県医業 prints the share on the 資格確認書 instead; 後期高齢者医療 begins where 高齢受給者証 ends.
    never_from=frozenset({InsurerProfile.CHIBA_MEDICAL, InsurerProfile.ELDERLY}),
)

DECLARATION = PaperForm(
    word="declaration",
    document="declaration",
    issuer=None,
    shapes=frozenset({Shape.FILLED_IN_FORM}),
    # The official list was not found: this is the design's, beside what one page names.
    carries=_DECLARED,
    optional=frozenset(),
    # The patient brings the numbers later.
    lacks=NOT_FOR_THE_COUNTER | {_F.INSURER_NUMBER, _F.SYMBOL, _F.NUMBER, _F.BRANCH, _F.INSURED_BRANCH, _F.PHOTO},
    proves_alone=False,
    sources=("reception.md §6.4, §13b",),
    unverified=_DECLARED,
)

FORMS: tuple[PaperForm, ...] = (
    MYNA_CARD,
    SMARTPHONE,
    PORTAL_SCREEN,
    PORTAL_PDF,
    *CERTIFYING_FORMS,
    *NOTICE_FORMS,
    RECIPIENT_CERTIFICATE,
    DECLARATION,
)
"""Every form; where one document has several, the named insurers first."""

FORM_OF: dict[str, PaperForm] = {form.word: form for form in FORMS}
"""Every form by its word."""


def where_printed(field: PaperField, issuer: InsurerProfile) -> tuple[PaperForm, ...]:
    """The forms of an insurer, and those everybody has, that print the field always or on some: where to look for it.

    From 70 to 74 this is where the 負担割合 can be had besides the online answer (reception.md §2.3).
    """
    return tuple(
        form
        for form in FORMS
        if form.issuer in {None, issuer} and issuer not in form.never_from and field in form.carries | form.optional
    )
