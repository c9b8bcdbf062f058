"""資格確認結果: what the service says about one person, element by element.

The order of the fields is the order of layout Ver 8.07 (online-qualification.md §2.3), in which `res` files are
written; reading does not depend on it. The official layout (別紙3-1) is not public: names and order are those on which
independent open programs agree. What breaks if this is wrong: a レセコン does not find an item.
"""

from __future__ import annotations

from datetime import date

from pydantic_xml import element

from eligibility.oqs.elements import PersonalElement
from eligibility.oqs.values import (
    Branch,
    Code,
    Date,
    InsurerNumber,
    Month,
    PostNumber,
    Ratio,
    Text,
    Time,
    read_date,
    read_ratio,
)


class ElderlyRecipientCertificateInfo(PersonalElement, tag="ElderlyRecipientCertificateInfo"):
    """高齢受給者証情報: the share of a person of 70 to 74."""

    elderly_recipient_certificate_date: Date | None = element(tag="ElderlyRecipientCertificateDate", default=None)
    elderly_recipient_valid_start_date: Date | None = element(tag="ElderlyRecipientValidStartDate", default=None)
    elderly_recipient_valid_end_date: Date | None = element(tag="ElderlyRecipientValidEndDate", default=None)
    elderly_recipient_contribution_ratio: Ratio | None = element(tag="ElderlyRecipientContributionRatio", default=None)


class LimitApplicationCertificateRelatedInfo(PersonalElement, tag="LimitApplicationCertificateRelatedInfo"):
    """限度額適用認定証関連情報."""

    limit_application_certificate_classification: Code | None = element(
        tag="LimitApplicationCertificateClassification", default=None
    )
    limit_application_certificate_classification_flag: Code | None = element(
        tag="LimitApplicationCertificateClassificationFlag", default=None
    )
    limit_application_certificate_date: Date | None = element(tag="LimitApplicationCertificateDate", default=None)
    limit_application_certificate_valid_start_date: Date | None = element(
        tag="LimitApplicationCertificateValidStartDate", default=None
    )
    limit_application_certificate_valid_end_date: Date | None = element(
        tag="LimitApplicationCertificateValidEndDate", default=None
    )
    limit_application_certificate_long_term_date: Date | None = element(
        tag="LimitApplicationCertificateLongTermDate", default=None
    )


class SpecificDiseasesCertificateInfo(PersonalElement, tag="SpecificDiseasesCertificateInfo"):
    """特定疾病療養受療証情報. The amount is in yen, as text."""

    specific_diseases_disease_category: Code | None = element(tag="SpecificDiseasesDiseaseCategory", default=None)
    specific_diseases_certificate_date: Date | None = element(tag="SpecificDiseasesCertificateDate", default=None)
    specific_diseases_valid_start_date: Date | None = element(tag="SpecificDiseasesValidStartDate", default=None)
    specific_diseases_valid_end_date: Date | None = element(tag="SpecificDiseasesValidEndDate", default=None)
    specific_diseases_self_pay: Text | None = element(tag="SpecificDiseasesSelfPay", default=None)


class SpecificDiseasesCertificateList(PersonalElement, tag="SpecificDiseasesCertificateList"):
    """特定疾病療養受療証情報リスト."""

    certificates: tuple[SpecificDiseasesCertificateInfo, ...] = element(
        tag="SpecificDiseasesCertificateInfo", default=()
    )


