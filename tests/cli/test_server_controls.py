"""`server scenario`, `server reset`, `server clock`: on the store where no server runs, else over its listener."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest

from mock_server.running import Running, find, find_all, publish, running_file, withdraw
from tests.cli.command import Finished, Madoguchi

ON = "2026-11-20"


def arm(madoguchi: Madoguchi, *arguments: str) -> dict[str, Any]:
    done = madoguchi.run("server", "scenario", "arm", *arguments, "--json")
    assert done.code == 0, done.out
    return dict(done.document("server-scenario-arm")["armed"])


def listed(madoguchi: Madoguchi, *arguments: str) -> list[dict[str, Any]]:
    done = madoguchi.run("server", "scenario", "list", *arguments, "--json")
    return list(done.document("server-scenario-list")["armed"])


def refused(done: Finished) -> tuple[int, str]:
    return done.code, done.error()


# ── where no server runs ──


def test_what_is_armed_without_a_server_stands_in_the_store_and_that_is_said(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "scenario", "arm", "failed", "--persona", "taro", "--times", "3", "--lang", "en")
    assert done.code == 0
    assert "no server runs" in done.err
    assert done.out == "armed: #1 failed (times: 3, taro)\n"
    (armed,) = listed(madoguchi)
    assert (armed["scenario"], armed["persona"], armed["remaining"]) == ("failed", "taro", 3)


def test_every_option_of_arming_reaches_the_store(madoguchi: Madoguchi) -> None:
    armed = arm(
        madoguchi,
        *("latency", "--until-reset", "--param", "mean_ms=1500", "--param", "jitter_ms=200", "--call", "qualification"),
        *("--institution", "1312345678", "--run", "ci-1", "--seed", "42"),
    )
    assert {key: armed[key] for key in ("remaining", "call", "institution", "run", "seed")} == {
        "remaining": None,
        "call": "qualification",
        "institution": "1312345678",
        "run": "ci-1",
        "seed": 42,
    }
    assert armed["params"] == {"mean_ms": 1500, "jitter_ms": 200, "chance": 100}


def test_the_list_is_of_one_run_and_describes_everything_there_is(madoguchi: Madoguchi) -> None:
    arm(madoguchi, "failed", "--run", "ci-1")
    arm(madoguchi, "failed")
    assert [one["run"] for one in listed(madoguchi)] == ["ci-1", ""]
    assert [one["run"] for one in listed(madoguchi, "--run", "ci-1")] == ["ci-1"]
    japanese = madoguchi.run("server", "scenario", "list")
    assert "夜間の停止" in japanese.out
    assert "確認できていない" in japanese.out
    assert "  latency  " in japanese.out


def test_what_is_armed_is_taken_away_by_name_by_run_or_altogether(madoguchi: Madoguchi) -> None:
    for arguments in (("failed",), ("failed", "--run", "ci-1"), ("latency",)):
        arm(madoguchi, *arguments)
    reset = ("server", "scenario", "reset")
    assert madoguchi.run(*reset, "latency", "--json").document("server-scenario-reset")["deleted"] == 1
    assert madoguchi.run(*reset, "--run", "ci-1", "--json").document("server-scenario-reset")["deleted"] == 1
    assert madoguchi.run(*reset, "--json").document("server-scenario-reset")["deleted"] == 1
    assert listed(madoguchi) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("latancy",), "unknown_scenario"),
        (("latency", "--param", "mean_ms"), "scenario_param"),
        (("latency", "--param", "mean_ms=1", "--param", "mean_ms=2"), "scenario_param"),
        (("latency", "--persona", "nobody"), "MOCK-SCENARIO-PERSONA"),
        (("latency", "--times", "0"), "bad_count"),
        (("latency", "--times", "2", "--until-reset"), "scenario_times"),
        (("latency", "--seed", "x"), "bad_seed"),
        (("latency", "--institution", "12"), "bad_institution"),
    ],
)
def test_what_cannot_be_armed_is_refused_with_what_can(
    madoguchi: Madoguchi, arguments: tuple[str, ...], code: str
) -> None:
    assert refused(madoguchi.run("server", "scenario", "arm", *arguments, "--json")) == (2, code)


def test_a_misspelt_trouble_is_answered_with_the_nearest_and_all(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "scenario", "arm", "latancy", "--lang", "en")
    assert "Did you mean latency?" in done.err
    assert "night_closure" in done.err


def test_a_value_out_of_range_is_answered_with_the_range(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("server", "scenario", "arm", "truncated", "--param", "percent=100", "--lang", "en")
    assert "percent can be: 0–99" in done.err


def test_an_individual_number_is_refused_wherever_it_is_typed(madoguchi: Madoguchi) -> None:
    for arguments in (
        ("scenario", "arm", "latency", "--param", "mean_ms=123456789018"),
        ("scenario", "arm", "123456789018"),
        ("clock", "set", "123456789018"),
    ):
        assert refused(madoguchi.run("server", *arguments, "--json")) == (5, "individual_number")


def test_the_clock_is_set_moved_stopped_and_goes_on(madoguchi: Madoguchi) -> None:
    def clock(*arguments: str) -> dict[str, Any]:
        return dict(madoguchi.run("server", "clock", *arguments, "--json").document("server-clock"))

    started = clock()
    assert (started["moved_s"], started["frozen"], started["live"]) == (0, False, False)
    assert clock("set", "2026-12-01T08:30")["now"] >= "2026-12-01T08:30:00+09:00"
    stopped = clock("freeze", "2026-12-01T23:59")
    assert (stopped["now"], stopped["frozen"]) == ("2026-12-01T23:59:00+09:00", True)
    assert stopped["moved_s"] is None, "a clock that stands is at no distance from one that goes"
    assert clock("move", "+1d12h")["now"] == "2026-12-03T11:59:00+09:00"
    assert clock("move", "2d", "--back")["now"] == "2026-12-01T11:59:00+09:00"
    goes = clock("run")
    assert (goes["frozen"], goes["now"][:16]) == (False, "2026-12-01T11:59")
    again = clock("reset")
    assert again["moved_s"] == 0
    assert datetime.fromisoformat(again["now"]) - datetime.fromisoformat(started["now"]) < timedelta(hours=1)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("sett", "2026-12-01T08:30"), "unknown_clock_action"),
        (("set",), "clock_value"),
        (("show", "x"), "clock_value"),
        (("set", "2026-12-01", "--back"), "clock_value"),
        (("move", "3"), "clock_while"),
        (("move", "3x"), "clock_while"),
        (("set", "tomorrow"), "MOCK-CLOCK-RANGE"),
    ],
)
def test_what_the_clock_cannot_do_is_refused(madoguchi: Madoguchi, arguments: tuple[str, ...], code: str) -> None:
    assert refused(madoguchi.run("server", "clock", *arguments, "--json")) == (2, code)


def test_a_reset_says_what_it_clears_and_wants_to_be_told_which(madoguchi: Madoguchi) -> None:
    assert refused(madoguchi.run("server", "reset", "--json")) == (2, "reset_what")
    assert refused(madoguchi.run("server", "reset", "--all", "--run", "x", "--json")) == (2, "reset_what")
    arm(madoguchi, "failed", "--run", "ci-1")
    arm(madoguchi, "failed")
    one = madoguchi.run("server", "reset", "--run", "ci-1", "--json").document("server-reset")
    assert one["deleted"]["armed"] == 1
    assert len(listed(madoguchi)) == 1
    assert madoguchi.run("server", "reset", "--all", "--lang", "en").out == "troubles: 1 cleared\n"
    assert madoguchi.run("server", "reset", "--all", "--lang", "en").out == "there was nothing to clear.\n"


def test_a_file_of_a_server_that_is_gone_reaches_the_store(madoguchi: Madoguchi) -> None:
    running = Running(os.getpid(), "http://127.0.0.1:9", "http://127.0.0.1:9", "token", "2026-11-20T09:00:00+09:00")
    publish(madoguchi.data_dir, running)
    done = madoguchi.run("server", "scenario", "arm", "failed", "--json")
    assert done.document("server-scenario-arm")["live"] is False


def test_a_token_is_never_sent_beyond_this_machine(madoguchi: Madoguchi) -> None:
    for url in ("http://192.0.2.1:8766", "https://example.invalid", "http://localhost.example"):
        publish(madoguchi.data_dir, Running(os.getpid(), url, url, "token", "2026-11-20T09:00:00+09:00"))
        assert madoguchi.run("server", "clock", "--json").document("server-clock")["live"] is False


# ── where one runs ──


@pytest.mark.daemon
def test_a_running_server_is_told_and_its_next_visit_meets_the_trouble(madoguchi: Madoguchi) -> None:
    with madoguchi.serving("server", "run", "--port", "0", "--admin-port", "0", "--date", ON, "--json") as server:
        started = json.loads(server.first_line)
        assert find(madoguchi.data_dir) is not None
        assert running_file(madoguchi.data_dir).stat().st_mode & 0o777 == 0o600
        check = ("check", "--persona", "taro", "--pin-stdin", "--server", started["url"], "--date", ON, "--json")

        done = madoguchi.run("server", "scenario", "arm", "failed", "--call", "qualification", "--json")
        assert (done.document("server-scenario-arm")["live"], done.err) == (True, "")
        assert madoguchi.run(*check, stdin=b"4093").code == 4
        assert listed(madoguchi) == []
        good = madoguchi.run(*check, stdin=b"4093")
        assert (good.code, good.document("check")["outcome"]) == (0, "OK_ONLINE")

        clock = madoguchi.run("server", "clock", "--json").document("server-clock")
        assert (clock["live"], clock["now"][:10]) == (True, ON)
        cleared = madoguchi.run("server", "reset", "--all", "--json").document("server-reset")
        assert (cleared["live"], cleared["deleted"]["exchange"]) == (True, 2)
        assert refused(madoguchi.run("server", "scenario", "arm", "latency", "--persona", "x", "--json"))[0] == 2
        server.end(signal.SIGTERM)
    assert find(madoguchi.data_dir) is None


# ── the file that says where it runs ──


def test_a_server_withdraws_its_own_file_only(madoguchi: Madoguchi) -> None:
    mine = Running(os.getpid(), "u", "a", "secret-token", "t", "postgresql+psycopg://u:secret-word@h/d")
    publish(madoguchi.data_dir, mine)
    assert find(madoguchi.data_dir) == mine
    assert "secret" not in repr(mine)
    withdraw(madoguchi.data_dir, os.getpid() + 1)
    assert find(madoguchi.data_dir) == mine
    withdraw(madoguchi.data_dir, os.getpid())
    assert find(madoguchi.data_dir) is None
    withdraw(madoguchi.data_dir, os.getpid())


def test_a_second_server_of_the_folder_stands_beside_the_first(madoguchi: Madoguchi) -> None:
    parent, own = os.getppid(), os.getpid()
    first, second = Running(parent, "u", "a", "one", "t"), Running(own, "u", "a", "two", "t")
    publish(madoguchi.data_dir, first)
    publish(madoguchi.data_dir, second)
    assert find_all(madoguchi.data_dir) == [first, second]
    withdraw(madoguchi.data_dir, own)
    assert find_all(madoguchi.data_dir) == [first]
    publish(madoguchi.data_dir, second)
    withdraw(madoguchi.data_dir, parent)
    assert find(madoguchi.data_dir) == second
    withdraw(madoguchi.data_dir, own)
    assert [path.name for path in running_file(madoguchi.data_dir).parent.iterdir()] == []


def test_a_file_of_a_process_that_is_gone_makes_room(madoguchi: Madoguchi) -> None:
    done = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    publish(madoguchi.data_dir, Running(int(done.stdout), "u", "a", "gone", "t"))
    assert find(madoguchi.data_dir) is None
    publish(madoguchi.data_dir, Running(os.getpid(), "u", "a", "mine", "t"))
    assert [path.name for path in running_file(madoguchi.data_dir).parent.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"pid": "x"}', '{"pid": -1, "url": 1}', '{"pid": 1e400}', "\x00"]
)
def test_a_broken_file_is_no_running_server(madoguchi: Madoguchi, text: str) -> None:
    file = running_file(madoguchi.data_dir)
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert find(madoguchi.data_dir) is None
