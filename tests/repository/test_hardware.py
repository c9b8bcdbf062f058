"""What hardware/ writes onto machines: below a folder, twice, taken back; and whether its pages and rules agree."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import socket
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from reader.doctor.usb_table import KNOWN_READERS, Standing

HARDWARE = Path(__file__).resolve().parents[2] / "hardware"
SETUP = HARDWARE / "setup.sh"
EVERYTHING = ("--reader", "--kiosk", "desk", "--vpcd")


def setup(root: Path, *options: str, code: int = 0) -> str:
    done = subprocess.run(["sh", SETUP, "--root", root, *options], capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def files_below(root: Path) -> dict[str, str]:
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_it_shows_first_and_changes_nothing(tmp_path: Path) -> None:
    assert "write" in setup(tmp_path, *EVERYTHING, "--show")
    assert files_below(tmp_path) == {}


def test_the_second_run_changes_nothing(tmp_path: Path) -> None:
    setup(tmp_path, *EVERYTHING)
    written = files_below(tmp_path)
    assert len(written) == 5
    assert setup(tmp_path, *EVERYTHING) == "Nothing to change.\n"
    assert files_below(tmp_path) == written


def test_what_somebody_changed_is_written_anew_and_said(tmp_path: Path) -> None:
    setup(tmp_path, "--vpcd")
    rule = tmp_path / "etc/systemd/system/pcscd.service.d/madoguchi-loopback.conf"
    rule.write_text("[Service]\n")
    assert str(rule) in setup(tmp_path, "--vpcd")
    assert "IPAddressDeny=any" in rule.read_text()


@pytest.mark.parametrize("options", [EVERYTHING, ("--vpcd-reversed",), ("--reader",), ("--kiosk", "desk")])
def test_undo_leaves_no_file(tmp_path: Path, options: tuple[str, ...]) -> None:
    setup(tmp_path, *options)
    setup(tmp_path, *options, "--undo")
    assert files_below(tmp_path) == {}
    setup(tmp_path, *options)
    setup(tmp_path, "--undo")
    assert files_below(tmp_path) == {}


def test_the_two_modes_of_the_virtual_reader_replace_each_other(tmp_path: Path) -> None:
    setup(tmp_path, "--vpcd")
    setup(tmp_path, "--vpcd-reversed")
    found = files_below(tmp_path)
    assert "DEVICENAME 127.0.0.1:0x8C7B" in found["etc/reader.conf.d/madoguchi-vpcd"]
    assert "etc/systemd/system/pcscd.service.d/madoguchi-loopback.conf" not in found
    guard = "/usr/local/lib/madoguchi/card-listens.sh"
    assert f"ExecCondition={guard}" in found["etc/systemd/system/pcscd.service.d/madoguchi-reversed.conf"]
    assert (tmp_path / guard[1:]).stat().st_mode & 0o111
    setup(tmp_path, "--vpcd")
    assert guard[1:] not in files_below(tmp_path)
    setup(tmp_path, "--vpcd", "--vpcd-reversed", code=2)


@pytest.mark.parametrize("options", [("--kiosk",), ("--kiosk", "a b"), ("--kiosk", "-x"), ("--nonsense",)])
def test_a_wrong_option_changes_nothing(tmp_path: Path, options: tuple[str, ...]) -> None:
    setup(tmp_path, *options, code=2)
    assert files_below(tmp_path) == {}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--kiosk", "aoi", "--kiosk", "ken"), "run it once for aoi and once for ken"),
        (("--kiosk", ""), "--kiosk needs the name of a user, for example: --kiosk desk"),
        (("--kiosk",), "--kiosk needs the name of a user, for example: --kiosk desk"),
        (("--reader", "--kiosk", "", "--undo"), "--kiosk needs the name of a user, for example: --kiosk desk"),
    ],
)
def test_a_kiosk_is_for_one_user_with_a_name(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    assert sentence in setup(tmp_path, *options, code=2)
    assert files_below(tmp_path) == {}


@pytest.mark.parametrize(
    ("option", "gone"),
    [
        (("--reader",), {"etc/udev/rules.d/70-madoguchi-readers.rules", "etc/modprobe.d/madoguchi-nfc.conf"}),
        (("--kiosk", "desk"), {"etc/polkit-1/rules.d/50-madoguchi.rules"}),
        (
            ("--vpcd",),
            {"etc/reader.conf.d/madoguchi-vpcd", "etc/systemd/system/pcscd.service.d/madoguchi-loopback.conf"},
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_undo_of_one_part_leaves_the_others(tmp_path: Path, option: tuple[str, ...], gone: set[str]) -> None:
    setup(tmp_path, *EVERYTHING)
    before = set(files_below(tmp_path))
    setup(tmp_path, *option, "--undo")
    assert before - set(files_below(tmp_path)) == gone


RULE = "etc/polkit-1/rules.d/50-madoguchi.rules"


def test_one_users_undo_leaves_the_rule_to_the_others(tmp_path: Path) -> None:
    for user in ("aoi", "ken"):
        setup(tmp_path, "--kiosk", user)
    database = tmp_path / "etc/group"
    # As in an image of a machine. Whoever has the group as their first one needs the rule like those in its line.
    database.write_text("users:x:100:mei\nmadoguchi:x:997:aoi,ken\n")
    said = setup(tmp_path, "--kiosk", "ken", "--undo")
    assert "in the group are: aoi" in said
    assert said.endswith("Nothing to change.\n")
    assert RULE in files_below(tmp_path)
    database.write_text("users:x:100:mei\nmadoguchi:x:997:ken\n")
    (tmp_path / "etc/passwd").write_text("mei:x:1002:100::/:\naoi:x:1000:997::/:\nken:x:1001:100::/:\n")
    assert "in the group are: aoi" in setup(tmp_path, "--kiosk", "ken", "--undo")
    assert RULE in files_below(tmp_path)
    (tmp_path / "etc/passwd").unlink()
    setup(tmp_path, "--kiosk", "ken", "--undo")
    assert RULE not in files_below(tmp_path)
    # Below a folder nobody is put in or taken out.
    assert database.read_text() == "users:x:100:mei\nmadoguchi:x:997:ken\n"


def test_undo_of_everything_takes_the_rule_whoever_is_in_the_group(tmp_path: Path) -> None:
    setup(tmp_path, "--kiosk", "aoi")
    (tmp_path / "etc/group").write_text("madoguchi:x:997:aoi,ken\n")
    setup(tmp_path, "--undo")
    assert set(files_below(tmp_path)) == {"etc/group"}


@dataclass
class Machine:
    """A pretended machine for setup.sh without --root: what it would run on this one is noted down, and not run.

    Only the commands named here can be found. Those that write to the disk do so below `folder` only. The user
    database is two files there.
    """

    folder: Path

    HARMLESS = ("awk", "cat", "cmp", "cut", "dirname", "grep", "mktemp", "sed", "tr")
    PRETENDED = ("id", "getent", "groupadd", "groupdel", "gpasswd", "usermod", "systemctl", "udevadm")
    WRITING = ("chmod", "cp", "mkdir", "rm", "rmdir")
    PROGRAM = r"""#!/bin/sh
        folder=${0%/bin/*} command=${0##*/}
        note() { printf '%s\n' "$command $*" >>"$folder/calls"; }
        case $command in
            chmod | cp | mkdir | rm | rmdir)
                for word; do case $word in "$folder"/* | [!/]*) ;; *) note "$@"; exit 0 ;; esac; done
                exec "/bin/$command" "$@" ;;
            id)
                [ "$1" != -u ] || { echo 0; exit 0; }
                for user; do :; done
                gid=$(sed -n "s/^$user:x:[0-9]*:\([0-9]*\):.*/\1/p" "$folder/passwd")
                [ -n "$gid" ] || exit 1
                awk -F: -v gid="$gid" -v user="$user" '
                    $3 == gid || index("," $4 ",", "," user ",") { printf "%s ", $1 }' "$folder/group" ;;
            getent)
                case "$*" in
                    passwd) cat "$folder/passwd" ;;
                    *) grep "^$2:" "$folder/group" || exit 2 ;;
                esac ;;
            groupadd) note "$@"; echo madoguchi:x:997: >>"$folder/group" ;;
            usermod) note "$@"; sed -i "/^madoguchi:/ { s/[^:]\$/&,/; s/\$/$4/ }" "$folder/group" ;;
            gpasswd) note "$@"; sed -i "/^madoguchi:/ { s/\([:,]\)$2,/\1/; s/,*$2\$// }" "$folder/group" ;;
            groupdel) note "$@"; sed -i /^madoguchi:/d "$folder/group" ;;
            *) note "$@" ;;
        esac
    """

    def __post_init__(self) -> None:
        (self.folder / "tmp").mkdir()
        commands = self.folder / "bin"
        commands.mkdir()
        program = self.folder / "program"
        program.write_text(self.PROGRAM)
        program.chmod(0o755)
        for name in self.HARMLESS:
            (commands / name).symlink_to(str(shutil.which(name)))
        for name in self.PRETENDED + self.WRITING:
            (commands / name).symlink_to(program)
        self.people("users:x:100:\n", "aoi:x:1000:100::/:\nken:x:1001:100::/:\n")

    def people(self, group: str, passwd: str) -> None:
        (self.folder / "group").write_text(group)
        (self.folder / "passwd").write_text(passwd)

    @property
    def group(self) -> str:
        return (self.folder / "group").read_text().removeprefix("users:x:100:\n")

    def setup(self, *options: str) -> tuple[str, list[str]]:
        """What was said, and which commands about the group were run."""
        calls = self.folder / "calls"
        calls.write_text("")
        environment = {"PATH": str(self.folder / "bin"), "TMPDIR": str(self.folder / "tmp")}
        done = subprocess.run(["/bin/sh", SETUP, *options], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        about_the_group = [line for line in calls.read_text().splitlines() if re.match("group|gpasswd|usermod", line)]
        return done.stdout, about_the_group


def test_the_group_goes_with_the_last_user_of_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.setup("--kiosk", "aoi")[1] == ["groupadd --system madoguchi", "usermod -a -G madoguchi aoi"]
    assert machine.setup("--kiosk", "ken")[1] == ["usermod -a -G madoguchi ken"]
    said, calls = machine.setup("--kiosk", "ken", "--undo")
    assert "in the group are: aoi" in said
    assert calls == ["gpasswd -d ken madoguchi"]
    assert machine.group == "madoguchi:x:997:aoi\n"
    assert machine.setup("--kiosk", "ken", "--undo")[1] == []
    said, calls = machine.setup("--kiosk", "aoi", "--undo")
    assert "take aoi out of the group madoguchi\n  remove the group madoguchi\n" in said
    assert calls == ["gpasswd -d aoi madoguchi", "groupdel madoguchi"]
    assert machine.group == ""


def test_undo_of_everything_takes_every_member_and_the_group(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    for user in ("aoi", "ken"):
        machine.setup("--kiosk", user)
    said, calls = machine.setup("--undo", "--show")
    assert calls == []
    for line in ("take aoi out of the group", "take ken out of the group", "remove the group madoguchi"):
        assert f"\n  {line}" in said
    assert machine.setup("--undo")[1] == [
        "gpasswd -d aoi madoguchi",
        "gpasswd -d ken madoguchi",
        "groupdel madoguchi",
    ]
    assert "group" not in machine.setup("--undo", "--show")[0]


@pytest.mark.parametrize("part", ["--reader", "--vpcd", "--vpcd-reversed"])
def test_undo_of_another_part_leaves_the_group(tmp_path: Path, part: str) -> None:
    machine = Machine(tmp_path)
    machine.setup("--kiosk", "aoi")
    said, calls = machine.setup("--undo", part)
    assert "group" not in said
    assert calls == []


def test_a_group_that_is_somebodys_first_one_stays(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.people("madoguchi:x:997:aoi\n", "aoi:x:1000:100::/:\nmadoguchi:x:1002:997::/:\n")
    said, calls = machine.setup("--undo")
    assert "The group madoguchi stays: it is the first group of madoguchi." in said
    assert "remove the group" not in said
    assert calls == ["gpasswd -d aoi madoguchi"]


def test_no_mark_of_the_templates_is_left(tmp_path: Path) -> None:
    setup(tmp_path, *EVERYTHING)
    setup(tmp_path, "--vpcd-reversed")
    assert all(not re.search(r"@[A-Z_]+@", text) for text in files_below(tmp_path).values())


def test_the_guard_lets_pcscd_start_only_while_a_card_listens() -> None:
    guard = [HARDWARE / "card-listens.sh"]
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
        ports = [str(server.getsockname()[1]) for server in (first, second)]
        assert subprocess.run([*guard, *ports], env={"PATH": "/usr/bin:/bin", "PATIENCE": "0"}).returncode == 0
        second.close()
        refused = subprocess.run(
            [*guard, *ports], env={"PATH": "/usr/bin:/bin", "PATIENCE": "0"}, capture_output=True, text=True
        )
    assert refused.returncode == 1
    assert ports[1] in refused.stderr
    assert "madoguchi card emulate" in refused.stderr


@pytest.mark.skipif(shutil.which("node") is None, reason="no JavaScript engine (node) to run the polkit rule with")
@pytest.mark.parametrize(
    ("action", "group", "result"),
    [
        ("org.debian.pcsc-lite.access_pcsc", "madoguchi", "yes"),
        ("org.debian.pcsc-lite.access_card", "madoguchi", "yes"),
        ("org.debian.pcsc-lite.access_card", "users", "undefined"),
        ("org.freedesktop.policykit.exec", "madoguchi", "undefined"),
    ],
)
def test_the_polkit_rule_lets_its_group_use_cards_and_nothing_else(action: str, group: str, result: str) -> None:
    program = textwrap.dedent(f"""
        let rule; const polkit = {{ addRule: f => {{ rule = f; }}, Result: {{ YES: "yes" }} }};
        {(HARDWARE / "files" / "50-madoguchi.rules").read_text()}
        console.log(String(rule({{ id: "{action}" }}, {{ isInGroup: name => name === "{group}" }})));
    """)
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == result


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")
def test_the_kiosk_unit_is_one_that_systemd_reads(tmp_path: Path) -> None:
    unit = tmp_path / "madoguchi-kiosk.service"
    text = (HARDWARE / "files" / unit.name).read_text()
    # The programs it starts are not on this machine; everything else of it is looked at.
    unit.write_text(re.sub(r"^ExecStart=.*$", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    done = subprocess.run(
        ["systemd-analyze", "--user", "verify", unit],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert unit.name not in done.stderr, done.stderr


def test_the_kiosk_starts_again_however_it_ended() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]  # systemd's names are written so
    unit.read(HARDWARE / "files" / "madoguchi-kiosk.service")
    service, limit = unit["Service"], unit["Unit"]
    assert service["Restart"] == "always"
    # Starts that fail at once reach the limit; with a longer pause they would go on for ever.
    assert int(service["RestartSec"]) * int(limit["StartLimitBurst"]) < int(limit["StartLimitIntervalSec"])
    assert limit["PartOf"] == "graphical-session.target"
    terminal = Path(shlex.split(service["ExecStart"])[0])
    assert terminal.name in ("xterm", "foot", "kitty"), "a terminal that stays until its program ends"
    page = (HARDWARE / "kiosk.md").read_text()
    assert f"sudo apt install {terminal.name}" in page
    assert "systemctl --user stop madoguchi-kiosk.service" in page


def test_no_page_has_madoguchi_come_from_a_package_index() -> None:
    for page in HARDWARE.rglob("*.md"):
        assert not re.search(r"\binstall [^`\n]*\bmadoguchi\[", page.read_text()), page.name


def test_the_pages_name_the_ids_that_doctor_knows() -> None:
    for row in KNOWN_READERS:
        if row.standing in (Standing.SUPPORTED, Standing.SHOULD_WORK, Standing.OTHER_DRIVER):
            page = HARDWARE.parent / row.page
            shown = re.search(r"^\| USB ids \| (.*) \|$", page.read_text(), re.MULTILINE)
            assert shown, page.name
            missing = [f"{vendor:04X}:{product:04X}" for vendor, product in row.ids]
            assert [name for name in missing if name not in shown[1]] == [], page.name


def test_the_udev_rules_name_their_readers_like_the_pages() -> None:
    rules = (HARDWARE / "files" / "70-madoguchi-readers.rules").read_text()
    named = {
        f"{vendor}:{product}".upper() for vendor, product in re.findall(r'"([0-9a-f]{4})", .*"([0-9a-f]{4})"', rules)
    }
    pages = "".join(path.read_text() for path in sorted((HARDWARE / "readers").glob("*.md")))
    assert named
    assert named == set(re.findall(r"\b[0-9A-F]{4}:[0-9A-F]{4}\b", pages))


def test_every_link_of_every_page_leads_somewhere() -> None:
    for page in HARDWARE.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
