"""The page for vendors: its Python and curl examples are run as they stand there, and its tables are the program's."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest

from eligibility.oqs.file_names import MessageKind
from mock_server.errors import Refusal
from mock_server.folders.refusals import FolderRefusal
from mock_server.folders.settings import FolderSettings
from tests.cli.command import Madoguchi
from tests.cli.conftest import madoguchi as madoguchi

PAGE = (Path(__file__).parents[2] / "docs" / "vendors" / "README.md").read_text(encoding="utf-8")
DAY = "2026-11-20"


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


@pytest.mark.daemon
def test_the_examples_run_as_they_stand_on_the_page(madoguchi: Madoguchi, tmp_path: Path) -> None:
    root = tmp_path / "OQS"
    with madoguchi.serving("server", "run", "--port", "0", "--date", DAY, "--json", "--folders", root) as server:
        assert server.first_line, server.end().err
        ready = json.loads(server.first_line)
        asked = subprocess.run([sys.executable, "-c", block("python"), root], capture_output=True, check=False)
        assert (asked.returncode, asked.stderr) == (0, b"")
        assert asked.stdout.decode().split() == ["1", "協会", "太郎"]
        assert list((root / "res").iterdir()) == []
        if shutil.which("curl") is None:
            pytest.skip("curl is not installed, so its example was not run; the Python one was")
        environment = {
            **madoguchi.env,
            "URL": ready["url"],
            "ADMIN": ready["admin_url"],
            "TOKEN": ready["admin_token"],
        }
        done = subprocess.run(["sh", "-euc", block("sh")], capture_output=True, env=environment, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
    decoder, text, answers = json.JSONDecoder(), done.stdout.decode(), []
    while text.strip():
        answer, end = decoder.raw_decode(text.lstrip())
        answers.append(answer)
        text = text.lstrip()[end:]
    challenge, first, armed, second, received = answers
    assert challenge["nonce"]
    assert first["message"]["XmlMsg"]["MessageBody"]["QualificationValidity"] == "1"
    assert armed["scenario"] == "processing"
    assert second["message"]["XmlMsg"]["MessageHeader"]["SegmentOfResult"] == "2"
    assert [one["outcome"] for one in received["exchanges"]] == ["validity:1", "segment:2"]


def test_the_settings_on_the_page_are_the_defaults() -> None:
    assert tomllib.loads(block("toml")) == asdict(FolderSettings())


def test_the_page_names_every_kind_and_every_code_of_an_err() -> None:
    for kind in MessageKind:
        assert f"{kind}req_" in PAGE
    for code in (*FolderRefusal, Refusal.REQUEST_MESSAGE, Refusal.REQUEST_INDIVIDUAL_NUMBER):
        assert f"`{code}`" in PAGE


def test_the_c_sharp_example_is_said_not_to_be_run() -> None:
    assert "ここでは実行していません" in PAGE
    assert "csharp" in PAGE
