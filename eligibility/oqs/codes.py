"""The code lists of オンライン資格確認 (online-qualification.md §3; the number of each list stands beside it).

Rule: names for codes, no words for people (those are in the catalogue) and no meaning beyond the list. The official
list (別紙5-1) is not public: these values come from independent open programs. Lists that may grow are compared with,
not enforced: a message that carries a newer code is still read.
"""

from __future__ import annotations

from enum import StrEnum


class ReferenceClassification(StrEnum):
    """照会区分 (OQSCD002): by what the person was looked up."""

    CARD = "1"
    """マイナンバーカード"""
    INSURED_DATA = "2"
    """被保険者証情報: the numbers of a paper."""


class SegmentOfResult(StrEnum):
    """処理結果区分 (OQSCD003): how the whole message went."""

    DONE = "1"
    """正常終了"""
    RUNNING = "2"
    """処理中"""
    FAILED = "9"
    """異常終了: ErrorCode and ErrorMessage say why."""


class ProcessingResultStatus(StrEnum):
    """処理結果状況 (OQSCD004): how it went for this person."""

    DONE = "1"
    """正常終了"""
    ERROR = "2"
    """エラー"""


class CharacterCodeIdentifier(StrEnum):
    """文字コード識別 (OQSCD005). One source says 1 and 2; two say 0 and 1."""

    UTF_8 = "0"
    SHIFT_JIS = "1"


class QualificationValidity(StrEnum):
    """資格有効性 (OQSCD006)."""

    VALID = "1"
    """有効"""
    INVALID = "2"
    """無効"""
    INVALID_NEWER_EXISTS = "3"
    """無効(新しい資格あり)"""
    NONE_FOUND = "4"
    """該当資格なし"""
    SEVERAL_FOUND = "5"
    """複数該当"""
    VALID_UNREGISTERED = "6"
    """有効(未登録): 医療扶助 only; one source."""


class Sex(StrEnum):
    """性別 (OQSCD007)."""

    MALE = "1"
    FEMALE = "2"
    NOT_SET = "3"
    """未設定"""


class ReasonOfLoss(StrEnum):
    """資格喪失事由 (OQSCD008)."""

    DEATH = "01"
    """死亡"""
    PUBLIC_ASSISTANCE = "02"
    """生活保護受給開始"""
    OTHER_INSURANCE = "03"
    """医療保険等の資格取得"""
    OTHER = "99"
    """その他"""


class PersonalFamilyClassification(StrEnum):
    """本人・家族の別 (OQSCD009)."""

    INSURED = "1"
    """本人"""
    FAMILY = "2"
    """家族"""


class InsuredCardClassification(StrEnum):
    """被保険者証区分 (OQSCD010)."""

    GENERAL = "01"
    """被保険者証(一般)"""
    RETIRED = "02"
    """被保険者証(退職)"""
    SHORT_TERM = "03"
    """短期被保険者証(一般)"""
    SHORT_TERM_RETIRED = "04"
    """短期被保険者証(退職)"""
    SPECIAL_CARE_EXPENSE = "05"
    """被保険者資格証明書, later 特別療養費支給対象者 (the new name: one source)."""
    SPECIAL_RETIRED = "06"
    """特例退職被保険者証"""
    SELF_DEFENCE = "07"
    """自衛官診療証"""
    MEDICAL_ASSISTANCE = "A1"
    """医療扶助; one source."""


class LimitApplicationCertificateClassification(StrEnum):
    """限度額適用認定証区分 (OQSCD011)."""

    LIMIT = "01"
    """限度額適用認定証"""
    LIMIT_AND_REDUCTION = "02"
    """限度額適用・標準負担額減額認定証"""
    REDUCTION = "03"
    """標準負担額減額認定証"""


class LimitApplicationCertificateClassificationFlag(StrEnum):
    """限度額適用認定証適用区分 (OQSCD012). A: under 70. B: from 70 on; B09 and B10 後期高齢者 from October 2022."""

    A = "A01"
    """ア"""
    I = "A02"  # noqa: E741 - the five levels are called ア イ ウ エ オ
    """イ"""
    U = "A03"
    """ウ"""
    E = "A04"
    """エ"""
    O = "A05"  # noqa: E741
    """オ"""
    O_BORDER = "A06"
    """オ(境界層)"""
    ACTIVE_III = "B01"
    """現役並みⅢ"""
    ACTIVE_II = "B02"
    """現役並みⅡ"""
    ACTIVE_I = "B03"
    """現役並みⅠ"""
    GENERAL = "B04"
    """一般"""
    LOW_II = "B05"
    """低所得Ⅱ"""
    LOW_I = "B06"
    """低所得Ⅰ"""
    LOW_I_WELFARE = "B07"
    """低所得Ⅰ(老福)"""
    LOW_I_BORDER = "B08"
    """低所得Ⅰ(境界層)"""
    GENERAL_II = "B09"
    """一般Ⅱ"""
    GENERAL_I = "B10"
    """一般Ⅰ"""


