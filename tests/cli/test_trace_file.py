"""The file of `--trace`: what becomes of it when something goes wrong beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.trace_file import traced_into
from reader.jpki import JpkiSession
from reader.recording import Recording
from reader.transports.in_process import SoftwareReader
from tests.card_factory import make_card


def visit(path: Path, reader: SoftwareReader | None, *, refused: bool) -> str:
    """The code of the error in which a traced visit ends."""
    try:
        with traced_into(str(path)) as wrap:
            if reader is not None:
                reader.place(make_card())
                JpkiSession(wrap(reader.connect()))
            if refused:
                raise CommandError("last_try", ExitCode.REFUSED)
    except CommandError as error:
        return error.code
    return ""


def test_where_no_card_was_reached_no_empty_file_is_left_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "visit.trace"
    assert visit(path, None, refused=True) == "last_try"
    assert not path.exists()


def test_what_stopped_the_visit_is_told_and_not_that_its_trace_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Recording, "save", full)
    reader = SoftwareReader()
    assert visit(tmp_path / "visit.trace", reader, refused=True) == "last_try"
    assert visit(tmp_path / "other.trace", reader, refused=False) == "trace_file"
