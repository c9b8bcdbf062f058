"""The invented people of the messages that no persona is asked about with: their numbers, and what is said of them.

As JSON of the layouts, in the names of each message. What breaks if wrong: two files of the corpus contradict.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from eligibility.oqs.values import date_text

Json = dict[str, Any]

_PAPERS: Final[tuple[tuple[str, str, str, str, str], ...]] = (
    ("06139992", "見本１", "4711", "01", "19700405"),
    ("139998", "船橋２", "8150042", "02", "19881231"),
    ("39139993", "", "12345670", "", "19410103"),
    ("01139997", "21700099", "9001", "00", "20200229"),
)
"""保険者番号, 記号, 番号, 枝番, 生年月日."""
_NAMES: Final = (("見本　一郎", "ﾐﾎﾝ ｲﾁﾛｳ"), ("見本　二葉", "ﾐﾎﾝ ﾌﾀﾊﾞ"))
"""Of those that a result is told about."""


def numbers_of(number: int) -> Json:
    """資格確認照会用情報 of one of them, without what the paper lacks."""
    insurer, symbol, own, branch, born = _PAPERS[number]
    return _present(
        InsurerNumber=insurer,
        InsuredCardSymbol=symbol,
        InsuredIdentificationNumber=own,
        InsuredBranchNumber=branch,
        Birthdate=born,
        LimitApplicationCertificateRelatedConsFlg="1",
    )


def result_of(number: int, on: date, *, lost_days_ago: int = 0) -> Json:
    """資格確認結果 of one of the first two; with `lost_days_ago` of a qualification that ended then."""
    insurer, symbol, own, branch, born = _PAPERS[number]
    name, kana = _NAMES[number]
    return _present(
        InsuredCardClassification="01",
        InsurerNumber=insurer,
        InsuredCardSymbol=symbol,
        InsuredIdentificationNumber=own,
        InsuredBranchNumber=branch,
        PersonalFamilyClassification="1",
        Name=name,
        NameKana=kana,
        Sex1="1",
        Birthdate=born,
        QualificationDate=date_text(on - timedelta(days=1000)),
        DisqualificationDate=date_text(on - timedelta(days=lost_days_ago)) if lost_days_ago else "",
        ReasonOfLoss="03" if lost_days_ago else "",
        InsurerName="見本保険者",
    )


def _reference(number: int, reference: str) -> Json:
    insurer, symbol, own, branch, _ = _PAPERS[number]
    return _present(
        ReferenceNumber=reference,
        InsurerNumber=insurer,
        InsuredCardSymbol=symbol,
        InsuredIdentificationNumber=own,
        InsuredBranchNumber=branch,
    )


def _present(**texts: str) -> Json:
    return {name: text for name, text in texts.items() if text}


BY_NUMBERS: Final = tuple(numbers_of(number) for number in range(len(_PAPERS)))
BY_REFERENCE: Final = tuple(
    _reference(number, reference) for number, reference in enumerate(("K-0815", "00012345", "患者９", "A_1"))
)
IN_A_HEADER: Final = _present(
    InsurerNumber=_PAPERS[1][0],
    InsuranceCardSymbol=_PAPERS[1][1],
    InsuredPersonIdentificationNumber=_PAPERS[1][2],
    BranchNumber=_PAPERS[1][3],
)
"""How the requests for 薬剤情報 and 特定健診情報 name a person (online-qualification.md §2.2)."""