class SpecificDiseasesDiseaseCategory(StrEnum):
    """特定疾病療養受療証認定疾病区分 (OQSCD013)."""

    CHRONIC_RENAL_FAILURE = "1"
    """人工透析を要する慢性腎不全"""
    COAGULATION_FACTOR = "2"
    """血液凝固因子障害"""
    BLOOD_PRODUCT_HIV = "3"
    """血液製剤によるHIV"""


class PreschoolClassification(StrEnum):
    """未就学区分 (OQSCD015): the only value; absent for everybody else."""

    PRESCHOOL = "1"


class LimitConsent(StrEnum):
    """限度額適用認定証提供同意フラグ (OQSCD001)."""

    NOT_GIVEN = "0"
    """未同意"""
    GIVEN = "1"
    """同意"""


class Consent(StrEnum):
    """Every other …ConsFlg (OQSCD016)."""

    NOT_GIVEN = "0"
    """同意なし"""
    GIVEN = "1"
    """同意あり"""
    EXPIRED = "2"
    """同意有効期限切れ"""
    NOT_OBTAINABLE = "3"
    """同意取得困難; one source."""


class PrescriptionIssueSelect(StrEnum):
    """処方箋発行形態 (OQSCD017)."""

    ELECTRONIC = "1"
    """電子処方箋"""
    PAPER = "2"
    """紙の処方箋"""


class LimitCertificateChanged(StrEnum):
    """限度額適用認定証情報変更有無 (OQSCD014); one source."""

    UNCHANGED = "0"
    """変更なし"""
    CHANGED_OR_UNDECIDED = "1"
    """変更あり、または判定不能"""


class TicketType(StrEnum):
    """医療券・調剤券別 (OQSCD018); one source."""

    MEDICAL = "01"
    """医療券"""
    DISPENSING = "02"
    """調剤券"""


class MedicalTreatmentType(StrEnum):
    """診療別 of 医療扶助 (OQSCD019); one source."""

    INPATIENT = "01"
    """入院"""
    OUTPATIENT = "02"
    """入院外"""
    DENTAL = "03"
    """歯科"""
    DISPENSING = "04"
    """調剤"""
    HOME_NURSING = "05"
    """訪問看護"""


class SingleOrCombinedUse(StrEnum):
    """単独・併用別 (OQSCD020); one source."""

    SINGLE = "01"
    """単独"""
    COMBINED = "02"
    """併用"""


class TicketYesNo(StrEnum):
    """The yes/no items of 医療扶助 (OQSCD021, 023, 024, 025); one source."""

    YES = "01"
    """あり"""
    NO = "02"
    """なし"""


class Consistency(StrEnum):
    """社会保険状況の整合性フラグ (OQSCD022): the only value; one source."""

    INCONSISTENT = "1"
    """不整合あり"""


class InstitutionMatch(StrEnum):
    """指定医療機関確認フラグ (OQSCD026): whether the asking institution is the designated one; one source."""

    MATCHES = "0"
    """一致"""
    DIFFERS = "1"
    """不一致"""


class MedicalTreatmentFlag(StrEnum):
    """診療区分 (OQSCD028); 2 and 3: two sources, the others one."""

    OUTPATIENT = "1"
    """外来"""
    HOME_VISIT = "2"
    """訪問診療等"""
    ONLINE = "3"
    """オンライン診療等"""
    EMERGENCY = "4"
    """救急時"""


class InformationKind(StrEnum):
    """閲覧同意情報種別 (OQSCD036; OQSCD029 has the first two): what a consent is about; one source."""

    HEALTH_CHECKUPS = "TKK"
    """特定健診情報"""
    MEDICINES = "YZK"
    """薬剤情報"""
    SPECIFIC_DISEASES = "TSR"
    """特定疾病療養受療証情報"""
    DIAGNOSIS = "SRJ"
    """診療情報"""
    OPERATION = "SHJ"
    """手術情報"""


class FileCategory(StrEnum):
    """The form in which a medical information request wants its answer; one source."""

    PDF = "1"
    XML = "2"


class MedicalInformationOutcome(StrEnum):
    """ResultCode of a medical information answer: the only value that one public program compares with."""

    DONE = "1"
