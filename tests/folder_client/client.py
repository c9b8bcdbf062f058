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


Outcome = Answered | Refused | Unreadable | Unanswered


@dataclass
class FolderClient:
    """One レセコン of one institution."""

    root: Path
    institution: str = "1312345678"
    encoding: str = "cp932"
    suffixes: Iterator[str] = field(default_factory=twelve_characters)
    write: Callable[[Path, bytes], None] = write_and_rename
    patience_s: float = 30.0
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
        body = (
            "<ReferenceNumberRegistrationInfo>"
            + tag("ReferenceNumber", reference)
            + tag("InsurerNumber", numbers["insurer_number"].rjust(8))
            + tag("InsuredCardSymbol", numbers["symbol"])
            + tag("InsuredIdentificationNumber", numbers["number"])
            + tag("InsuredBranchNumber", numbers["branch"])
            + "</ReferenceNumberRegistrationInfo>"
        )
        return self.send("OQSsiimm01", tag("MedicalInstitutionCode", self.institution), body)

    # ── waiting ──

    def result(self, request: str, *, collect: bool = True) -> Outcome:
        """What became of a request: never sent again, resumed on the same answer."""
        answer = self.root / "res" / request.replace("req_", "res_")
        error = self.root / "res" / request.replace(".xml", ".err")
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            if error.exists():
                return self._refused(error, error.with_suffix(".xml"), collect)
            for path in (answer, answer.with_suffix(".zip")):
                raw = stable(path)
                if raw is not None:
                    outcome = conclude(raw, path.name)
                    # Half a file may stand still for a while: wait on before giving it up.
                    if isinstance(outcome, Unreadable) and time.monotonic() < deadline - LOOK_S:
                        continue
                    if collect:
                        path.unlink()
                    return outcome
            time.sleep(LOOK_S)
        for path in (answer,):
            raw = stable(path)
            if raw is not None:
                return Unreadable(raw)
        return Unanswered(still_in_req=(self.root / "req" / request).exists())

    def faces(self, count: int) -> list[Outcome]:
        """The next results of cards that were read, collected."""
        found: list[Outcome] = []
        deadline = time.monotonic() + self.patience_s
        while len(found) < count and time.monotonic() < deadline:
            for path in sorted((self.root / "face").glob("OQSsiquc01res_face_*.xml")):
                raw = stable(path)
                if raw is None:
                    continue
                outcome = conclude(raw, path.name)
                if isinstance(outcome, Unreadable) and time.monotonic() < deadline - LOOK_S:
                    continue
                path.unlink()
                found.append(outcome)
            time.sleep(LOOK_S)
        return found

    def _refused(self, error: Path, copy: Path, collect: bool) -> Refused:
        said = error.read_bytes().decode(self.encoding)
        given_back = copy.read_bytes() if copy.exists() else b""
        if collect:
            error.unlink()
            copy.unlink(missing_ok=True)
        return Refused(said.splitlines()[0], said, given_back)


def conclude(raw: bytes, name: str) -> Outcome:
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            [inner] = archive.namelist()
            raw = archive.read(inner)
    try:
        return Answered(read(raw), name)
    except UnreadableError:
        return Unreadable(raw)


def stable(path: Path) -> bytes | None:
    """The file's bytes once two reads are the same; None where it is not there (any more)."""
    try:
        before = path.read_bytes()
        time.sleep(STABLE_S)
        return before if path.read_bytes() == before and before else None
    except FileNotFoundError:
        return None


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