class MedicalTicketInfo(PersonalElement, tag="MedicalTicketInfo"):
    """医療券・調剤券情報 of a person under 医療扶助. The spelling `StatusOfInfecton` is the layout's own."""

    ticket_type: Code | None = element(tag="TicketType", default=None)
    medical_ticket_valid_date: Date | None = element(tag="MedicalTicketValidDate", default=None)
    medical_ticket_expiration_date: Date | None = element(tag="MedicalTicketExpirationDate", default=None)
    issue_number: Text | None = element(tag="IssueNumber", default=None)
    medical_treatment_month: Month | None = element(tag="MedicalTreatmentMonth", default=None)
    designated_medical_institution_code: Text | None = element(tag="DesignatedMedicalInstitutionCode", default=None)
    designated_medical_institution_flag: Code | None = element(tag="DesignatedMedicalInstitutionFlag", default=None)
    designated_medical_institution_name: Text | None = element(tag="DesignatedMedicalInstitutionName", default=None)
    prescription_issuer_medical_institution_code: Text | None = element(
        tag="PrescriptionIssuerMedicalInstitutionCode", default=None
    )
    prescription_issuer_medical_institution_name: Text | None = element(
        tag="PrescriptionIssuerMedicalInstitutionName", default=None
    )
    injury_name1: Text | None = element(tag="InjuryName1", default=None)
    injury_name2: Text | None = element(tag="InjuryName2", default=None)
    injury_name3: Text | None = element(tag="InjuryName3", default=None)
    medical_treatment_type: Code | None = element(tag="MedicalTreatmentType", default=None)
    self_pay_amount: Text | None = element(tag="SelfPayAmount", default=None)
    district_contact_name: Text | None = element(tag="DistrictContactName", default=None)
    handling_contact_name: Text | None = element(tag="HandlingContactName", default=None)
    single_or_combined_use: Code | None = element(tag="SingleOrCombinedUse", default=None)
    status_of_social_insurance: Code | None = element(tag="StatusOfSocialInsurance", default=None)
    consistency_flag: Code | None = element(tag="ConsistencyFlag", default=None)
    status_of_infecton: Code | None = element(tag="StatusOfInfecton", default=None)
    status_of_elderly_medical_care: Code | None = element(tag="StatusOfElderlyMedicalCare", default=None)
    status_of_prefectural_expenses: Code | None = element(tag="StatusOfPrefecturalExpenses", default=None)
    remarks1: Text | None = element(tag="Remarks1", default=None)
    remarks2: Text | None = element(tag="Remarks2", default=None)
    remarks3: Text | None = element(tag="Remarks3", default=None)


class PublicExpenseResultList(PersonalElement, tag="PublicExpenseResultList"):
    """医療扶助資格確認結果リスト."""

    tickets: tuple[MedicalTicketInfo, ...] = element(tag="MedicalTicketInfo", default=())


