"""`madoguchi doctor --bundle`: a report to hand on. Everything that must not be in it is planted, and searched for."""

from __future__ import annotations

import json
import os
import re
import stat
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.cli import bundle
from kiosk.cli.config import Config
from kiosk.cli.errors import CommandError
from kiosk.cli.redaction import Redactor
from kiosk.cli.words import LANGUAGES
from reader.trace import Exchange
from tests.card_factory import PIN, make_card
from tests.cli.command import Finished, Madoguchi, command_line
from tests.cli.starts import at, on_a_full_disk, with_readers
from tests.daemons.fixtures import private_pcscd  # noqa: F401 - a fixture
from tests.daemons.private_pcscd import PrivatePcscd
from tests.daemons.virtual_card import inserted

NOW = datetime(2026, 11, 21, 9, 30, 15)
FILES = {"README.txt", "findings.json", "machine.json", "readers.json", "settings.json"}


def files(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def written(done: Finished) -> Path:
    path = done.document("doctor")["bundle"]
    assert path is not None
    return Path(path)


def report(config: Config = Config(), trace: list[Exchange] | None = None, **secrets: str) -> dict[str, bytes]:  # noqa: B008
    return bundle.contents([], {}, [], config, trace, Redactor(secrets))


class TestWriting:
    """Where it goes, who may read it, and what it never does."""

    def test_into_the_folder_it_runs_in_named_by_the_moment(self, tmp_path: Path, here: Path) -> None:
        path = bundle.write(report(), "", NOW, tmp_path / "data")
        assert path == here / "madoguchi-doctor-20261121-093015.zip"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert set(files(path)) == FILES

    @pytest.mark.parametrize(
        ("now", "shown"),
        [
            (datetime(1970, 1, 1, 0, 5), (1980, 1, 1, 0, 0, 0)),
            (datetime(1979, 12, 31, 23, 59, 59), (1980, 1, 1, 0, 0, 0)),
            (NOW, (2026, 11, 21, 9, 30, 14)),  # a zip file counts in steps of two seconds
            (datetime(2108, 2, 29, 12, 0), (2107, 12, 31, 23, 59, 58)),
            (datetime(9999, 12, 31, 23, 59, 59), (2107, 12, 31, 23, 59, 58)),
        ],
    )
    def test_a_clock_that_no_zip_file_can_write_down(self, here: Path, now: datetime, shown: tuple[int, ...]) -> None:
        path = bundle.write(report(), "", now, here)
        assert path.name == f"madoguchi-doctor-{now:%Y%m%d-%H%M%S}.zip"
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {shown}
        assert set(files(path)) == FILES

    def test_a_second_one_of_the_same_moment_has_another_name(self, here: Path) -> None:
        first, second = (bundle.write(report(), "", NOW, here) for _ in range(2))
        assert first != second
        assert second.name == "madoguchi-doctor-20261121-093015-2.zip"

    def test_into_a_folder_or_a_file_that_was_named(self, tmp_path: Path) -> None:
        assert bundle.write(report(), str(tmp_path), NOW, tmp_path).parent == tmp_path
        assert bundle.write(report(), str(tmp_path / "mine.zip"), NOW, tmp_path) == tmp_path / "mine.zip"

    def test_never_over_a_file_that_is_there(self, tmp_path: Path) -> None:
        there = tmp_path / "there.zip"
        there.write_bytes(b"mine")
        with pytest.raises(CommandError) as refusal:
            bundle.write(report(), str(there), NOW, tmp_path)
        assert refusal.value.code == "bundle_exists"
        assert there.read_bytes() == b"mine"

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        target = tmp_path / "target"
        (tmp_path / "link.zip").symlink_to(target)
        with pytest.raises(CommandError) as refusal:
            bundle.write(report(), str(tmp_path / "link.zip"), NOW, tmp_path)
        assert refusal.value.code == "bundle_exists"
        assert not target.exists()

    def test_into_the_data_folder_where_this_one_cannot_be_written(
        self, tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gone = here / "gone"
        monkeypatch.setattr(Path, "cwd", lambda: gone if gone.is_dir() else here)
        real_open = os.open

        def refuse_here(path: Any, *arguments: Any, **named: Any) -> int:
            if Path(path).parent == here:
                raise PermissionError(13, "denied")
            return real_open(path, *arguments, **named)

        monkeypatch.setattr(os, "open", refuse_here)
        assert bundle.write(report(), "", NOW, tmp_path).parent == tmp_path
        with pytest.raises(CommandError) as refusal:
            bundle.write(report(), str(here), NOW, tmp_path)
        assert refusal.value.code == "bundle_failed"

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError) as refusal:
            bundle.write(report(), str(tmp_path / "none" / "x.zip"), NOW, tmp_path)
        assert (refusal.value.code, refusal.value.params["path"]) == ("bundle_failed", tmp_path / "none" / "x.zip")

    @pytest.mark.parametrize("name", ["x" * 300, "~nobody-of-this-name/x.zip"])
    def test_a_name_that_cannot_be_one_is_refused_and_nothing_crashes(self, here: Path, name: str) -> None:
        with pytest.raises(CommandError) as refusal:
            bundle.write(report(), name, NOW, here)
        assert (refusal.value.code, refusal.value.params["path"]) == ("bundle_failed", Path(name))

    def test_a_folder_that_lets_nobody_see_what_is_in_it(self, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        real_stat, real_open = os.stat, os.open

        def closed(real: Any) -> Any:
            def refuse(path: Any, *arguments: Any, **named: Any) -> Any:
                if not isinstance(path, int) and Path(path).parent == here:
                    raise PermissionError(13, "denied")
                return real(path, *arguments, **named)

            return refuse

        monkeypatch.setattr(os, "stat", closed(real_stat))
        monkeypatch.setattr(os, "open", closed(real_open))
        with pytest.raises(CommandError) as refusal:
            bundle.write(report(), str(here), NOW, here)
        assert refusal.value.code == "bundle_failed"

    @pytest.mark.parametrize("name", ["", "mine.zip", "."])
    def test_a_proof_that_it_can_be_written_leaves_nothing_behind(self, here: Path, name: str) -> None:
        bundle.prove(name, NOW)
        assert list(here.iterdir()) == []

    def test_what_cannot_be_written_is_known_without_a_report(self, here: Path, tmp_path: Path) -> None:
        there = here / "there.zip"
        there.write_bytes(b"mine")
        (here / "link.zip").symlink_to(tmp_path / "nowhere")
        named = {"there.zip": "bundle_exists", "link.zip": "bundle_exists"}
        named |= dict.fromkeys(("none/x.zip", "there.zip/x.zip", "x" * 300), "bundle_failed")
        for name, code in named.items():
            with pytest.raises(CommandError) as refusal:
                bundle.prove(name, NOW)
            assert refusal.value.code == code
        assert there.read_bytes() == b"mine"

    def test_a_folder_that_is_closed_is_known_without_a_report(
        self, here: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: Any, **__: Any) -> int:
            raise PermissionError(13, "denied")

        monkeypatch.setattr(os, "open", refuse)
        for name in (str(here), str(here / "mine.zip")):
            with pytest.raises(CommandError) as refusal:
                bundle.prove(name, NOW)
            assert refusal.value.code == "bundle_failed"

    def test_into_the_data_folder_where_this_one_was_deleted(self, tmp_path: Path, here: Path) -> None:
        here.rmdir()
        assert bundle.write(report(), "", NOW, tmp_path).parent == tmp_path

    @pytest.fixture
    def here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "here"
        folder.mkdir()
        monkeypatch.chdir(folder)
        return folder


class TestContents:
    """What is in it, and what is not."""

    def test_the_readme_speaks_both_languages_and_names_every_file(self) -> None:
        readme = report(trace=[])["README.txt"].decode("utf-8")
        assert len(LANGUAGES) == 2
        for name in (*FILES - {"README.txt"}, "trace.json"):
            assert readme.count(name) == len(LANGUAGES)

    def test_settings_are_told_by_kind_only(self) -> None:
        config = Config(
            reader="SONY RC-S300/P (1234567) 00 00",
            server="http://127.0.0.1:8765",
            institution="1319999999",
            site="clinic",
            database="postgresql+psycopg://clinic:password@db.example/clinic",
            trust="/home/zaphod/ca.pem",
        )
        assert json.loads(report(config)["settings.json"]) == {
            "reader": True,
            "server": "loopback",
            "institution": True,
            "site": "clinic",
            "database": "postgresql",
            "trust": True,
        }
        elsewhere = json.loads(report(Config(server="https://clinic.example"))["settings.json"])
        assert elsewhere["server"] == "elsewhere"

    def test_a_trace_has_status_words_and_no_answers(self) -> None:
        exchange = Exchange(1, 0.0, 1.5, "00A4040C0A...", "6F0A8408DEADBEEF", 0x9000)
        (row,) = json.loads(report(trace=[exchange])["trace.json"])
        assert (row["sw"], row["answer"]) == ("9000", "[withheld]")
        assert "trace.json" not in report()


class TestTheCommand:
    """In a process of its own, on the private pcscd, with a card on it."""

    @pytest.mark.pcsc
    @pytest.mark.daemon
    def test_nothing_that_was_planted_is_in_it(
        self,
        private_pcscd: PrivatePcscd,  # noqa: F811
        tmp_path: Path,
    ) -> None:
        home = tmp_path / "zaphod-home"
        home.mkdir()
        (home / "data").mkdir()
        (home / "data" / "config.toml").write_text('[counter]\ninstitution = "1319999999"\n')
        madoguchi = Madoguchi(home)
        environment = {
            "PCSCLITE_CSOCK_NAME": str(private_pcscd.socket),
            "LOGNAME": "zaphod",
            "USER": "zaphod",
            "HOSTNAME": "heart-of-gold.clinic.example",
            "SSH_CONNECTION": "192.0.2.77 50000 192.0.2.78 22",
        }
        card = make_card()
        before = card.image
        with inserted(card, private_pcscd) as name:
            done = madoguchi.run(
                "doctor", "--reader", name, "--bundle", "--with-trace", "--json", env=environment, cwd=home
            )
        assert done.code == 0, done.out + done.err
        assert card.image == before
        path = written(done)
        assert path.parent == home
        found = files(path)
        assert set(found) == {*FILES, "trace.json"}
        text = "\n".join(found.values())
        planted = ("zaphod", "heart-of-gold", "1319999999", "192.0.2", str(home), str(tmp_path), card.image.persona)
        assert [secret for secret in planted if secret in text] == []
        # The card: its certificate in hex or base64 in any part, its PIN as a word of its own.
        for certificate in (card.image.files[ef].content for ef in (0x000A, 0x000B, 0x0001)):
            hexed = certificate.hex()
            assert not any(hexed[at : at + 16] in text.lower() for at in range(0, len(hexed) - 16, 16))
        assert not re.search(rf"(?<!\w){PIN}(?!\w)", text)
        assert [row["code"] for row in json.loads(found["findings.json"])][-4:] == [
            "readers.found",
            "card.answers",
            "card.untouched",
            "server.in_process",
        ]
        (reader,) = (row for row in json.loads(found["readers.json"]) if row["name"] == name)
        assert reader["atr"] == "3B888001000005E0B381A1007F"  # one that is published as the same for every card
        assert all(row["sw"] for row in json.loads(found["trace.json"]))


@pytest.mark.daemon
class TestWithoutAReader:
    """The report is for machines on which something is wrong."""

    def test_it_is_written_although_something_is_wrong(self, lived_in: Madoguchi, tmp_path: Path) -> None:
        done = lived_in.run("doctor", "--reader", "PaSoRi", "--bundle", tmp_path / "report.zip", "--json")
        assert done.code == 3
        assert written(done) == tmp_path / "report.zip"
        found = files(tmp_path / "report.zip")
        rows = json.loads(found["findings.json"])
        assert any(row["code"] == "service.socket_elsewhere" for row in rows)
        text = "\n".join(found.values())
        assert [secret for secret in (str(lived_in.home), "no-pcscd") if secret in text] == []

    @pytest.mark.parametrize("exists", [False, True])
    def test_where_another_service_is_looked_for_is_not_told(
        self, lived_in: Madoguchi, tmp_path: Path, exists: bool
    ) -> None:
        named = tmp_path / "tanaka-clinic" / "pcscd.comm"
        if exists:
            named.parent.mkdir()
            named.write_bytes(b"")
        done = lived_in.run("doctor", "--bundle", "--json", env={"PCSCLITE_CSOCK_NAME": str(named)}, cwd=tmp_path)
        rows = done.document("doctor")["findings"]
        if not any(row["code"] == "pyscard.missing" for row in rows):
            assert any(str(named) in row["message"] for row in rows)  # the person at the machine is told
        text = "\n".join(files(written(done)).values())
        assert "tanaka-clinic" not in text
        assert json.loads(files(written(done))["machine.json"])["variables"]["PCSCLITE_CSOCK_NAME"] is True

    def test_the_serial_number_of_a_reader_that_was_asked_for_and_is_not_there(
        self, lived_in: Madoguchi, tmp_path: Path
    ) -> None:
        done = lived_in.run(
            *("doctor", "--reader", "PaSoRi 7654321 (KJ-0012)", "--bundle", "--json"),
            start=with_readers("Other Reader 00 00"),
            cwd=tmp_path,
        )
        assert any(row["code"] == "readers.unknown" for row in done.document("doctor")["findings"])
        text = "\n".join(files(written(done)).values())
        assert "PaSoRi" in text
        assert [secret for secret in ("7654321", "KJ-0012") if secret in text] == []

    @pytest.mark.parametrize("year", [1970, 2108])
    def test_a_clock_that_is_wrong_is_reported(self, madoguchi: Madoguchi, tmp_path: Path, year: int) -> None:
        done = madoguchi.run("doctor", "--bundle", "--json", start=at(datetime(year, 1, 1, 0, 5)), cwd=tmp_path)
        assert done.err == ""
        rows = json.loads(files(written(done))["findings.json"])
        (clock,) = (row for row in rows if row["check"] == "clock")
        assert f"{year}-01-01 00:05" in clock["message"]

    @pytest.mark.parametrize("target", ["there.zip", "none/x.zip"])
    def test_what_cannot_be_written_is_refused_before_anything_is_examined(
        self, madoguchi: Madoguchi, target: str
    ) -> None:
        there = madoguchi.home / "there.zip"
        there.write_bytes(b"mine")
        done = madoguchi.run("doctor", "--bundle", target, "--json")
        code = "bundle_exists" if target == "there.zip" else "bundle_failed"
        assert (done.code, done.error()) == (2, code)
        assert list(madoguchi.home.iterdir()) == [there]  # examining makes the data folder
        assert there.read_bytes() == b"mine"

    def test_findings_are_told_although_the_report_cannot_be_written(self, madoguchi: Madoguchi) -> None:
        """Neither here, because the folder is gone, nor in the data folder, which is a finding itself."""
        madoguchi.data_dir.write_bytes(b"no folder")
        for name, arguments, code in (("a", (), 2), ("b", ("--server", "http://127.0.0.1:9"), 4)):
            gone = madoguchi.home / name
            command = ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", *command_line()]
            said = {}
            for as_json in ((), ("--json",)):
                gone.mkdir()
                said[as_json] = madoguchi.run("doctor", "--bundle", *arguments, *as_json, start=command, cwd=gone)
            document = said["--json",].document("doctor")
            assert (said["--json",].code, document["ok"], document["bundle"]) == (code, False, None)
            assert document["error"]["code"] == "bundle_failed"
            assert {"data_dir", "software_counter", "clock"} <= {row["check"] for row in document["findings"]}
            assert said[()].code == code
            assert "✓ ソフトウェアの窓口" in said[()].out
            assert said[()].err.startswith("madoguchi: 報告を ")
            assert document["error"]["message"].startswith("報告を ")

    def test_a_report_that_fails_is_a_fault_where_all_else_is_well(self, lived_in: Madoguchi, tmp_path: Path) -> None:
        done = lived_in.run("doctor", "--bundle", "--json", start=on_a_full_disk(), cwd=tmp_path)
        document = done.document("doctor")
        assert (done.code, document["ok"], document["error"]["code"]) == (2, True, "bundle_failed")
        told = lived_in.run("doctor", "--bundle", start=on_a_full_disk(), cwd=tmp_path)
        assert (told.code, told.out.splitlines()[-1][:4]) == (2, "使えます")
        assert "madoguchi: " in told.err
        assert list(tmp_path.iterdir()) == []

    def test_a_person_is_told_where_it_lies(self, lived_in: Madoguchi, tmp_path: Path) -> None:
        done = lived_in.run("doctor", "--bundle", tmp_path / "report.zip", "--lang", "en")
        assert done.code == 0
        assert f"The report was written: {tmp_path / 'report.zip'}\n" in done.out
        again = lived_in.run("doctor", "--bundle", tmp_path / "report.zip", "--json")
        assert (again.code, again.error()) == (2, "bundle_exists")

    def test_nobody_asked_for_one(self, lived_in: Madoguchi, tmp_path: Path) -> None:
        done = lived_in.run("doctor", "--json", cwd=tmp_path)
        assert done.document("doctor")["bundle"] is None
        assert list(tmp_path.iterdir()) == []

    def test_a_trace_is_for_a_report(self, lived_in: Madoguchi, tmp_path: Path) -> None:
        done = lived_in.run("doctor", "--with-trace", "--json", cwd=tmp_path)
        assert written(done).parent == tmp_path
        assert json.loads(files(written(done))["trace.json"]) == []  # no card was there


def test_clocks_that_differ_are_a_remark() -> None:
    from kiosk.cli.context import JST
    from kiosk.cli.doctor_server import CLOCKS_MAY_DIFFER, compare_clocks

    ours = datetime(2026, 11, 21, 9, 0, tzinfo=JST)
    assert list(compare_clocks(ours, ours + CLOCKS_MAY_DIFFER)) == []
    for theirs in (ours + CLOCKS_MAY_DIFFER + timedelta(seconds=1), ours - timedelta(days=400)):
        (finding,) = compare_clocks(ours, theirs)
        assert (finding.ok, finding.code, finding.link) == (None, "clock.server_differs", "hardware/clock.md")
