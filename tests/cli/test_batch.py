"""`madoguchi batch`: everybody on the list, each asked for once, every mistake told with its row."""

from __future__ import annotations

import csv
import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mock_server.personas import find_persona
from tests.cli.command import LONG_ENOUGH_S, Finished, Madoguchi, command_line
from tests.free_ports import free_port

HEADING = "患者番号,保険者番号,記号,番号,枝番,生年月日"
ON = ("--date", "2026-11-20")


def row(name: str, own: str = "", **changes: str) -> str:
    paper = find_persona(name).numbers() | changes
    return ",".join(
        [own, paper["insurer_number"], paper["symbol"], paper["number"], paper["branch"], paper["birthdate"]]
    )


def listed(home: Path, *rows: str, heading: str = HEADING, encoding: str = "utf-8") -> Path:
    path = home / "list.csv"
    path.write_bytes("\r\n".join([heading, *rows, ""]).encode(encoding))
    return path


def test_a_list_of_valid_people_ends_well(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("batch", listed(madoguchi.home, row("taro"), row("hanako")), *ON, "--json")
    assert done.code == 0
    document = done.document("batch")
    assert (document["total"], document["counts"]["valid"], document["resumed"]) == (2, 2, 0)


def test_each_validity_is_counted_and_told(madoguchi: Madoguchi) -> None:
    rows = [row("taro", "A1"), row("haruka", "A2"), row("taro", "A3", number="999998")]
    done = madoguchi.run("batch", listed(madoguchi.home, *rows), *ON)
    assert done.code == 1
    assert "3行目（A2） 無効（新しい資格あり）" in done.out
    assert "4行目（A3） 該当資格なし" in done.out
    counts = madoguchi.run("batch", listed(madoguchi.home, *rows), *ON, "--json").document("batch")["counts"]
    assert {word for word, count in counts.items() if count} == {"valid", "newer", "none"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_the_list_may_come_from_any_spreadsheet(madoguchi: Madoguchi, encoding: str) -> None:
    era = row("taro").replace("1985-06-15", "昭和60年6月15日")
    path = listed(madoguchi.home, era, "", row("kiyoshi"), encoding=encoding)
    assert madoguchi.run("batch", path, *ON, "--json").document("batch")["counts"]["valid"] == 2


def test_a_second_run_asks_nobody_again_and_restart_asks_everybody(madoguchi: Madoguchi) -> None:
    path = listed(madoguchi.home, row("taro"), row("hanako"))
    madoguchi.run("batch", path, *ON)
    again = madoguchi.run("batch", path, *ON, "--json").document("batch")
    assert (again["resumed"], again["counts"]["valid"]) == (2, 2)
    assert "--restart" in madoguchi.run("batch", path, *ON).out
    anew = madoguchi.run("batch", path, *ON, "--json", "--restart").document("batch")
    assert (anew["resumed"], anew["counts"]["valid"]) == (0, 2)


def test_the_report_has_everybody_in_order(madoguchi: Madoguchi) -> None:
    path = listed(madoguchi.home, row("taro", "A1"), row("haruka", "A2"))
    out = madoguchi.home / "report.csv"
    madoguchi.run("batch", path, *ON, "--out", out)
    with out.open(encoding="utf-8-sig", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["患者番号"], first["資格有効性"], first["氏名"]) == ("A1", "1", "協会　太郎")
    assert (second["患者番号"], second["資格有効性"], second["資格喪失年月日"]) == ("A2", "3", "2026-04-01")
    madoguchi.run("batch", path, *ON, "--out", madoguchi.home / "report.json")
    people = json.loads((madoguchi.home / "report.json").read_text(encoding="utf-8"))["people"]
    assert [(one["line"], one["validity"]) for one in people] == [(2, 1), (3, 3)]


def test_no_cell_of_the_report_is_a_formula(madoguchi: Madoguchi) -> None:
    out = madoguchi.home / "report.csv"
    madoguchi.run("batch", listed(madoguchi.home, row("taro", "=1+1")), *ON, "--out", out)
    assert "'=1+1" in out.read_text(encoding="utf-8-sig")


def test_a_bad_row_stops_everything_before_anybody_is_asked(madoguchi: Madoguchi) -> None:
    path = listed(madoguchi.home, row("taro"), row("taro", number=""), row("taro", birthdate="2026-02-30"))
    stopped = madoguchi.run("batch", path, *ON)
    assert stopped.code == 2
    assert "3行目「番号」" in stopped.err
    assert "4行目「生年月日」" in stopped.err
    assert "2行" in stopped.err
    assert not (madoguchi.data_dir / "batches").exists()
    left_out = madoguchi.run("batch", path, *ON, "--skip-bad", "--json").document("batch")
    assert (left_out["total"], left_out["left_out"]) == (1, 2)


def test_an_individual_number_is_refused_with_its_line_only(madoguchi: Madoguchi) -> None:
    done = madoguchi.run("batch", listed(madoguchi.home, row("taro", "1234-5678-9018")), *ON, "--json")
    assert done.code == 5
    assert done.error() == "batch_individual_number"
    assert "9018" not in done.out + done.err


@pytest.mark.parametrize(
    ("heading", "rows", "code"),
    [
        ("患者番号,保険者番号,生年月日", [",01139997,1985-06-15"], "batch_heading"),
        (f"{HEADING},number", [row("taro")], "batch_twice"),
        (HEADING, [], "batch_empty"),
        (HEADING, ['"open'], "batch_csv"),
    ],
)
def test_a_list_that_is_none_is_told_what_it_lacks(
    madoguchi: Madoguchi, heading: str, rows: list[str], code: str
) -> None:
    done = madoguchi.run("batch", listed(madoguchi.home, *rows, heading=heading), *ON, "--json")
    assert (done.code, done.error()) == (2, code)


def test_mistakes_on_the_command_line_are_told(madoguchi: Madoguchi) -> None:
    path = listed(madoguchi.home, row("taro"))
    assert madoguchi.run("batch", madoguchi.home / "none.csv", "--json").error() == "batch_unreadable"
    assert madoguchi.run("batch", path, "--per-request", "0", "--json").error() == "bad_per_request"
    assert madoguchi.run("batch", path, "--out", "report.xls", "--json").error() == "batch_out"
    no_folder = madoguchi.run("batch", path, *ON, "--out", madoguchi.home / "none" / "x.csv", "--json")
    assert no_folder.error() == "batch_out_failed"
    (madoguchi.home / "bin.csv").write_bytes(b"\xff\xfe\x00\x81")
    assert madoguchi.run("batch", madoguchi.home / "bin.csv", "--json").error() == "batch_encoding"


def test_a_server_that_is_not_there_is_told_and_loses_nothing(madoguchi: Madoguchi) -> None:
    path = listed(madoguchi.home, row("taro"))
    done = madoguchi.run("batch", path, *ON, "--server", "http://127.0.0.1:9", "--json")
    assert done.code == 4


@pytest.mark.daemon
def test_killed_anywhere_it_goes_on_and_asks_nobody_twice(madoguchi: Madoguchi) -> None:
    """Client and server are killed (SIGKILL) at random moments until the list is done; then every row has one answer,
    and the server holds each request of the list once."""
    seed = random.SystemRandom().randrange(1_000_000)
    chance = random.Random(seed)
    names = ("taro", "hanako", "haruka", "ume")
    rows = [row(names[at % 4], f"P{at}") for at in range(3000)]
    path = listed(madoguchi.home, *rows)
    port = free_port()
    server = _started(madoguchi, "server", "run", "--port", str(port), *ON)
    kills = 0
    try:
        end = time.monotonic() + LONG_ENOUGH_S
        finished: Finished | None = None
        while finished is None:
            assert time.monotonic() < end, f"seed {seed}: not done after {kills} kills"
            client = _started(
                madoguchi,
                "batch",
                str(path),
                *ON,
                "--server",
                f"http://127.0.0.1:{port}",
                "--per-request",
                "300",
                "--json",
            )
            try:
                out, err = client.communicate(timeout=chance.uniform(0.3, 1.5) if kills < 6 else LONG_ENOUGH_S)
            except subprocess.TimeoutExpired:
                kills += 1
                client.kill()
                client.communicate()
                if chance.random() < 0.5:
                    server.kill()
                    server.communicate()
                    server = _started(madoguchi, "server", "run", "--port", str(port), *ON)
                continue
            assert client.returncode in (1, 4), f"seed {seed}: {err!r}"  # 4: the server was not up yet
            if client.returncode == 1:
                finished = Finished(1, out.decode(), err.decode())
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate()
    counts = finished.document("batch")["counts"]
    assert (counts["valid"], counts["newer"], sum(counts.values())) == (2250, 750, 3000), f"seed {seed}"
    from mock_server.registry.engines import open_engine

    engine = open_engine(f"sqlite:///{madoguchi.data_dir}/server/registry.sqlite")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM batch").scalar_one() == 10, f"seed {seed}"
        assert connection.exec_driver_sql("SELECT count(*) FROM batch_item").scalar_one() == 3000
        assert connection.exec_driver_sql("SELECT count(*) FROM batch_item WHERE result IS NULL").scalar_one() == 0
    engine.dispose()


def _started(madoguchi: Madoguchi, *arguments: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command_line(*arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=madoguchi.environment(),
        cwd=madoguchi.home,
    )
    if arguments[0] == "server":
        assert process.stdout is not None
        assert process.stdout.readline(), process.stderr and process.stderr.read()
    return process


def test_the_help_says_what_the_list_needs(madoguchi: Madoguchi) -> None:
    helped = madoguchi.run("batch", "--help", "--lang", "en")
    assert "insurer_number" in helped.out
