"""Writing the corpus into a folder: files, readings, schema, README and a manifest that lists them all.

Everything goes to a folder of its own beside the target and is renamed at the end, so that nobody finds half a corpus.
What breaks if wrong: somebody's folder is overwritten, or two runs differ.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Final, get_args

from eligibility.calendar import JST
from eligibility.oqs.charset import Encoding
from eligibility.oqs.codec import to_xml
from eligibility.oqs.layout import Order
from mock_server.corpus.answers import Sample, samples
from mock_server.corpus.families import Specimen, families
from mock_server.corpus.pages import SCHEMA, page
from mock_server.corpus.rare_values import rare_values
from mock_server.corpus.readings import VERSION, Reading, reading_of
from mock_server.corpus.spoiling import SPOILERS
from mock_server.corpus.spoiling_others import OTHER_SPOILERS
from mock_server.errors import SetupError
from mock_server.personas import Persona, load_personas
from mock_server.registry.ledger import Ledger
from mock_server.registry.seeding import seed_of

ENCODINGS: Final[tuple[Encoding, ...]] = get_args(Encoding)
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
MANIFEST: Final = "manifest.json"
SCHEMA_FILE: Final = "expected-reading.schema.json"


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """One message: where it lies in the corpus, its bytes, and what a reader must find."""

    path: str
    content: bytes
    reading: Reading


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    files: int
    """Messages; each has its reading beside it."""
    personas: int


def export_corpus(target: Path, on: date) -> Exported:
    """Write the corpus of that day into `target`, which must not exist or be empty.

    Raises:
        SetupError: `setup.corpus.not_empty`, `setup.corpus.unusable`.
    """
    personas = load_personas()
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise SetupError("setup.corpus.not_empty", path=str(target))
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            count = _write_all(made, personas, on)
            made.chmod(0o755)
            os.replace(made, target)  # noqa: PTH105 - onto an empty folder too, which Path.rename leaves to the system
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SetupError("setup.corpus.unusable", path=str(target), reason=reason) from error
    return Exported(count, len(personas))


def corpus_files(personas: Mapping[str, Persona], on: date) -> Iterator[CorpusFile]:
    """Every message of the corpus, in the order of its manifest."""
    with tempfile.TemporaryDirectory() as folder:
        at = datetime.combine(on, time(9, 0, tzinfo=JST))
        ledger = Ledger.open(f"sqlite:///{folder}/corpus.sqlite", lambda: at, map(seed_of, personas.values()))
        try:
            found = ledger.run_sync(lambda tx: list(samples(tx, personas, on)), reads=True)
        finally:
            ledger.close()
    for sample in found:
        yield from _good(sample)
        yield from _spoiled(sample)
    for specimen in rare_values(on):
        yield from _written(specimen, "rare-values")
    for specimen in families(on):
        yield from _written(specimen, specimen.kind)
        yield from _broken(specimen)


def _written(specimen: Specimen, folder: str) -> Iterator[CorpusFile]:
    for encoding in ENCODINGS:
        for order in ORDERS:
            name = f"valid/{folder}/{specimen.word}-{encoding}-{order}.xml"
            content = to_xml(specimen.message, encoding=encoding, order=order)
            yield CorpusFile(name, content, reading_of(specimen.message, specimen.kind, encoding))


def _broken(specimen: Specimen) -> Iterator[CorpusFile]:
    for encoding in ENCODINGS:
        for word, spoil in OTHER_SPOILERS.items():
            spoiled = spoil(specimen, encoding, "spec")
            if spoiled is not None:
                name = f"unusual/{specimen.kind}/{specimen.word}-{encoding}-{word}.xml"
                yield CorpusFile(name, spoiled.content, spoiled.reading)


def _good(sample: Sample) -> Iterator[CorpusFile]:
    for encoding in ENCODINGS:
        if sample.request is not None:
            name = f"valid/{sample.persona}/request-{encoding}.xml"
            content = to_xml(sample.request, encoding=encoding)
            yield CorpusFile(name, content, reading_of(sample.request, "OQSsiquc01req", encoding))
        for order in ORDERS:
            name = f"valid/{sample.persona}/{sample.by}-{encoding}-{order}.xml"
            content = to_xml(sample.answer, encoding=encoding, order=order)
            yield CorpusFile(name, content, reading_of(sample.answer, "OQSsiquc01res", encoding))


def _spoiled(sample: Sample) -> Iterator[CorpusFile]:
    """Of each persona one answer, in both encodings; the order is that in which such files are met."""
    order: Order = "face" if sample.by == "card" else "spec"
    for encoding in ENCODINGS:
        for word, spoil in SPOILERS.items():
            spoiled = spoil(sample.answer, encoding, order)
            if spoiled is not None:
                name = f"unusual/{sample.persona}/{sample.by}-{encoding}-{word}.xml"
                yield CorpusFile(name, spoiled.content, spoiled.reading)


def _write_all(root: Path, personas: Mapping[str, Persona], on: date) -> int:
    listed = []
    for file in corpus_files(personas, on):
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.with_suffix(".json").write_text(_json({"file": path.name} | file.reading), encoding="utf-8")
        listed.append(
            {
                "file": file.path,
                "reading": file.path.removesuffix(".xml") + ".json",
                "sha256": hashlib.sha256(file.content).hexdigest(),
                "readable": file.reading["readable"],
            }
        )
    (root / SCHEMA_FILE).write_text(_json(SCHEMA), encoding="utf-8")
    (root / "README.md").write_text(page(), encoding="utf-8")
    manifest = {"version": VERSION, "date": on.isoformat(), "schema": SCHEMA_FILE, "files": listed}
    (root / MANIFEST).write_text(_json(manifest), encoding="utf-8")
    return len(listed)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
