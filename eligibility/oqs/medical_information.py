"""YZKsiquc01 and TKKsiquc01: 薬剤情報 and 特定健診情報 after a consent (online-qualification.md §2.2).

Rule: the shape of the messages only. One public program is the source of the requests and of the two outcome elements
of an answer. **What an answer holds is our own invention**, in elements that begin with `Mock`: the layout of the real
contents is not recorded, and nobody should write a parser for these. What breaks if this is wrong: somebody does.
"""

from __future__ import annotations

from pydantic_xml import element

from eligibility.oqs.codes import CharacterCodeIdentifier, FileCategory, MedicalInformationOutcome
from eligibility.oqs.elements import Element, PersonalElement
from eligibility.oqs.values import AskedNumber, Branch, Code, Date, InstitutionCode, InsurerNumber, Month, Text, Time


class MedicalRequestHeader(PersonalElement, tag="MessageHeader"):
    """The header of both requests: the person stands here, under other names than elsewhere."""

    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    insurer_number: InsurerNumber = element(tag="InsurerNumber")
    insurance_card_symbol: AskedNumber | None = element(tag="InsuranceCardSymbol", default=None)
    insured_person_identification_number: AskedNumber = element(tag="InsuredPersonIdentificationNumber")
    branch_number: Branch | None = element(tag="BranchNumber", default=None)
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)


class MedicinesRequestBody(Element, tag="MessageBody"):
    """The body of YZKsiquc01req. Whether the months may be absent is not recorded; here they may."""

    start_date: Month | None = element(tag="StartDate", default=None)
    """The first month that is asked for."""
    end_date: Month | None = element(tag="EndDate", default=None)
    """The last month that is asked for."""
    file_category: FileCategory = element(tag="FileCategory")
    pr_di_inf_classification: Code | None = element(tag="PrDiInfClassification", default=None)
    """One program writes 1; the list is not recorded."""
    medical_treatment_flag: Code | None = element(tag="MedicalTreatmentFlag", default=None)
    """診療区分"""


class MedicinesRequest(Element, tag="XmlMsg"):
    """YZKsiquc01req: which medicines did this person get?"""

    message_header: MedicalRequestHeader = element(tag="MessageHeader")
    message_body: MedicinesRequestBody = element(tag="MessageBody")


class HealthCheckupsRequestBody(Element, tag="MessageBody"):
    """The body of TKKsiquc01req."""

    file_category: FileCategory = element(tag="FileCategory")
    pr_di_inf_classification: Code | None = element(tag="PrDiInfClassification", default=None)
    medical_treatment_flag: Code | None = element(tag="MedicalTreatmentFlag", default=None)
    """診療区分"""


class HealthCheckupsRequest(Element, tag="XmlMsg"):
    """TKKsiquc01req: what did this person's 特定健診 find?"""

    message_header: MedicalRequestHeader = element(tag="MessageHeader")
    message_body: HealthCheckupsRequestBody = element(tag="MessageBody")


class MedicalResultHeader(Element, tag="MessageHeader"):
    """The header of both answers; inferred."""

    process_execution_time: Time = element(tag="ProcessExecutionTime")
    medical_institution_code: InstitutionCode = element(tag="MedicalInstitutionCode")
    arbitrary_file_identifier: Text | None = element(tag="ArbitraryFileIdentifier", default=None)
    character_code_identifier: CharacterCodeIdentifier = element(
        tag="CharacterCodeIdentifier", default=CharacterCodeIdentifier.UTF_8
    )


class MockMedicine(PersonalElement, tag="MockMedicine"):
    """One invented medicine, as it was prescribed and dispensed."""

    prescription_date: Date | None = element(tag="PrescriptionDate", default=None)
    dispensing_date: Date | None = element(tag="DispensingDate", default=None)
    medical_institution_name: Text | None = element(tag="MedicalInstitutionName", default=None)
    pharmacy_name: Text | None = element(tag="PharmacyName", default=None)
    medicine_name: Text = element(tag="MedicineName")
    ingredient_name: Text | None = element(tag="IngredientName", default=None)
    """一般名: by which the same medicine under another name is found."""
    contraindicated_ingredients: Text | None = element(tag="ContraindicatedIngredients", default=None)
    """一般名 that must not be taken with it, joined by 、."""
    usage: Text | None = element(tag="Usage", default=None)
    """用法"""
    quantity: Text | None = element(tag="Quantity", default=None)
    """1日量, a number"""
    unit: Text | None = element(tag="Unit", default=None)
    days: Text | None = element(tag="Days", default=None)
    """日数, a number"""


