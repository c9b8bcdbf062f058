"""`madoguchi server corpus`: the golden corpus as a folder."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import Madoguchi

ON = "2026-11-20"


def test_the_corpus_is_written_and_said_where(madoguchi: Madoguchi, tmp_path: Path) -> None:
    done = madoguchi.run("server", "corpus", tmp_path / "corpus", "--date", ON, "--json")
    document = done.document("server-corpus")
    assert (done.code, done.err, document["date"]) == (0, "", ON)
    manifest = json.loads(Path(document["manifest"]).read_text(encoding="utf-8"))
    assert len(manifest["files"]) == document["files"] > 1000
    assert not madoguchi.data_dir.exists()


def test_a_folder_that_holds_something_is_refused(madoguchi: Madoguchi, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    done = madoguchi.run("server", "corpus", target, "--json")
    assert (done.code, done.error()) == (2, "setup.corpus.not_empty")
    assert [path.name for path in target.iterdir()] == ["mine.txt"]
