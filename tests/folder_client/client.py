"""A レセコン's end of the folders: writes requests, waits for answers, collects them (facts §1)."""

from __future__ import annotations

import io
import itertools
import os
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.folder_client.reading import Reading, UnreadableError, read

LOOK_S = 0.05
STABLE_S = 0.3
"""An answer is whole when two reads this far apart are the same."""


# ── habits of naming and writing ──


def twelve_characters() -> Iterator[str]:
    """YYYYMMDD and a running number of four digits."""
    return (f"20261120{number:04}" for number in itertools.count(1))


def date_and_patient() -> Iterator[str]:
    """The moment and the patient's number, in one."""
    return (f"20261120093000{number:010}" for number in itertools.count(4711))


def with_underscore() -> Iterator[str]:
    """Two numbers with an underscore between."""
    return (f"20261120_{number:08}" for number in itertools.count(1))


def write_and_rename(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)


def write_in_place(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def write_slowly(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        for part in (content[:10], content[10:200], content[200:]):
            file.write(part)
            file.flush()
            time.sleep(0.15)


# ── what came of a request ──


@dataclass(frozen=True)
class Answered:
    reading: Reading
    name: str = ""


@dataclass(frozen=True)
class Refused:
    """The request came back with an `.err`."""

    code: str
    explanation: str
    copy: bytes


@dataclass(frozen=True)
class Unreadable:
    """An answer came that is none."""

    raw: bytes


@dataclass(frozen=True)
class Unanswered:
    """Nothing came in time."""

    still_in_req: bool


@dataclass(frozen=True)
class Document:
    """A PDF came, whole from its first line to its last."""

    raw: bytes


Outcome = Answered | Document | Refused | Unreadable | Unanswered


@dataclass
class FolderClient:
    """One レセコン of one institution."""

    root: Path
    institution: str = "1312345678"
    encoding: str = "cp932"
    suffixes: Iterator[str] = field(default_factory=twelve_characters)
    write: Callable[[Path, bytes], None] = write_and_rename
    patience_s: float = 60.0
    """How long it waits for an answer to come."""
    gives_up_s: float = 15.0
    """How long an answer that cannot be read may still become one: half a file may stand still for a while."""
    day: str = "20261120"

    # ── asking ──

    def send(self, kind: str, header: str, body: str, identifier: str = "") -> str:
        """Put a request into req; its name."""
        declared = {"utf-8": "UTF-8", "cp932": "Shift_JIS"}[self.encoding]
        message = (
            f'<?xml version="1.0" encoding="{declared}" standalone="no"?>\r\n<XmlMsg>\r\n<MessageHeader>{header}'
            f"{tag('ArbitraryFileIdentifier', identifier)}</MessageHeader>\r\n<MessageBody>{body}</MessageBody>\r\n"
            "</XmlMsg>"
        )
        name = f"{kind}req_{next(self.suffixes)}.xml"
        self.write(self.root / "req" / name, message.encode(self.encoding))
        return name

    def ask(self, numbers: Mapping[str, str], identifier: str = "") -> str:
        """資格確認 by the numbers of a paper; the request's name."""
        header = tag("QualificationConfirmationDate", self.day) + tag("MedicalInstitutionCode", self.institution)
        return self.send("OQSsiquc01", header, search_info(numbers), identifier)

    def ask_many(self, people: list[Mapping[str, str]], identifier: str = "") -> str:
        """一括照会: the upload."""
        header = tag("QualificationConfirmationDate", self.day) + tag("MedicalInstitutionCode", self.institution)
        return self.send("OQSmuquc01", header, "".join(map(search_info, people)), identifier)

    def fetch(self, kind: str, reception_number: str) -> str:
        """Ask for the result of a 受付番号."""
        header = tag("MedicalInstitutionCode", self.institution)
        return self.send(kind, header, tag("ReceptionNumber", reception_number))

    def register_number(self, numbers: Mapping[str, str], reference: str) -> str:
        """照会番号登録."""
        header = tag("MedicalInstitutionCode", self.institution)
        return self.send("OQSsiimm01", header, registration_info(numbers, reference))

    def register_many(self, people: list[tuple[Mapping[str, str], str]]) -> str:
        """照会番号 of several: the upload."""
        body = "".join(registration_info(numbers, reference) for numbers, reference in people)
        return self.send("OQSmuimm01", tag("MedicalInstitutionCode", self.institution), body)

    def ask_medical(self, kind: str, numbers: Mapping[str, str], category: str) -> str:
        """薬剤情報 (YZKsiquc01) or 特定健診情報 (TKKsiquc01) as PDF (1) or XML (2)."""
        header = (
            tag("MedicalInstitutionCode", self.institution)
            + tag("InsurerNumber", numbers["insurer_number"].rjust(8))
            + tag("InsuranceCardSymbol", numbers["symbol"])
            + tag("InsuredPersonIdentificationNumber", numbers["number"])
            + tag("BranchNumber", numbers["branch"])
        )
        months = tag("StartDate", "202501") + tag("EndDate", "202611") if kind == "YZKsiquc01" else ""
        return self.send(kind, header, months + tag("FileCategory", category) + tag("PrDiInfClassification", "1"))

    # ── waiting ──

    def result(self, request: str) -> Outcome:
        """What became of a request: never sent again, resumed on the same answer."""
        return self.results([request])[request]

    def results(self, sent: list[str]) -> dict[str, Outcome]:
        """What became of several, each collected as soon as it is whole."""
        res, found, watch = self.root / "res", dict[str, Outcome](), Watch(self.gives_up_s)
        deadline = time.monotonic() + self.patience_s
        while len(found) < len(sent) and time.monotonic() < deadline:
            for request in sent:
                if request in found:
                    continue
                error = res / request.replace(".xml", ".err")
                if error.exists():
                    found[request] = self._refused(error, error.with_suffix(".xml"))
                    continue
                answer = res / request.replace("req_", "res_")
                for path in (answer, answer.with_suffix(".zip"), answer.with_suffix(".pdf")):
                    outcome = watch.whole(path)
                    if outcome is not None:
                        path.unlink()
                        found[request] = outcome
            time.sleep(LOOK_S)
        waiting = {request: (self.root / "req" / request).exists() for request in sent if request not in found}
        return found | {request: Unanswered(still_in_req) for request, still_in_req in waiting.items()}

    def faces(self, count: int) -> list[Outcome]:
        """The next results of cards that were read, collected."""
        found: list[Outcome] = []
        watch = Watch(self.gives_up_s)
        deadline = time.monotonic() + self.patience_s
        while len(found) < count and time.monotonic() < deadline:
            for path in sorted((self.root / "face").glob("OQSsiquc01res_face_*.xml")):
                outcome = watch.whole(path)
                if outcome is not None:
                    path.unlink()
                    found.append(outcome)
            time.sleep(LOOK_S)
        return found

    def _refused(self, error: Path, copy: Path) -> Refused:
        said = error.read_bytes().decode(self.encoding)
        given_back = copy.read_bytes() if copy.exists() else b""
        error.unlink()
        copy.unlink(missing_ok=True)
        return Refused(said.splitlines()[0], said, given_back)


def conclude(raw: bytes, name: str) -> Outcome:
    if name.endswith(".pdf"):
        is_whole = raw.startswith(b"%PDF-") and raw.rstrip().endswith(b"%%EOF")
        return Document(raw) if is_whole else Unreadable(raw)
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            [inner] = archive.namelist()
            raw = archive.read(inner)
    try:
        return Answered(read(raw), name)
    except UnreadableError:
        return Unreadable(raw)


class Watch:
    """Remembers what files held, to tell when one has stopped changing."""

    def __init__(self, gives_up_s: float) -> None:
        self._gives_up_s = gives_up_s
        self._seen: dict[Path, tuple[bytes, float]] = {}

    def whole(self, path: Path) -> Outcome | None:
        """What stands in the file once it has been the same for a while; None until then."""
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        now = time.monotonic()
        before, since = self._seen.get(path, (None, now))
        if raw != before:
            self._seen[path] = (raw, now)
            return None
        if now - since < STABLE_S:
            return None
        outcome = conclude(raw, path.name)
        return None if isinstance(outcome, Unreadable) and now - since < self._gives_up_s else outcome


def tag(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else ""


def search_info(numbers: Mapping[str, str]) -> str:
    return (
        "<QualificationConfirmSearchInfo>"
        + tag("InsurerNumber", numbers["insurer_number"].rjust(8))
        + tag("InsuredCardSymbol", numbers["symbol"])
        + tag("InsuredIdentificationNumber", numbers["number"])
        + tag("InsuredBranchNumber", numbers["branch"])
        + tag("Birthdate", numbers["birthdate"].replace("-", ""))
        + tag("LimitApplicationCertificateRelatedConsFlg", "0")
        + "</QualificationConfirmSearchInfo>"
    )


def registration_info(numbers: Mapping[str, str], reference: str) -> str:
    return (
        "<ReferenceNumberRegistrationInfo>"
        + tag("ReferenceNumber", reference)
        + tag("InsurerNumber", numbers["insurer_number"].rjust(8))
        + tag("InsuredCardSymbol", numbers["symbol"])
        + tag("InsuredIdentificationNumber", numbers["number"])
        + tag("InsuredBranchNumber", numbers["branch"])
        + "</ReferenceNumberRegistrationInfo>"
    )