class MockMedicineList(PersonalElement, tag="MockMedicineList"):
    """Invented medicines."""

    medicines: tuple[MockMedicine, ...] = element(tag="MockMedicine", default=())


class MedicinesResultBody(Element, tag="MessageBody"):
    """The body of YZKsiquc01res: recorded are the two outcome elements, the list is invented."""

    result_code: Text = element(tag="ResultCode")
    message_contents: Text | None = element(tag="MessageContents", default=None)
    """Why there is nothing, in words."""
    mock_medicine_list: MockMedicineList | None = element(tag="MockMedicineList", default=None)


class MedicinesResult(Element, tag="XmlMsg"):
    """YZKsiquc01res as XML; with `FileCategory` 1 the answer is a PDF instead."""

    message_header: MedicalResultHeader = element(tag="MessageHeader")
    message_body: MedicinesResultBody = element(tag="MessageBody")

    @property
    def is_done(self) -> bool:
        """Whether the answer is an answer."""
        return self.message_body.result_code == MedicalInformationOutcome.DONE

    @property
    def medicines(self) -> tuple[MockMedicine, ...]:
        """The medicines, in the order they stand."""
        found = self.message_body.mock_medicine_list
        return found.medicines if found else ()


class MockCheckupItem(PersonalElement, tag="MockCheckupItem"):
    """One invented finding of a 特定健診."""

    item_name: Text = element(tag="ItemName")
    value: Text | None = element(tag="Value", default=None)
    unit: Text | None = element(tag="Unit", default=None)
    judgement: Text | None = element(tag="Judgement", default=None)


class MockCheckupItemList(PersonalElement, tag="MockCheckupItemList"):
    """Invented findings."""

    items: tuple[MockCheckupItem, ...] = element(tag="MockCheckupItem", default=())


class MockHealthCheckup(PersonalElement, tag="MockHealthCheckup"):
    """One invented 特定健診."""

    checkup_date: Date = element(tag="CheckupDate")
    medical_institution_name: Text | None = element(tag="MedicalInstitutionName", default=None)
    mock_checkup_item_list: MockCheckupItemList | None = element(tag="MockCheckupItemList", default=None)

    @property
    def items(self) -> tuple[MockCheckupItem, ...]:
        """The findings."""
        return self.mock_checkup_item_list.items if self.mock_checkup_item_list else ()


class MockHealthCheckupList(PersonalElement, tag="MockHealthCheckupList"):
    """Invented 特定健診."""

    checkups: tuple[MockHealthCheckup, ...] = element(tag="MockHealthCheckup", default=())


class HealthCheckupsResultBody(Element, tag="MessageBody"):
    """The body of TKKsiquc01res: recorded are the two outcome elements, the list is invented."""

    result_code: Text = element(tag="ResultCode")
    message_contents: Text | None = element(tag="MessageContents", default=None)
    """Why there is nothing, in words."""
    mock_health_checkup_list: MockHealthCheckupList | None = element(tag="MockHealthCheckupList", default=None)


class HealthCheckupsResult(Element, tag="XmlMsg"):
    """TKKsiquc01res as XML; with `FileCategory` 1 the answer is a PDF instead."""

    message_header: MedicalResultHeader = element(tag="MessageHeader")
    message_body: HealthCheckupsResultBody = element(tag="MessageBody")

    @property
    def is_done(self) -> bool:
        """Whether the answer is an answer."""
        return self.message_body.result_code == MedicalInformationOutcome.DONE

    @property
    def checkups(self) -> tuple[MockHealthCheckup, ...]:
        """The checkups, in the order they stand."""
        found = self.message_body.mock_health_checkup_list
        return found.checkups if found else ()
