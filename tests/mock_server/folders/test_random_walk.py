"""A レセコン and a server that do anything in any order, the server killed in between: nothing lost, nothing twice."""

from __future__ import annotations

import tempfile
from collections import Counter as Tally
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.mock_server.folders.conftest import Folders, Opener
from tests.mock_server.folders.requests import qualification
from tests.mock_server.folders.test_crashes import Killed, Killer
from tests.thoroughness import examples

ACTIONS = ("put", "put", "put", "broken", "rewrite", "take back", "collect", "look", "look", "kill", "restart")


class Walk:
    """What the レセコン did, and what it got."""

    def __init__(self, open_folders: Opener, killer: Killer, root: Path) -> None:
        self._open, self._killer, self._root = open_folders, killer, root
        self.sent: dict[str, str] = {}
        self.got: Tally[str] = Tally()
        self.folders: Folders = open_folders(at=root)

    def put(self, content: bytes, fate: str) -> None:
        name = f"OQSsiquc01req_{len(self.sent):06}.xml"
        self.folders.put(name, content)
        self.sent[name] = fate

    def do(self, action: str, chance: int) -> None:
        lying = self.folders.names("req")
        match action:
            case "put":
                self.put(qualification("taro", identifier=f"id-{len(self.sent)}"), "res_")
            case "broken":
                self.put(b"<XmlMsg></XmlMsg>", ".err")
            case "rewrite" if lying:
                name = lying[chance % len(lying)]
                self.folders.put(name, qualification("hanako"))
                self.sent[name] = "res_"
            case "take back" if lying:
                name = lying[chance % len(lying)]
                (self.folders.root / "req" / name).unlink()
                del self.sent[name]
                self.sent[f"taken back {len(self.sent)} {name}"] = ""
            case "collect":
                self.collect()
            case "look":
                self.folders.rounds(1 + chance % 3)
            case "kill":
                self._killer.left = 1 + chance
                try:
                    self.folders.rounds(4)
                except Killed:
                    self.start_again()
                self._killer.left = 10**9
            case "restart":
                self.start_again()

    def start_again(self) -> None:
        self._killer.left = 10**9
        ticks = self.folders.ticks.at
        self.folders.worker.stop()
        self.folders = self._open(at=self._root)
        self.folders.ticks.at = ticks

    def collect(self) -> None:
        for name in self.folders.names("res"):
            if not (name.endswith(".xml") and "req_" in name):  # the copy of a refused request
                self.got[name] += 1
            (self.folders.root / "res" / name).unlink()

    def expected(self) -> Tally[str]:
        names = {
            "res_": lambda name: name.replace("req_", "res_"),
            ".err": lambda name: name.replace(".xml", ".err"),
        }
        return Tally(names[fate](name) for name, fate in self.sent.items() if fate)


@pytest.mark.parametrize("after", [False, True], ids=["killed before a step", "killed after a step"])
@given(steps=st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 40)), min_size=5, max_size=40))
@settings(
    max_examples=examples(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_whatever_happens_each_request_has_one_answer(
    open_folders: Opener, after: bool, steps: list[tuple[str, int]]
) -> None:
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as folder:
        walk = Walk(open_folders, Killer(patched, after), Path(folder) / "OQS")
        for action, chance in steps:
            walk.do(action, chance)
        walk.folders.rounds(6)
        walk.collect()
        walk.folders.rounds(3)
        walk.collect()
        assert walk.got == walk.expected()
        assert walk.folders.names("req") == []
        walk.folders.worker.stop()
