"""The code lists in words: what stands beside each value in Japanese, and how sure anybody can be of it.

Rule: data for people who read a page or a screen; programs compare with `codes`. The lists are those of
online-qualification.md §3, their values and marks from the public programs it names. The official list (別紙5-1) is not
public. What breaks if this is wrong: a vendor builds on a value that the service does not have.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from eligibility.oqs import codes
from eligibility.oqs.evidence import Mark

_V2, _V1 = Mark.TWO_SOURCES, Mark.ONE_SOURCE


class CodeList(NamedTuple):
    """One list: its number in the layout, its title, the elements that carry it, and its values in words."""

    number: str
    title: str
    elements: tuple[str, ...]
    """Tags of this vocabulary; empty where only messages that are not built here carry it."""
    values: dict[str, str]
    mark: Mark
    codes: type[StrEnum] | None = None
    """The names by which programs call the values; None where no program here does."""
    weaker: dict[str, Mark] | None = None
    """Values that fewer sources have than the list."""
    note: str = ""

    def mark_of(self, value: str) -> Mark:
        """How sure the value is."""
        return (self.weaker or {}).get(value, self.mark)


CODE_LISTS: tuple[CodeList, ...] = (
    CodeList(
        "OQSCD001",
        "限度額適用認定証提供同意フラグ",
        ("LimitApplicationCertificateRelatedConsFlg",),
        {"0": "未同意", "1": "同意"},
        _V2,
        codes.LimitConsent,
    ),
    CodeList(
        "OQSCD002",
        "照会区分",
        ("ReferenceClassification",),
        {"1": "マイナンバーカード", "2": "被保険者証情報"},
        _V2,
        codes.ReferenceClassification,
    ),
    CodeList(
        "OQSCD003",
        "処理結果区分",
        ("SegmentOfResult",),
        {"1": "正常終了", "2": "処理中", "9": "異常終了"},
        _V2,
        codes.SegmentOfResult,
        note="A comment in one source says 3 for 異常終了; it is taken as wrong.",
    ),
    CodeList(
        "OQSCD004",
        "処理結果状況",
        ("ProcessingResultStatus",),
        {"1": "正常終了", "2": "エラー"},
        _V2,
        codes.ProcessingResultStatus,
    ),
    CodeList(
        "OQSCD005",
        "文字コード識別",
        ("CharacterCodeIdentifier",),
        {"0": "UTF-8", "1": "Shift_JIS"},
        _V2,
        codes.CharacterCodeIdentifier,
        note="One source says 1 and 2; two say 0 and 1.",
    ),
    CodeList(
        "OQSCD006",
        "資格有効性",
        ("QualificationValidity",),
        {
            "1": "有効",
            "2": "無効",
            "3": "無効(新しい資格あり)",
            "4": "該当資格なし",
            "5": "複数該当",
            "6": "有効(未登録)",
        },
        _V2,
        codes.QualificationValidity,
        {"6": _V1},
        "6 is for 医療扶助 only.",
    ),
    CodeList("OQSCD007", "性別", ("Sex1", "Sex2"), {"1": "男", "2": "女", "3": "未設定"}, _V2, codes.Sex),
    CodeList(
        "OQSCD008",
        "資格喪失事由",
        ("ReasonOfLoss",),
        {"01": "死亡", "02": "生活保護受給開始", "03": "医療保険等の資格取得", "99": "その他"},
        _V2,
        codes.ReasonOfLoss,
    ),
    CodeList(
        "OQSCD009",
        "本人・家族の別",
        ("PersonalFamilyClassification",),
        {"1": "本人", "2": "家族"},
        _V2,
        codes.PersonalFamilyClassification,
    ),
    CodeList(
        "OQSCD010",
        "被保険者証区分",
        ("InsuredCardClassification",),
        {
            "01": "被保険者証(一般)",
            "02": "被保険者証(退職)",
            "03": "短期被保険者証(一般)",
            "04": "短期被保険者証(退職)",
            "05": "被保険者資格証明書",
            "06": "特例退職被保険者証",
            "07": "自衛官診療証",
            "A1": "医療扶助",
        },
        _V2,
        codes.InsuredCardClassification,
        {"A1": _V1},
        "05 is 特別療養費支給対象者 in a newer list (one source). 資格確認書 has no value of its own in any source.",
    ),
    CodeList(
        "OQSCD011",
        "限度額適用認定証区分",
        ("LimitApplicationCertificateClassification",),
        {
            "01": "限度額適用認定証",
            "02": "限度額適用・標準負担額減額認定証",
            "03": "標準負担額減額認定証",
        },
        _V2,
        codes.LimitApplicationCertificateClassification,
    ),
    CodeList(
        "OQSCD012",
        "限度額適用認定証適用区分",
        ("LimitApplicationCertificateClassificationFlag",),
        {
            "A01": "ア",
            "A02": "イ",
            "A03": "ウ",
            "A04": "エ",
            "A05": "オ",
            "A06": "オ(境界層)",
            "B01": "現役並みⅢ",
            "B02": "現役並みⅡ",
            "B03": "現役並みⅠ",
            "B04": "一般",
            "B05": "低所得Ⅱ",
            "B06": "低所得Ⅰ",
            "B07": "低所得Ⅰ(老福)",
            "B08": "低所得Ⅰ(境界層)",
            "B09": "一般Ⅱ",
            "B10": "一般Ⅰ",
        },
        _V2,
        codes.LimitApplicationCertificateClassificationFlag,
        note="A: under 70. B: from 70 on; B09 and B10: 後期高齢者, from October 2022.",
    ),
    CodeList(
        "OQSCD013",
        "特定疾病療養受療証認定疾病区分",
        ("SpecificDiseasesDiseaseCategory",),
        {"1": "人工透析を要する慢性腎不全", "2": "血液凝固因子障害", "3": "血液製剤によるHIV"},
        _V2,
        codes.SpecificDiseasesDiseaseCategory,
    ),
    CodeList(
        "OQSCD014",
        "限度額適用認定証情報変更有無",
        ("LimitApplicationCertificateChanged",),
        {"0": "変更なし", "1": "変更あり、または判定不能"},
        _V1,
        codes.LimitCertificateChanged,
    ),
    CodeList(
        "OQSCD015",
        "未就学区分",
        ("PreschoolClassification",),
        {"1": "未就学該当"},
        _V2,
        codes.PreschoolClassification,
        note="The only value; absent for everybody else.",
    ),
    CodeList(
        "OQSCD016",
        "同意区分",
        (
            "SpecificDiseasesCertificateRelatedConsFlg",
            "SpecificHealthCheckupsInfoConsFlg",
            "PharmacistsInfoConsFlg",
            "DiagnosisInfoConsFlg",
            "OperationInfoConsFlg",
        ),
        {"0": "同意なし", "1": "同意あり", "2": "同意有効期限切れ", "3": "同意取得困難"},
        _V2,
        codes.Consent,
        {"3": _V1},
    ),
    CodeList(
        "OQSCD017",
        "処方箋発行形態",
        ("PrescriptionIssueSelect",),
        {"1": "電子処方箋", "2": "紙の処方箋"},
        _V2,
        codes.PrescriptionIssueSelect,
    ),
    CodeList("OQSCD018", "医療券・調剤券別", ("TicketType",), {"01": "医療券", "02": "調剤券"}, _V1, codes.TicketType),
    CodeList(
        "OQSCD019",
        "診療別",
        ("MedicalTreatmentType",),
        {"01": "入院", "02": "入院外", "03": "歯科", "04": "調剤", "05": "訪問看護"},
        _V1,
        codes.MedicalTreatmentType,
    ),
    CodeList(
        "OQSCD020",
        "単独・併用別",
        ("SingleOrCombinedUse",),
        {"01": "単独", "02": "併用"},
        _V1,
        codes.SingleOrCombinedUse,
    ),
    CodeList(
        "OQSCD021", "社会保険状況", ("StatusOfSocialInsurance",), {"01": "あり", "02": "なし"}, _V1, codes.TicketYesNo
    ),
    CodeList(
        "OQSCD022", "社会保険状況の整合性フラグ", ("ConsistencyFlag",), {"1": "不整合あり"}, _V1, codes.Consistency
    ),
    CodeList(
        "OQSCD023",
        "感染症法第37条の2の該当状況",
        ("StatusOfInfecton",),
        {"01": "あり", "02": "なし"},
        _V1,
        codes.TicketYesNo,
    ),
    CodeList(
        "OQSCD024",
        "後期高齢者医療の該当状況",
        ("StatusOfElderlyMedicalCare",),
        {"01": "あり", "02": "なし"},
        _V1,
        codes.TicketYesNo,
    ),
    CodeList(
        "OQSCD025",
        "都道府県費の該当状況",
        ("StatusOfPrefecturalExpenses",),
        {"01": "あり", "02": "なし"},
        _V1,
        codes.TicketYesNo,
    ),
    CodeList(
        "OQSCD026",
        "指定医療機関確認フラグ",
        ("DesignatedMedicalInstitutionFlag",),
        {"0": "一致", "1": "不一致"},
        _V1,
        codes.InstitutionMatch,
    ),
    CodeList(
        "OQSCD028",
        "診療区分",
        ("MedicalTreatmentFlag",),
        {"1": "外来", "2": "訪問診療等", "3": "オンライン診療等", "4": "救急時"},
        _V1,
        codes.MedicalTreatmentFlag,
        {"2": _V2, "3": _V2},
    ),
    CodeList("OQSCD029", "医療情報種別", (), {"TKK": "特定健診情報", "YZK": "薬剤情報"}, _V1),
    CodeList(
        "OQSCD031",
        "同意有効期限切れ理由",
        (),
        {"0": "診療形態による", "1": "医療機関による取消し", "2": "患者による取消し", "3": "用途変更による取消し"},
        _V1,
        note="What 0 means differs by the kind of care; the explanation is not public.",
    ),
    CodeList(
        "OQSCD036",
        "閲覧同意情報種別",
        (),
        {
            "TSR": "特定疾病療養受療証情報",
            "TKK": "特定健診情報",
            "YZK": "薬剤情報",
            "SRJ": "診療情報",
            "SHJ": "手術情報",
        },
        _V1,
        codes.InformationKind,
    ),
    CodeList(
        "OQSCD038",
        "電子処方箋利用区分",
        (),
        {"0": "利用しない", "1": "電子処方箋のみ", "2": "電子処方箋と紙の処方箋の併用", "3": "紙の処方箋のみ"},
        _V1,
    ),
    CodeList(
        "OQSCD039",
        "処方箋発行形態選択タイミング",
        (),
        {"1": "資格確認時以外に確認する", "2": "資格確認時に確認する"},
        _V1,
    ),
    CodeList("OQSCD041", "二要素認証の要素", (), {"1": "記憶", "2": "生体情報", "3": "物理媒体"}, _V1),
    CodeList(
        "OQSCD042",
        "二要素認証の方式",
        (),
        {
            "1-01": "ID・パスワード",
            "1-02": "暗証番号",
            "1-03": "秘密の質問",
            "2-01": "指紋認証",
            "2-02": "顔認証",
            "2-03": "音声認証",
            "2-04": "静脈認証",
            "2-05": "虹彩認証",
            "3-01": "ICカード",
            "3-02": "ワンタイムパスワード",
            "3-03": "その他の物理媒体",
        },
        _V1,
        note="Two digits, counted within each value of OQSCD041, which stands in front of the hyphen here only.",
    ),
    CodeList(
        "OQSCD044",
        "連携システムID",
        (),
        {"01": "医療費助成", "2": "母子保健", "4": "予防接種", "8": "介護保険"},
        _V1,
        note="01 with two digits as in the one source; probably 1.",
    ),
    CodeList("–", "回答の形式", ("FileCategory",), {"1": "PDF", "2": "XML"}, _V1, codes.FileCategory),
    CodeList(
        "–",
        "医療情報の結果",
        ("ResultCode",),
        {"1": "正常終了"},
        _V1,
        codes.MedicalInformationOutcome,
        note="Everything else is not done, with a sentence in MessageContents; the mock writes its own MOCK- codes.",
    ),
)
"""Every list of online-qualification.md §3 and the two of the medical information requests."""


def list_of(tag: str) -> CodeList | None:
    """The list that an element carries; None where it carries none."""
    return next((one for one in CODE_LISTS if tag in one.elements), None)
