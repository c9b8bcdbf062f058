"""How sure anybody can be of a message and an element: Japanese names and marks, element by element.

Rule: data only. The official layout (別紙3-1) is given to registered vendors only and nobody here has read it; what is
known comes from independent public programs (online-qualification.md §0, §2). What breaks if this is wrong: somebody
takes an inference for a fact.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from eligibility.oqs.file_names import MessageKind


class Mark(StrEnum):
    """Where something is known from (online-qualification.md)."""

    TWO_SOURCES = "V2"
    """Two or more independent public sources."""
    ONE_SOURCE = "V1"
    """One public source."""
    INFERRED = "INF"
    """Our inference: the smallest that fits what is known."""
    UNVERIFIED = "UNVERIFIED"
    """Looked for and not found."""
    INVENTED = "MOCK"
    """Our own invention, named so that nobody takes it for more."""


class Known(NamedTuple):
    """An element: its Japanese name, its mark, and what should be minded."""

    name: str
    mark: Mark
    note: str = ""


class MessageNote(NamedTuple):
    """A message: what it is for and where its shape is known from."""

    title: str
    mark: Mark
    note: str


_V2, _V1, _INF, _MOCK = Mark.TWO_SOURCES, Mark.ONE_SOURCE, Mark.INFERRED, Mark.INVENTED

MESSAGES: dict[tuple[MessageKind, bool], MessageNote] = {
    (MessageKind.QUALIFICATION, True): MessageNote("資格確認要求", _V2, ""),
    (MessageKind.QUALIFICATION, False): MessageNote(
        "資格確認結果",
        _V2,
        "Unasked for, after a card was read, in `face` as OQSsiquc01res_face_…; its elements are scrambled there.",
    ),
    (MessageKind.REFERENCE_NUMBER, True): MessageNote("照会番号登録要求", _V2, ""),
    (MessageKind.REFERENCE_NUMBER, False): MessageNote(
        "照会番号登録結果", _INF, "No source has its elements: status, code and message as in the other answers."
    ),
    (MessageKind.BULK_QUALIFICATION, True): MessageNote(
        "一括照会要求", _V1, "The search block of the single request, once for each person."
    ),
    (MessageKind.BULK_QUALIFICATION, False): MessageNote("一括照会の受付", _V1, ""),
    (MessageKind.BULK_QUALIFICATION_RESULT, True): MessageNote("一括照会結果の取得要求", _V2, ""),
    (MessageKind.BULK_QUALIFICATION_RESULT, False): MessageNote(
        "一括照会結果", _V1, "May come as a ZIP that holds the XML (one source)."
    ),
    (MessageKind.BULK_REFERENCE_NUMBER, True): MessageNote("照会番号一括登録要求", _V2, ""),
    (MessageKind.BULK_REFERENCE_NUMBER, False): MessageNote(
        "照会番号一括登録の受付", _INF, "Taken to be the receipt of 一括照会."
    ),
    (MessageKind.BULK_REFERENCE_NUMBER_RESULT, True): MessageNote(
        "照会番号一括登録結果の取得要求", _INF, "Taken to be the request for a 一括照会 result."
    ),
    (MessageKind.BULK_REFERENCE_NUMBER_RESULT, False): MessageNote(
        "照会番号一括登録結果",
        _INF,
        "No source has its elements: the header of 一括照会結果, one unit for each person.",
    ),
    (MessageKind.MEDICINES, True): MessageNote("薬剤情報要求", _V1, "The person stands in the header."),
    (MessageKind.MEDICINES, False): MessageNote(
        "薬剤情報", _MOCK, "Two elements of one source; what it holds is invented. A PDF where one was asked for."
    ),
    (MessageKind.HEALTH_CHECKUPS, True): MessageNote("特定健診情報要求", _V1, "The person stands in the header."),
    (MessageKind.HEALTH_CHECKUPS, False): MessageNote(
        "特定健診情報", _MOCK, "Two elements of one source; what it holds is invented. A PDF where one was asked for."
    ),
}
"""Every message by kind and whether it is the request."""

ELEMENTS: dict[str, Known] = {
    "MessageHeader": Known("ヘッダー", _V2),
    "MessageBody": Known("ボディ", _V2),
    "ProcessExecutionTime": Known("処理実行日時", _V2),
    "QualificationConfirmationDate": Known("資格確認日", _V2),
    "MedicalInstitutionCode": Known("医療機関コード", _V2),
    "ArbitraryFileIdentifier": Known("任意のファイル識別子", _V2, "Echoed; some レセコン find their answer by it."),
    "ReceptionNumber": Known("受付番号", _V1),
    "ReceptionDateTime": Known("受付日時", _V1),
    "ReferenceClassification": Known("照会区分", _V2),
    "SegmentOfResult": Known("処理結果区分", _V2),
    "ErrorCode": Known("エラーコード", _V2, "Only where 処理結果区分 is not 1. The real codes are not public: MOCK-…"),
    "ErrorMessage": Known("エラーメッセージ", _V2, "Only where 処理結果区分 is not 1."),
    "NumberOfProcessingResult": Known("処理結果件数", _V1),
    "NumberOfNormalProcessing": Known("正常処理件数", _V1),
    "NumberOfError": Known("エラー件数", _V1),
    "CharacterCodeIdentifier": Known("文字コード識別", _V2, "Says what the bytes are."),
    "QualificationConfirmSearchInfo": Known("資格確認照会用情報", _V2),
    "InsurerNumber": Known("保険者番号", _V2, "6 digits get two blanks in front in XML, two zeros in JSON."),
    "InsuredCardSymbol": Known("被保険者証記号", _V2),
    "InsuredIdentificationNumber": Known("被保険者証番号", _V2),
    "InsuredBranchNumber": Known("被保険者証枝番", _V2),
    "Birthdate": Known("生年月日", _V2),
    "LimitApplicationCertificateRelatedConsFlg": Known("限度額適用認定証提供同意フラグ", _V2),
    "ArbitraryIdentifier": Known("任意の識別子", _V2),
    "PrescriptionIssueSelect": Known("処方箋発行形態", _V2),
    "ProcessingResultStatus": Known("処理結果状況", _V2),
    "ProcessingResultCode": Known("処理結果コード", _V2, "With an error, and with a success as extra information."),
    "ProcessingResultMessage": Known("処理結果メッセージ", _V2),
    "QualificationValidity": Known("資格有効性", _V2),
    "ResultList": Known("資格確認結果リスト", _V2),
    "ResultOfQualificationConfirmation": Known("資格確認結果", _V2),
    "InsuredCardClassification": Known("被保険者証区分", _V2),
    "PersonalFamilyClassification": Known("本人・家族の別", _V2),
    "InsuredName": Known("被保険者(世帯主)氏名", _V2, "Not necessarily the patient."),
    "Name": Known("氏名", _V2, "Full-width blank between the names."),
    "NameOfOther": Known("氏名(その他)", _V2),
    "NameKana": Known("氏名カナ", _V2, "Half-width katakana, half-width blank."),
    "NameOfOtherKana": Known("氏名カナ(その他)", _V2),
    "Sex1": Known("性別1", _V2),
    "Sex2": Known("性別2", _V2, "Written apart from the face of the paper."),
    "Address": Known("住所", _V2),
    "PostNumber": Known("郵便番号", _V2),
    "QualificationDate": Known("資格取得年月日", _V2, "Newer layouts only."),
    "DisqualificationDate": Known("資格喪失年月日", _V2, "Newer layouts only."),
    "InsuredCertificateIssuanceDate": Known("被保険者証交付年月日", _V2),
    "InsuredCardValidDate": Known("被保険者証有効開始年月日", _V2),
    "InsuredCardExpirationDate": Known("被保険者証有効終了年月日", _V2),
    "InsuredPartialContributionRatio": Known("被保険者証一部負担金割合", _V2, "For 後期高齢者."),
    "PreschoolClassification": Known("未就学区分", _V2),
    "ReasonOfLoss": Known("資格喪失事由", _V2),
    "InsurerName": Known("保険者名称", _V2),
    "ElderlyRecipientCertificateInfo": Known("高齢受給者証情報", _V2),
    "ElderlyRecipientCertificateDate": Known("高齢受給者証交付年月日", _V2),
    "ElderlyRecipientValidStartDate": Known("高齢受給者証有効開始年月日", _V2),
    "ElderlyRecipientValidEndDate": Known("高齢受給者証有効終了年月日", _V2),
    "ElderlyRecipientContributionRatio": Known("高齢受給者証一部負担金割合", _V2),
    "LimitApplicationCertificateRelatedConsTime": Known("限度額適用認定証提供同意日時", _V2),
    "LimitApplicationCertificateRelatedInfo": Known("限度額適用認定証関連情報", _V2),
    "LimitApplicationCertificateClassification": Known("限度額適用認定証区分", _V2),
    "LimitApplicationCertificateClassificationFlag": Known("限度額適用認定証適用区分", _V2),
    "LimitApplicationCertificateDate": Known("限度額適用認定証交付年月日", _V2),
    "LimitApplicationCertificateValidStartDate": Known("限度額適用認定証有効開始年月日", _V2),
    "LimitApplicationCertificateValidEndDate": Known("限度額適用認定証有効終了年月日", _V2),
    "LimitApplicationCertificateLongTermDate": Known("限度額適用認定証長期入院該当年月日", _V2),
    "SpecificDiseasesCertificateRelatedConsFlg": Known("特定疾病療養受療証提供同意フラグ", _V2),
    "SpecificDiseasesCertificateRelatedConsTime": Known("特定疾病療養受療証提供同意日時", _V2),
    "SpecificDiseasesCertificateList": Known("特定疾病療養受療証情報リスト", _V2),
    "SpecificDiseasesCertificateInfo": Known("特定疾病療養受療証情報", _V2),
    "SpecificDiseasesDiseaseCategory": Known("特定疾病療養受療証認定疾病区分", _V2),
    "SpecificDiseasesCertificateDate": Known("特定疾病療養受療証交付年月日", _V2),
    "SpecificDiseasesValidStartDate": Known("特定疾病療養受療証有効開始年月日", _V2),
    "SpecificDiseasesValidEndDate": Known("特定疾病療養受療証有効終了年月日", _V2),
    "SpecificDiseasesSelfPay": Known("特定疾病療養受療証自己負担限度額", _V2, "Yen."),
    "PublicExpenseResultList": Known("医療扶助資格確認結果リスト", _V2),
    "MedicalTicketInfo": Known("医療券・調剤券情報", _V2),
    "TicketType": Known("医療券・調剤券別", _V2),
    "MedicalTicketValidDate": Known("医療券・調剤券有効開始年月日", _V2),
    "MedicalTicketExpirationDate": Known("医療券・調剤券有効終了年月日", _V2),
    "IssueNumber": Known("交付番号", _V2),
    "MedicalTreatmentMonth": Known("診療年月", _V2),
    "DesignatedMedicalInstitutionCode": Known("指定医療機関コード", _V2),
    "DesignatedMedicalInstitutionFlag": Known("指定医療機関確認フラグ", _V2),
    "DesignatedMedicalInstitutionName": Known("指定医療機関名", _V2),
    "PrescriptionIssuerMedicalInstitutionCode": Known("処方箋発行元医療機関コード", _V2),
    "PrescriptionIssuerMedicalInstitutionName": Known("処方箋発行元医療機関名", _V2),
    "InjuryName1": Known("傷病名1", _V2),
    "InjuryName2": Known("傷病名2", _V2),
    "InjuryName3": Known("傷病名3", _V2),
    "MedicalTreatmentType": Known("診療別", _V2),
    "SelfPayAmount": Known("本人支払額", _V2, "Yen."),
    "DistrictContactName": Known("地区担当員名", _V2),
    "HandlingContactName": Known("取扱担当者名", _V2),
    "SingleOrCombinedUse": Known("単独・併用別", _V2),
    "StatusOfSocialInsurance": Known("社会保険状況", _V2),
    "ConsistencyFlag": Known("社会保険状況の整合性フラグ", _V2),
    "StatusOfInfecton": Known("感染症法第37条の2の該当状況", _V2, "The spelling is the layout's own."),
    "StatusOfElderlyMedicalCare": Known("後期高齢者医療の該当状況", _V2),
    "StatusOfPrefecturalExpenses": Known("都道府県費の該当状況", _V2),
    "Remarks1": Known("備考1", _V2),
    "Remarks2": Known("備考2", _V2),
    "Remarks3": Known("備考3", _V2),
    "SpecificHealthCheckupsInfoConsFlg": Known("特定健診情報閲覧同意フラグ", _V2),
    "SpecificHealthCheckupsInfoConsTime": Known("特定健診情報閲覧同意日時", _V2),
    "SpecificHealthCheckupsInfoAvailableTime": Known("特定健診情報閲覧有効期限", _V2, "24 hours after the consent."),
    "PharmacistsInfoConsFlg": Known("薬剤情報閲覧同意フラグ", _V2),
    "PharmacistsInfoConsTime": Known("薬剤情報閲覧同意日時", _V2),
    "PharmacistsInfoAvailableTime": Known("薬剤情報閲覧有効期限", _V2),
    "DiagnosisInfoConsFlg": Known("診療情報閲覧同意フラグ", _V2),
    "DiagnosisInfoConsTime": Known("診療情報閲覧同意日時", _V2),
    "DiagnosisInfoAvailableTime": Known("診療情報閲覧有効期限", _V2),
    "OperationInfoConsFlg": Known("手術情報閲覧同意フラグ", _V2),
    "OperationInfoConsTime": Known("手術情報閲覧同意日時", _V2),
    "OperationInfoAvailableTime": Known("手術情報閲覧有効期限", _V2),
    "ReferenceNumber": Known("照会番号", _V2, "Only where the institution registered one."),
    "LimitApplicationCertificateChanged": Known(
        "限度額適用認定証情報変更有無", _V1, "In bulk answers only; its place is not proven."
    ),
    "QualificationConfirmationKey": Known(
        "資格確認キー", _V1, "Name seen in one face file; meaning, place and Japanese name are ours."
    ),
    "BulkConfirmUnit": Known("一括照会結果の1人分", _V1),
    "ReferenceNumberRegistrationInfo": Known("照会番号登録情報", _V2),
    "BulkRegistrationUnit": Known("一括登録結果の1人分", _MOCK, "The name is our own."),
    "InsuranceCardSymbol": Known("被保険者証記号", _V1),
    "InsuredPersonIdentificationNumber": Known("被保険者証番号", _V1),
    "BranchNumber": Known("被保険者証枝番", _V1),
    "StartDate": Known("開始年月", _V1),
    "EndDate": Known("終了年月", _V1),
    "FileCategory": Known("回答の形式", _V1),
    "PrDiInfClassification": Known(
        "薬剤・診療情報の区分",
        _V1,
        "One program writes 1; the list is not known (OQSCD030, 0 表示しない and 1 表示する, would fit).",
    ),
    "MedicalTreatmentFlag": Known("診療区分", _V1),
    "ResultCode": Known("結果コード", _V1),
    "MessageContents": Known("メッセージ", _V1),
    "MockMedicineList": Known("(架空の)薬剤リスト", _MOCK),
    "MockMedicine": Known("(架空の)薬剤", _MOCK),
    "PrescriptionDate": Known("処方日", _MOCK),
    "DispensingDate": Known("調剤日", _MOCK),
    "MedicalInstitutionName": Known("医療機関名", _MOCK),
    "PharmacyName": Known("薬局名", _MOCK),
    "MedicineName": Known("医薬品名", _MOCK),
    "IngredientName": Known("一般名", _MOCK),
    "ContraindicatedIngredients": Known("併用禁忌の一般名", _MOCK, "Joined by 、."),
    "Usage": Known("用法", _MOCK),
    "Quantity": Known("1日量", _MOCK),
    "Unit": Known("単位", _MOCK),
    "Days": Known("日数", _MOCK),
    "MockHealthCheckupList": Known("(架空の)健診リスト", _MOCK),
    "MockHealthCheckup": Known("(架空の)健診", _MOCK),
    "CheckupDate": Known("健診日", _MOCK),
    "MockCheckupItemList": Known("(架空の)健診項目リスト", _MOCK),
    "MockCheckupItem": Known("(架空の)健診項目", _MOCK),
    "ItemName": Known("項目名", _MOCK),
    "Value": Known("値", _MOCK),
    "Judgement": Known("判定", _MOCK),
}
"""Every element by tag, where no message says otherwise."""

_UPLOAD_FAILED = "Here only where the upload failed: how the service tells that is not recorded."

ELSEWHERE: dict[tuple[str, str], Known] = {
    ("PlainRequestHeader", "ArbitraryFileIdentifier"): Known(
        "任意のファイル識別子", _V2, "Recorded for siimm01; for the requests of bulk results it is inferred."
    ),
    ("ReceiptHeader", "SegmentOfResult"): Known("処理結果区分", _INF, _UPLOAD_FAILED),
    ("ReceiptHeader", "ErrorCode"): Known("エラーコード", _INF, _UPLOAD_FAILED),
    ("ReceiptHeader", "ErrorMessage"): Known("エラーメッセージ", _INF, _UPLOAD_FAILED),
    ("BulkResultRequestBody", "ReceptionNumber"): Known("受付番号", _V2),
    ("ResultBody", "QualificationConfirmSearchInfo"): Known(
        "資格確認照会用情報", _V2, "Echoed where the query was by numbers; its place is not proven."
    ),
    ("ResultOfQualificationConfirmation", "ReferenceNumber"): Known(
        "照会番号", _V2, "Only where the institution registered one; its place is not proven."
    ),
    ("BulkConfirmUnit", "ReferenceNumber"): Known(
        "照会番号", _V1, "One program is prepared for several of them; here there is one."
    ),
    ("ReferenceNumberRegistrationInfo", "ReferenceNumber"): Known("照会番号", _V2, "At most 50 characters."),
    ("ReferenceNumberRegistrationInfo", "InsuredBranchNumber"): Known(
        "被保険者証枝番", _V2, "Recorded without saying whether it may be absent; here it may (後期高齢者 have none)."
    ),
    ("OutcomeHeader", "ProcessExecutionTime"): Known("処理実行日時", _INF),
    ("OutcomeHeader", "MedicalInstitutionCode"): Known("医療機関コード", _INF),
    ("OutcomeHeader", "ArbitraryFileIdentifier"): Known("任意のファイル識別子", _INF),
    ("OutcomeHeader", "SegmentOfResult"): Known("処理結果区分", _INF),
    ("OutcomeHeader", "ErrorCode"): Known("エラーコード", _INF),
    ("OutcomeHeader", "ErrorMessage"): Known("エラーメッセージ", _INF),
    ("OutcomeHeader", "CharacterCodeIdentifier"): Known("文字コード識別", _INF),
    ("ReferenceNumberResultBody", "ProcessingResultStatus"): Known("処理結果状況", _INF),
    ("ReferenceNumberResultBody", "ProcessingResultCode"): Known("処理結果コード", _INF),
    ("ReferenceNumberResultBody", "ProcessingResultMessage"): Known("処理結果メッセージ", _INF),
    ("BulkRegistrationUnit", "ReferenceNumberRegistrationInfo"): Known("照会番号登録情報", _INF),
    ("BulkRegistrationUnit", "ProcessingResultStatus"): Known("処理結果状況", _INF),
    ("BulkRegistrationUnit", "ProcessingResultCode"): Known("処理結果コード", _INF),
    ("BulkRegistrationUnit", "ProcessingResultMessage"): Known("処理結果メッセージ", _INF),
    ("MedicalRequestHeader", "MedicalInstitutionCode"): Known("医療機関コード", _V1),
    ("MedicalRequestHeader", "InsurerNumber"): Known("保険者番号", _V1),
    ("MedicalRequestHeader", "ArbitraryFileIdentifier"): Known("任意のファイル識別子", _V1),
    ("MedicalResultHeader", "ProcessExecutionTime"): Known("処理実行日時", _INF),
    ("MedicalResultHeader", "MedicalInstitutionCode"): Known("医療機関コード", _INF),
    ("MedicalResultHeader", "ArbitraryFileIdentifier"): Known("任意のファイル識別子", _INF),
    ("MedicalResultHeader", "CharacterCodeIdentifier"): Known("文字コード識別", _INF),
}
"""Elements that are known otherwise in one group (the model's name) than elsewhere."""


def known(group: str, tag: str) -> Known:
    """What is known of an element inside of a group, which is called by its model's name."""
    return ELSEWHERE.get((group, tag)) or ELEMENTS[tag]