class ResultOfQualificationConfirmation(PersonalElement, tag="ResultOfQualificationConfirmation"):
    """資格確認結果: one qualification of one person."""

    insured_card_classification: Code | None = element(tag="InsuredCardClassification", default=None)
    insurer_number: InsurerNumber | None = element(tag="InsurerNumber", default=None)
    insured_card_symbol: Text | None = element(tag="InsuredCardSymbol", default=None)
    insured_identification_number: Text | None = element(tag="InsuredIdentificationNumber", default=None)
    insured_branch_number: Branch | None = element(tag="InsuredBranchNumber", default=None)
    personal_family_classification: Code | None = element(tag="PersonalFamilyClassification", default=None)
    insured_name: Text | None = element(tag="InsuredName", default=None)
    """被保険者(世帯主)氏名: not necessarily the patient."""
    name: Text | None = element(tag="Name", default=None)
    """氏名, family and given name joined by a full-width blank."""
    name_of_other: Text | None = element(tag="NameOfOther", default=None)
    name_kana: Text | None = element(tag="NameKana", default=None)
    """氏名カナ in half-width katakana with a half-width blank."""
    name_of_other_kana: Text | None = element(tag="NameOfOtherKana", default=None)
    sex1: Code | None = element(tag="Sex1", default=None)
    sex2: Code | None = element(tag="Sex2", default=None)
    birthdate: Date | None = element(tag="Birthdate", default=None)
    address: Text | None = element(tag="Address", default=None)
    post_number: PostNumber | None = element(tag="PostNumber", default=None)
    qualification_date: Date | None = element(tag="QualificationDate", default=None)
    """資格取得年月日"""
    disqualification_date: Date | None = element(tag="DisqualificationDate", default=None)
    """資格喪失年月日"""
    insured_certificate_issuance_date: Date | None = element(tag="InsuredCertificateIssuanceDate", default=None)
    insured_card_valid_date: Date | None = element(tag="InsuredCardValidDate", default=None)
    insured_card_expiration_date: Date | None = element(tag="InsuredCardExpirationDate", default=None)
    insured_partial_contribution_ratio: Ratio | None = element(tag="InsuredPartialContributionRatio", default=None)
    """一部負担金割合 of a 後期高齢者."""
    preschool_classification: Code | None = element(tag="PreschoolClassification", default=None)
    reason_of_loss: Code | None = element(tag="ReasonOfLoss", default=None)
    insurer_name: Text | None = element(tag="InsurerName", default=None)
    elderly_recipient_certificate_info: ElderlyRecipientCertificateInfo | None = element(
        tag="ElderlyRecipientCertificateInfo", default=None
    )
    limit_application_certificate_related_cons_flg: Code | None = element(
        tag="LimitApplicationCertificateRelatedConsFlg", default=None
    )
    limit_application_certificate_related_cons_time: Time | None = element(
        tag="LimitApplicationCertificateRelatedConsTime", default=None
    )
    limit_application_certificate_related_info: LimitApplicationCertificateRelatedInfo | None = element(
        tag="LimitApplicationCertificateRelatedInfo", default=None
    )
    specific_diseases_certificate_related_cons_flg: Code | None = element(
        tag="SpecificDiseasesCertificateRelatedConsFlg", default=None
    )
    specific_diseases_certificate_related_cons_time: Time | None = element(
        tag="SpecificDiseasesCertificateRelatedConsTime", default=None
    )
    specific_diseases_certificate_list: SpecificDiseasesCertificateList | None = element(
        tag="SpecificDiseasesCertificateList", default=None
    )
    public_expense_result_list: PublicExpenseResultList | None = element(tag="PublicExpenseResultList", default=None)
    specific_health_checkups_info_cons_flg: Code | None = element(tag="SpecificHealthCheckupsInfoConsFlg", default=None)
    specific_health_checkups_info_cons_time: Time | None = element(
        tag="SpecificHealthCheckupsInfoConsTime", default=None
    )
    specific_health_checkups_info_available_time: Time | None = element(
        tag="SpecificHealthCheckupsInfoAvailableTime", default=None
    )
    pharmacists_info_cons_flg: Code | None = element(tag="PharmacistsInfoConsFlg", default=None)
    pharmacists_info_cons_time: Time | None = element(tag="PharmacistsInfoConsTime", default=None)
    pharmacists_info_available_time: Time | None = element(tag="PharmacistsInfoAvailableTime", default=None)
    diagnosis_info_cons_flg: Code | None = element(tag="DiagnosisInfoConsFlg", default=None)
    diagnosis_info_cons_time: Time | None = element(tag="DiagnosisInfoConsTime", default=None)
    diagnosis_info_available_time: Time | None = element(tag="DiagnosisInfoAvailableTime", default=None)
    operation_info_cons_flg: Code | None = element(tag="OperationInfoConsFlg", default=None)
    operation_info_cons_time: Time | None = element(tag="OperationInfoConsTime", default=None)
    operation_info_available_time: Time | None = element(tag="OperationInfoAvailableTime", default=None)
    reference_number: Text | None = element(tag="ReferenceNumber", default=None)
    """照会番号, only where the institution registered one. Place not proven: here behind the 45 of the layout."""
    limit_application_certificate_changed: Code | None = element(tag="LimitApplicationCertificateChanged", default=None)
    """限度額情報変更有無: in a bulk answer only; one source, its place not proven."""
    qualification_confirmation_key: Text | None = element(tag="QualificationConfirmationKey", default=None)
    """Seen in a face file by one source; meaning and place unknown."""

    @property
    def born_on(self) -> date | None:
        """生年月日."""
        return read_date(self.birthdate)

    @property
    def qualified_on(self) -> date | None:
        """資格取得年月日."""
        return read_date(self.qualification_date)

    @property
    def lost_on(self) -> date | None:
        """資格喪失年月日: the first day without this insurance."""
        return read_date(self.disqualification_date)

    @property
    def valid_from(self) -> date | None:
        """被保険者証有効開始年月日."""
        return read_date(self.insured_card_valid_date)

    @property
    def valid_until(self) -> date | None:
        """被保険者証有効終了年月日: the last valid day."""
        return read_date(self.insured_card_expiration_date)

    @property
    def burden_ratio(self) -> int | None:
        """一部負担金割合 in percent; the service names it for 後期高齢者."""
        return read_ratio(self.insured_partial_contribution_ratio)

    @property
    def elderly_burden_ratio(self) -> int | None:
        """The share on the 高齢受給者証 in percent, whether or not that is in effect on a given day."""
        paper = self.elderly_recipient_certificate_info
        return read_ratio(paper.elderly_recipient_contribution_ratio) if paper else None
