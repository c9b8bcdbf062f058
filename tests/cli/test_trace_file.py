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


def refuse_last_try() -> None:
    raise CommandError("last_try", ExitCode.REFUSED)


def test_where_no_card_was_reached_no_empty_file_is_left_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "visit.trace"
    with pytest.raises(CommandError, match="last_try"), traced_into(str(path)):
        refuse_last_try()
    assert not path.exists()


def test_what_stopped_the_visit_is_told_and_not_that_its_trace_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Recording, "save", full)
    reader = SoftwareReader()
    reader.place(make_card())
    with pytest.raises(CommandError) as told, traced_into(str(tmp_path / "visit.trace")) as wrap:
        JpkiSession(wrap(reader.connect()))
        refuse_last_try()
    assert told.value.code == "last_try"
    reader.place(make_card())
    with pytest.raises(CommandError) as told, traced_into(str(tmp_path / "other.trace")) as wrap:
        JpkiSession(wrap(reader.connect()))
    assert told.value.code == "trace_file"
