"""The golden corpus: complete, the same every time, and read alike by a program of another author."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator

from eligibility.oqs.codec import from_xml
from eligibility.oqs.errors import MessageError
from eligibility.oqs.file_names import MessageKind
from eligibility.oqs.kinds import PAIRS
from mock_server.corpus.export import corpus_files, export_corpus
from mock_server.corpus.readings import REPEATED, REPEATED_IN, reading_of
from mock_server.corpus.spoiling import NEWER, SPOILERS
from mock_server.corpus.spoiling_others import OTHER_SPOILERS
from mock_server.errors import SetupError
from mock_server.personas import Persona, load_personas
from tests.folder_client.reading import Group, Reading, UnreadableError, groups, parse, read, read_as, text

ON = date(2026, 11, 20)


SOME = ("taro", "shiro", "nanami", "takahashi", "hogo")
"""Whom `make quick` looks at: the ordinary case, nobody registered, a 国保 of six digits, ● in CP932, 医療扶助."""


@pytest.fixture(scope="module", params=["some", pytest.param("all", marks=pytest.mark.broad)])
def people(request: pytest.FixtureRequest) -> Iterator[Mapping[str, Persona]]:
    everybody = load_personas()
    chosen = everybody if request.param == "all" else {name: everybody[name] for name in SOME}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mock_server.corpus.export.load_personas", lambda: chosen)
        yield chosen


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, people: Mapping[str, Persona]) -> Path:
    target = tmp_path_factory.mktemp("corpus") / "golden"
    assert export_corpus(target, ON).personas == len(people)
    return target


def manifest_of(corpus: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((corpus / "manifest.json").read_text(encoding="utf-8"))["files"]
    return listed


def loaded(corpus: Path, entry: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    return (corpus / entry["file"]).read_bytes(), json.loads((corpus / entry["reading"]).read_text(encoding="utf-8"))


def elements_of(raw: bytes, kind: str) -> dict[str, str]:
    """Every text of a file by its path below the root, found without the product."""
    return dict(walk(parse(raw), "", REPEATED | REPEATED_IN.get(kind, frozenset())))


def walk(element: ET.Element, path: str, repeated: frozenset[str]) -> Iterator[tuple[str, str]]:
    counts: dict[str, int] = {}
    for child in element:
        counts[child.tag] = counts.get(child.tag, 0) + 1
        name = f"{child.tag}[{counts[child.tag]}]" if f"{element.tag}/{child.tag}" in repeated else child.tag
        here = f"{path}/{name}".removeprefix("/")
        if len(child):
            yield from walk(child, here, repeated)
        elif (child.text or "").strip(" \t\r\n"):
            yield here, child.text or ""


def test_the_manifest_names_every_file_and_nothing_else(corpus: Path) -> None:
    listed = manifest_of(corpus)
    named = {entry[key] for entry in listed for key in ("file", "reading")}
    there = {str(path.relative_to(corpus)) for path in corpus.rglob("*") if path.is_file()}
    assert there == named | {"manifest.json", "README.md", "expected-reading.schema.json"}
    for entry in listed:
        assert hashlib.sha256((corpus / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]


def test_every_persona_is_there_in_both_encodings_and_both_orders(corpus: Path, people: Mapping[str, Persona]) -> None:
    files = {entry["file"] for entry in manifest_of(corpus)}
    for persona in people.values():
        for encoding in ("utf-8", "cp932"):
            assert f"valid/{persona.name}/request-{encoding}.xml" in files
            for order in ("spec", "face"):
                assert f"valid/{persona.name}/numbers-{encoding}-{order}.xml" in files
                assert (f"valid/{persona.name}/card-{encoding}-{order}.xml" in files) == persona.card.is_usable


def test_every_way_to_spoil_a_file_is_there(corpus: Path) -> None:
    files = [entry["file"] for entry in manifest_of(corpus)]
    for word in SPOILERS:
        assert any(name.endswith(f"-{word}.xml") for name in files), word


def test_every_reading_keeps_to_its_schema(corpus: Path) -> None:
    schema = json.loads((corpus / "expected-reading.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    for entry in manifest_of(corpus):
        validator.validate(loaded(corpus, entry)[1])


def test_a_second_reader_agrees_with_every_expected_reading(corpus: Path) -> None:
    for entry in manifest_of(corpus):
        raw, expected = loaded(corpus, entry)
        where = entry["file"]
        if not expected["readable"]:
            with pytest.raises(UnreadableError):
                read_as(expected["message"], raw)
            continue
        found = elements_of(raw, expected["message"])
        ignored = {path: found.pop(path) for path in expected["ignored"]}
        assert found == expected["elements"], where
        assert len(ignored) == len(expected["ignored"])
        if expected["message"] == "OQSsiquc01res":
            reading = read(raw)
            assert (reading.is_valid, reading.segment) == (expected["confirmed"], expected["segment"]), where
            assert reading.code == expected["code"], where
            people = [str(one.get("Name", "")) for one in reading.results]
            assert people == [person["name"] for person in expected["people"]], where
        elif expected["message"].endswith("res"):
            assert concluded(read_as(expected["message"], raw), expected["message"]) == {
                key: expected[key] for key in ("done", "reception_number", "units") if key in expected
            }, where


def concluded(reading: Reading, kind: str) -> dict[str, Any]:
    """What the second reader makes of an answer of another kind."""
    status, number = text(reading.body, "ProcessingResultStatus"), text(reading.body, "ReceptionNumber")
    if kind == "OQSsiimm01res":
        return {"done": (reading.segment, status) == ("1", "1")}
    if kind in ("YZKsiquc01res", "TKKsiquc01res"):
        return {"done": text(reading.body, "ResultCode") == "1"}
    if kind in ("OQSmuquc01res", "OQSmuimm01res"):
        return {"done": bool(number), "reception_number": number}
    bulk = groups(reading.body, "BulkConfirmUnit" if kind == "OQSmuquc02res" else "BulkRegistrationUnit")
    return {
        "done": reading.segment == "1",
        "reception_number": text(reading.header, "ReceptionNumber"),
        "units": [unit_of(unit, kind) for unit in bulk],
    }


def unit_of(unit: Group, kind: str) -> dict[str, Any]:
    status, code = text(unit, "ProcessingResultStatus"), text(unit, "ProcessingResultCode")
    if kind == "OQSmuimm02res":
        return {"done": status == "1", "status": status, "code": code}
    validity, results = text(unit, "QualificationValidity"), groups(unit, "ResultOfQualificationConfirmation")
    done = (status, validity, len(results)) == ("1", "1", 1)
    return {"done": done, "status": status, "code": code, "validity": validity}


def test_the_server_reads_and_refuses_the_other_kinds_as_their_readings_say(corpus: Path) -> None:
    for entry in manifest_of(corpus):
        raw, expected = loaded(corpus, entry)
        kind, end = MessageKind(expected["message"][:-3]), expected["message"][-3:]
        if kind is MessageKind.QUALIFICATION:
            continue
        model = PAIRS[kind].request if end == "req" else PAIRS[kind].answer
        if not expected["readable"]:
            with pytest.raises(MessageError):
                from_xml(model, raw)
            continue
        found = reading_of(from_xml(model, raw), expected["message"], expected["encoding"])
        assert {path: one for path, one in found["elements"].items() if NEWER not in path} == expected["elements"]


def test_every_kind_is_asked_and_answered_in_both_encodings_and_both_orders_well_and_broken(corpus: Path) -> None:
    files = [entry["file"] for entry in manifest_of(corpus)]
    for kind in MessageKind:
        for end in ("req", "res") if kind is not MessageKind.QUALIFICATION else ():
            for encoding in ("utf-8", "cp932"):
                for order in ("spec", "face"):
                    assert any(fits(name, f"valid/{kind}{end}/", f"-{encoding}-{order}.xml") for name in files)
                for word in set(OTHER_SPOILERS) - {"wrong-encoding"}:  # cannot be seen where all is ASCII
                    assert any(fits(name, f"unusual/{kind}{end}/", f"-{encoding}-{word}.xml") for name in files)
    assert any("/OQSsiimm01req/" in name and "-wrong-encoding" in name for name in files)


def fits(name: str, beginning: str, ending: str) -> bool:
    return name.startswith(beginning) and name.endswith(ending)


@pytest.mark.parametrize(
    ("file", "element", "value"),
    [
        ("rare-values/limit-B03", "LimitApplicationCertificateClassificationFlag", "B03"),
        ("rare-values/limit-B07", "LimitApplicationCertificateClassificationFlag", "B07"),
        ("rare-values/limit-B08", "LimitApplicationCertificateClassificationFlag", "B08"),
        ("rare-values/limit-classification-03", "LimitApplicationCertificateClassification", "03"),
        ("rare-values/card-classification-02", "InsuredCardClassification", "02"),
        ("rare-values/card-classification-04", "InsuredCardClassification", "04"),
        ("rare-values/card-classification-06", "InsuredCardClassification", "06"),
        ("rare-values/reason-of-loss-01", "ReasonOfLoss", "01"),
        ("rare-values/confirmation-key", "QualificationConfirmationKey", "MOCK0000000001"),
        ("OQSmuquc02res/limit-changed", "LimitApplicationCertificateChanged", "1"),
    ],
)
def test_values_that_no_persona_has_are_in_a_message(corpus: Path, file: str, element: str, value: str) -> None:
    for encoding in ("utf-8", "cp932"):
        _, reading = loaded_as(corpus, f"valid/{file}-{encoding}-face")
        assert value in [one for path, one in reading["elements"].items() if path.endswith(f"/{element}")]


def test_a_list_tells_each_persons_outcome(corpus: Path) -> None:
    _, reading = loaded_as(corpus, "valid/OQSmuquc02res/done-cp932-spec")
    assert [(unit["done"], unit["status"], unit["validity"]) for unit in reading["units"]] == [
        (True, "1", "1"),
        (False, "1", "2"),
        (False, "1", "4"),
        (False, "2", ""),
    ]


def test_what_was_written_by_hand_about_a_persona_stands_in_its_readings(
    corpus: Path, people: Mapping[str, Persona]
) -> None:
    checked = 0
    for persona in people.values():
        if persona.by_numbers is not None:
            _, reading = loaded_as(corpus, f"valid/{persona.name}/numbers-utf-8-spec")
            assert reading["validity"] == str(persona.by_numbers.validity), persona.name
            checked += 1
        if persona.card.is_usable and persona.expected.validity is not None and not persona.when_noticed:
            _, reading = loaded_as(corpus, f"valid/{persona.name}/card-utf-8-face")
            assert reading["validity"] == str(persona.expected.validity), persona.name
            checked += 1
    assert checked > len(people)


def loaded_as(corpus: Path, name: str) -> tuple[bytes, dict[str, Any]]:
    return loaded(corpus, {"file": f"{name}.xml", "reading": f"{name}.json"})


def test_the_same_date_gives_the_same_bytes(corpus: Path, tmp_path: Path) -> None:
    export_corpus(tmp_path / "again", ON)
    first, second = (
        {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        for root in (corpus, tmp_path / "again")
    )
    assert first == second


def test_another_date_gives_other_messages() -> None:
    some = {"taro": load_personas()["taro"]}
    first, second = ({file.path: file.content for file in corpus_files(some, on)} for on in (ON, date(2027, 4, 1)))
    assert first.keys() == second.keys()
    assert first["valid/taro/card-utf-8-spec.xml"] != second["valid/taro/card-utf-8-spec.xml"]


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SetupError) as refused:
        export_corpus(tmp_path, ON)
    assert refused.value.code == "setup.corpus.not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_may_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "empty"
    target.mkdir()
    some = {"taro": load_personas()["taro"]}
    monkeypatch.setattr("mock_server.corpus.export.load_personas", lambda: some)
    assert export_corpus(target, ON).personas == 1
    assert (target / "manifest.json").is_file()


def test_a_place_that_cannot_be_written_is_told_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(SetupError) as refused:
        export_corpus(tmp_path / "golden", ON)
    assert refused.value.code == "setup.corpus.unusable"
    assert list(tmp_path.iterdir()) == []
