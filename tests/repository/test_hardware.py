"""What hardware/ writes onto machines: below a folder, twice, taken back; and whether its pages and rules agree."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import textwrap
from pathlib import Path

import pytest

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
