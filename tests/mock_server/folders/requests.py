"""Request files as a レセコン writes them, from a persona's numbers; text by hand, no model of the server's."""

from __future__ import annotations

from mock_server.personas import find_persona

DAY = "20261120"


def declared(encoding: str) -> str:
    name = {"utf-8": "UTF-8", "cp932": "Shift_JIS"}[encoding]
    return f'<?xml version="1.0" encoding="{name}" standalone="no"?>\n'


def element(name: str, text: str) -> str:
    return f"<{name}>{text}</{name}>" if text else ""


def numbers_of(persona: str) -> dict[str, str]:
    numbers = find_persona(persona).numbers()
    return numbers | {"birthdate": numbers["birthdate"].replace("-", "")}


def qualification(
    persona: str = "taro",
    *,
    encoding: str = "cp932",
    institution: str = "1312345678",
    identifier: str = "",
    day: str = DAY,
    more: str = "",
    **replaced: str,
) -> bytes:
    """siquc01req (online-qualification.md §2.1, §2.2)."""
    numbers = numbers_of(persona) | replaced
    return (
        f"{declared(encoding)}<XmlMsg><MessageHeader>"
        f"<QualificationConfirmationDate>{day}</QualificationConfirmationDate>"
        f"<MedicalInstitutionCode>{institution}</MedicalInstitutionCode>"
        f"{element('ArbitraryFileIdentifier', identifier)}</MessageHeader><MessageBody>{search_info(numbers)}{more}"
        "</MessageBody></XmlMsg>\n"
    ).encode(encoding)


def search_info(numbers: dict[str, str]) -> str:
    return (
        f"<QualificationConfirmSearchInfo><InsurerNumber>{numbers['insurer_number'].rjust(8)}</InsurerNumber>"
        f"{element('InsuredCardSymbol', numbers['symbol'])}"
        f"<InsuredIdentificationNumber>{numbers['number']}</InsuredIdentificationNumber>"
        f"{element('InsuredBranchNumber', numbers['branch'])}<Birthdate>{numbers['birthdate']}</Birthdate>"
        "<LimitApplicationCertificateRelatedConsFlg>0</LimitApplicationCertificateRelatedConsFlg>"
        "</QualificationConfirmSearchInfo>"
    )


def reference_number(
    persona: str = "taro", reference: str = "0012345", *, encoding: str = "cp932", identifier: str = "", **replaced: str
) -> bytes:
    """siimm01req: the institution's own number of a person."""
    return (
        f"{declared(encoding)}<XmlMsg>{plain_header(identifier)}<MessageBody>"
        f"{registration_info(numbers_of(persona) | replaced, reference)}</MessageBody></XmlMsg>\n"
    ).encode(encoding)


def registration_info(numbers: dict[str, str], number: str) -> str:
    return (
        f"<ReferenceNumberRegistrationInfo><ReferenceNumber>{number}</ReferenceNumber>"
        f"<InsurerNumber>{numbers['insurer_number'].rjust(8)}</InsurerNumber>"
        f"{element('InsuredCardSymbol', numbers['symbol'])}"
        f"<InsuredIdentificationNumber>{numbers['number']}</InsuredIdentificationNumber>"
        f"{element('InsuredBranchNumber', numbers['branch'])}</ReferenceNumberRegistrationInfo>"
    )


def plain_header(identifier: str = "", institution: str = "1312345678") -> str:
    return (
        f"<MessageHeader><MedicalInstitutionCode>{institution}</MedicalInstitutionCode>"
        f"{element('ArbitraryFileIdentifier', identifier)}</MessageHeader>"
    )


def bulk_qualification(personas: list[str], *, encoding: str = "cp932", identifier: str = "") -> bytes:
    """muquc01req."""
    people = "".join(search_info(numbers_of(persona)) for persona in personas)
    return (
        f"{declared(encoding)}<XmlMsg><MessageHeader>"
        f"<QualificationConfirmationDate>{DAY}</QualificationConfirmationDate>"
        f"<MedicalInstitutionCode>1312345678</MedicalInstitutionCode>{element('ArbitraryFileIdentifier', identifier)}"
        f"</MessageHeader><MessageBody>{people}</MessageBody></XmlMsg>\n"
    ).encode(encoding)


def bulk_reference_numbers(numbers: dict[str, str], *, encoding: str = "cp932") -> bytes:
    """muimm01req: 照会番号 by persona."""
    infos = "".join(registration_info(numbers_of(persona), number) for persona, number in numbers.items())
    return (f"{declared(encoding)}<XmlMsg>{plain_header()}<MessageBody>{infos}</MessageBody></XmlMsg>\n").encode(
        encoding
    )


def bulk_result(reception_number: str, *, encoding: str = "cp932", identifier: str = "") -> bytes:
    """muquc02req and muimm02req."""
    return (
        f"{declared(encoding)}<XmlMsg>{plain_header(identifier)}<MessageBody>"
        f"<ReceptionNumber>{reception_number}</ReceptionNumber></MessageBody></XmlMsg>\n"
    ).encode(encoding)


def medical(persona: str, category: str, *, period: bool = True, encoding: str = "cp932") -> bytes:
    """YZKsiquc01req (with `period`) or TKKsiquc01req: the person stands in the header under other names."""
    numbers = numbers_of(persona)
    return (
        f"{declared(encoding)}<XmlMsg><MessageHeader><MedicalInstitutionCode>1312345678</MedicalInstitutionCode>"
        f"<InsurerNumber>{numbers['insurer_number'].rjust(8)}</InsurerNumber>"
        f"{element('InsuranceCardSymbol', numbers['symbol'])}"
        f"<InsuredPersonIdentificationNumber>{numbers['number']}</InsuredPersonIdentificationNumber>"
        f"{element('BranchNumber', numbers['branch'])}</MessageHeader><MessageBody>"
        f"{'<StartDate>202501</StartDate><EndDate>202612</EndDate>' if period else ''}"
        f"<FileCategory>{category}</FileCategory><PrDiInfClassification>1</PrDiInfClassification>"
        "<MedicalTreatmentFlag>1</MedicalTreatmentFlag></MessageBody></XmlMsg>\n"
    ).encode(encoding)
