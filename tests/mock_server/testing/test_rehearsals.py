"""A server in a process of its own, and runs on it: what other people's tests are made of."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from eligibility.oqs.codec import to_json, to_xml
from mock_server.testing.client import ControlsError
from mock_server.testing.process import (
    ServerNotStartedError,
    TestServer,
    language_of_environment,
    running_server,
    started_server,
)
from mock_server.testing.rehearsal import Rehearsal
from tests.eventually import eventually
from tests.mock_server.paper_queries import numbers_of

DOCS = Path(__file__).parents[3] / "docs"
PLUGIN = "madoguchi" if entry_points(group="pytest11", name="madoguchi") else "mock_server.pytest_plugin"
HEAVY = {"sqlalchemy", "fastapi", "starlette", "uvicorn", "cryptography", "pydantic", "lxml", "httpx2", "anyio", "ssl"}

SHARED = """
import json, urllib.request
import pytest

@pytest.mark.parametrize("number", range(8))
def test_nobody_else_is_seen(madoguchi, number):
    order = json.loads(%(order)r)
    def ask():
        request = urllib.request.Request(
            madoguchi.url + "/v1/qualification/numbers",
            json.dumps(order).encode(),
            {"content-type": "application/json", **madoguchi.headers},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())["message"]["XmlMsg"]["MessageHeader"]["SegmentOfResult"]

    assert madoguchi.received.all() == []
    madoguchi.arm("failed", times=number)if number else None
    assert [ask() for _ in range(10)] == ["9"] * number + ["1"] * (10 - number)
    madoguchi.received.assert_called(persona="taro", times=10)
    assert madoguchi.received.count(scenario="failed") == number
"""


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Other people's tests, in a process and with settings of their own."""
    (folder / "pytest.ini").write_text(
        "[pytest]\nmadoguchi_server_args = --date 2026-11-20\nfilterwarnings = error\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", PLUGIN, "-p", "no:cacheprovider", "-p", "no:randomly"]
    command += ["-p", "no:asyncio"]  # it warns where the settings do not name it
    return subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=300)


def ask(rehearsal: Rehearsal, persona: str = "taro") -> dict[str, Any]:
    request = urllib.request.Request(
        f"{rehearsal.url}/v1/qualification/numbers",
        json.dumps({"message": to_json(numbers_of(persona))}).encode(),
        {"content-type": "application/json", **rehearsal.headers},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.loads(answer.read())["message"]["XmlMsg"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    with started_server(tmp_path_factory.mktemp("server"), ["--date", "2026-11-20"], "en") as started:
        yield started


@pytest.fixture
def rehearsal(server: TestServer) -> Iterator[Rehearsal]:
    with server.rehearsal() as begun:
        yield begun


@pytest.mark.daemon
def test_the_example_of_the_documentation_passes_as_it_stands_there(tmp_path: Path) -> None:
    _, _, rest = (DOCS / "verify.md").read_text(encoding="utf-8").partition("```python\n")
    example, _, _ = rest.partition("```")
    (tmp_path / "test_example.py").write_text(example, encoding="utf-8")
    done = run_pytest(tmp_path)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.daemon
def test_tests_side_by_side_on_one_server_do_not_see_each_other(tmp_path: Path) -> None:
    (tmp_path / "test_shared.py").write_text(
        SHARED % {"order": json.dumps({"message": to_json(numbers_of("taro"))})}, encoding="utf-8"
    )
    with started_server(tmp_path / "server", ["--date", "2026-11-20"]):
        data_dir = str(tmp_path / "server" / "data")
        done = run_pytest(tmp_path, "-n", "3", "--madoguchi-data-dir", data_dir)
    assert "8 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.daemon
def test_a_run_is_its_own_and_leaves_nothing(server: TestServer) -> None:
    with server.rehearsal() as one, server.rehearsal() as other:
        one.arm("failed", times=2)
        assert ask(other)["MessageHeader"]["SegmentOfResult"] == "1"
        assert ask(one)["MessageHeader"]["SegmentOfResult"] == "9"
        one.received.assert_called(times=1, scenario="failed")
        other.received.assert_called(times=1, scenario="")
        runs = server.controls.ask("GET", "runs")["runs"]
        assert {one.run, other.run} <= set(runs)
    left = server.controls.ask("GET", "runs")["runs"]
    assert not {one.run, other.run} & set(left)
    assert server.controls.ask("GET", "scenarios", run=one.run)["armed"] == []


@pytest.mark.daemon
def test_what_is_armed_is_taken_away_and_what_cannot_be_is_refused(rehearsal: Rehearsal) -> None:
    assert rehearsal.arm("latency", until_reset=True, mean_ms=1)["params"]["mean_ms"] == 1
    rehearsal.arm("failed")
    assert (rehearsal.disarm("latency"), rehearsal.disarm()) == (1, 1)
    with pytest.raises(ControlsError, match="MOCK-SCENARIO-UNKNOWN: There is no scenario of that name") as refused:
        rehearsal.arm("nosuch")
    assert refused.value.code == "MOCK-SCENARIO-UNKNOWN"


@pytest.mark.daemon
def test_the_clock_is_set_back_in_the_end(server: TestServer) -> None:
    with server.rehearsal() as rehearsal:
        assert rehearsal.clock.now().startswith("2026-11-20")
        assert rehearsal.clock.set("2027-04-01T08:30").startswith("2027-04-01T08:30")
        assert rehearsal.clock.freeze("2027-04-01T12:00") == "2027-04-01T12:00:00+09:00"
        assert rehearsal.clock.move(60) == "2027-04-01T12:01:00+09:00"
        assert rehearsal.clock.run().startswith("2027-04-01T12:01")
    assert server.controls.ask("GET", "clock")["moved_s"] == 0


@pytest.mark.daemon
def test_a_run_has_folders_of_its_own(server: TestServer) -> None:
    request = to_xml(numbers_of("taro"), encoding="cp932")
    with server.rehearsal() as one, server.rehearsal() as other:
        assert one.folders != other.folders
        one.arm("failed")
        for rehearsal in (one, other):
            (rehearsal.folders / "req" / "OQSsiquc01req_202611200001.xml").write_bytes(request)
        segments = []
        for rehearsal in (one, other):
            answer = rehearsal.folders / "res" / "OQSsiquc01res_202611200001.xml"
            eventually(answer.exists)
            segments.append("<SegmentOfResult>9<" in answer.read_text(encoding="cp932"))
            rehearsal.received.assert_called(via="folder", persona="taro", times=1)
        assert segments == [True, False]


@pytest.mark.daemon
def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerNotStartedError, match="--workers"), started_server(tmp_path, ["--workers", "0"], "en"):
        pass
    with pytest.raises(ServerNotStartedError, match="No server runs"):
        running_server(tmp_path / "nothing", tmp_path, "en")


def test_the_plugin_costs_nothing_until_it_is_asked() -> None:
    code = "import sys, mock_server.pytest_plugin; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert not loaded & (HEAVY - {"ssl"})
    assert not {name for name in run.stdout.split() if name.startswith("mock_server.")} - {"mock_server.pytest_plugin"}


def test_it_speaks_the_language_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert language_of_environment() == "ja"
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert language_of_environment() == "en"
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert language_of_environment() == "ja"


def test_the_page_of_troubles_is_the_table() -> None:
    done = subprocess.run([sys.executable, DOCS.parent / "tools" / "scenarios_page.py", "--check"], check=False)
    assert done.returncode == 0, "run tools/scenarios_page.py"
