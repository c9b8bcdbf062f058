"""Every field a document of the counter can print, and which of them nobody types.

This module alone owns the fields' words. It knows nothing of documents. A new field starts here; a field that is typed
also needs an attribute of `Paper` and a reader. Facts: facts/reception.md §2, §6.4, §10.
"""

from __future__ import annotations

from enum import StrEnum


class PaperField(StrEnum):
    """One thing printed on a document; its words are `paper_field.<value>`."""

    INSURER_NUMBER = "insurer_number"
    """保険者番号"""
    SYMBOL = "symbol"
    """記号"""
    NUMBER = "number"
    """番号, 被保険者番号"""
    BRANCH = "branch"
    """枝番 of the person"""
    INSURED_BRANCH = "insured_branch"
    """The 被保険者's 枝番: what a 被扶養者's 高齢受給者証 shows in place of the person's own (validation.md §2)."""
    NAME = "name"
    """氏名"""
    KANA = "kana"
    """フリガナ"""
    INSURED_NAME = "insured_name"
    """被保険者氏名, not necessarily the patient's"""
    FORMER_NAME = "former_name"
    """旧姓"""
    ALIAS = "alias"
    """通称名"""
    BIRTHDATE = "birthdate"
    """生年月日"""
    SEX = "sex"
    """性別"""
    RELATION = "relation"
    """本人・家族区分: 被保険者 or 被扶養者"""
    ADDRESS = "address"
    """住所"""
    TELEPHONE = "telephone"
    """電話"""
    ACQUIRED_ON = "acquired_on"
    """資格取得年月日"""
    ACQUIRED_ABOUT = "acquired_about"
    """資格取得時期, in the patient's own words"""
    ISSUED_ON = "issued_on"
    """交付年月日"""
    VALID_FROM = "valid_from"
    """発効期日"""
    EXPIRES_ON = "expires_on"
    """有効期限; on a マイナンバーカード that of the card itself"""
    CERTIFICATE_EXPIRES_ON = "certificate_expires_on"
    """電子証明書の有効期限"""
    BURDEN_RATIO = "burden_ratio"
    """負担割合, percent"""
    LIMIT_CLASS = "limit_class"
    """限度区分"""
    INSURER_NAME = "insurer_name"
    """保険者名称"""
    INSURER_BRANCH = "insurer_branch"
    """支部名"""
    INSURER_ADDRESS = "insurer_address"
    """保険者所在地"""
    INSURANCE_KIND = "insurance_kind"
    """保険種別"""
    EMPLOYER = "employer"
    """事業所名"""
    FILLED_IN_ON = "filled_in_on"
    """記入日"""
    REMARKS = "remarks"
    """備考欄"""
    ADDITIONS = "additions"
    """追記欄 of a マイナンバーカード"""
    NOTES = "notes"
    """注意事項欄, 注意文言欄"""
    ORGAN_DONATION = "organ_donation"
    """臓器提供意思表示欄"""
    SEAL = "seal"
    """公印"""
    QR_CODE = "qr_code"
    """QRコード, 2次元コード; what it holds was not found, and nothing decodes it"""
    PHOTO = "photo"
    """顔写真"""
    INDIVIDUAL_NUMBER = "individual_number"
    """個人番号, 12 digits"""
    INDIVIDUAL_NUMBER_LAST_FOUR = "individual_number_last_four"
    """個人番号の下4桁: for the member at home, who compares it"""


NOT_FOR_THE_COUNTER = frozenset({PaperField.INDIVIDUAL_NUMBER, PaperField.INDIVIDUAL_NUMBER_LAST_FOUR})
"""Known to be printed somewhere, never read, asked for, typed or kept here (reception.md §10 rule 2)."""

SEEN_ONLY = frozenset(
    {PaperField.NOTES, PaperField.ORGAN_DONATION, PaperField.SEAL, PaperField.QR_CODE, PaperField.PHOTO}
)
"""Looked at on the paper at most; there is nothing to type."""

TYPED = tuple(field for field in PaperField if field not in NOT_FOR_THE_COUNTER | SEEN_ONLY)
"""What staff can type from a paper, in the order of `PaperField`."""

QUERY_FIELDS = (
    PaperField.INSURER_NUMBER,
    PaperField.SYMBOL,
    PaperField.NUMBER,
    PaperField.BRANCH,
    PaperField.BIRTHDATE,
)
"""What a query by numbers is made of (reception.md §6.7)."""

DESK_FIELDS = (PaperField.NAME, PaperField.BIRTHDATE, PaperField.SEX, PaperField.BURDEN_RATIO)
"""What the desk needs about the person besides the query (reception.md §2.3)."""


class Sex(StrEnum):
    """性別 as papers print it."""

    MALE = "male"
    FEMALE = "female"


class Relation(StrEnum):
    """本人・家族区分."""

    INSURED = "insured"
    DEPENDANT = "dependant"
