"""The card's memory on disk: what is written is read back, a crash loses nothing, and only its owner may look."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from reader.card import layout
from reader.card.applet import SoftwareCard
from reader.card.builder import build_image
from reader.card.image import ApplicationRecord, CardImageError, FileRecord, KeyRecord, load_image, save_image
from reader.card.layout import Label
from reader.card.variants import Variant
from tests.card_factory import make_image, make_variant_image, throw_away_ca, throw_away_pair


def test_an_image_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    image = make_image(tries_left=1, label=Label.ANDROID, persona="花子")
    save_image(image, tmp_path / "card.json")
    assert load_image(tmp_path / "card.json") == image


@pytest.mark.parametrize("variant", Variant)
def test_a_variant_is_read_back_as_it_was_written(tmp_path: Path, variant: Variant) -> None:
    image = make_variant_image(variant, tries_left=2)
    save_image(image, tmp_path / "card.json")
    assert load_image(tmp_path / "card.json") == image
    assert list(load_image(tmp_path / "card.json").applications) == list(image.applications), "a prefix means the same"


def test_a_closed_file_stays_closed_whatever_is_written_there(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    save_image(make_image(), path)
    change(path, "files", "0009", "closed", to="no")
    assert load_image(path).files[0x0009].closed


FORMAT_1 = {
    "format": 1,
    "persona": "taro",
    "label": "JPKIAPICCTOKEN2",
    "aid": "D392F000260100000001",
    "atr": "3B888001000005E0B381A1007F",
    "files": {
        "0006": {"content": base64.b64encode(b"JPKIAPICCTOKEN2".ljust(160)).decode(), "filler": 0, "read_pin": None},
        "000A": {"content": "MIIA", "filler": 64, "read_pin": None},
        "0001": {"content": "MIIB", "filler": 64, "read_pin": "001B"},
    },
    "pins": {
        "0018": {"value": "4321", "tries_left": 1, "limit": 3, "length": [4, 4], "characters": "0123456789"},
        "001B": {"value": "ABC123", "tries_left": 4, "limit": 5, "length": [6, 16], "characters": "ABC123"},
    },
    "keys": {"0017": {"pem": "a key", "pin": "0018", "modes": [0, 2]}},
}
"""A card as the first version of this program left it on disk."""


class TestAnOlderFormat:
    """People have cards with spent tries from an older version; they are the same cards."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "taro.json"
        path.write_text(json.dumps(FORMAT_1))
        return path

    def test_what_was_spent_stays_spent(self, path: Path) -> None:
        image = load_image(path)
        assert (image.persona, image.variant, image.aid) == ("taro", "plastic", layout.JPKI_AID)
        assert (image.pins[0x18].tries_left, image.pins[0x18].value) == (1, b"4321")
        assert (image.pins[0x1B].tries_left, image.pins[0x1B].value) == (4, b"ABC123")
        assert image.auth_certificate == base64.b64decode("MIIA")
        assert (image.files[0x0A].filler, image.files[0x01].read_pin) == (64, 0x1B)
        assert image.keys[0x17] == KeyRecord(b"a key", 0x18, (0, 2))

    def test_what_it_did_not_have_yet_is_there_now(self, path: Path) -> None:
        old, new = load_image(path), make_image(persona="taro")
        assert list(old.applications) == list(new.applications)
        assert old.main.ids >= {0x0005, 0x0009, 0x0010, 0x0016}
        assert old.objects == new.objects
        assert {aid: one for aid, one in old.applications.items() if aid != old.aid} == {
            aid: one for aid, one in new.applications.items() if aid != new.aid
        }
        assert old.files[0x0006] == new.files[0x0006], "its flags were not written then"

    def test_it_works_and_is_written_in_the_new_format(self, path: Path) -> None:
        card = SoftwareCard(load_image(path), lambda image: save_image(image, path))
        for command in ("00A4040C0AD392F000260100000001", "002000980434333231"):
            assert card.process(bytes.fromhex(command)).hex() == "9000"
        assert json.loads(path.read_text())["format"] == 2
        assert load_image(path) == card.image
        assert card.image.pins[0x18].tries_left == 3

    @pytest.mark.parametrize("missing", ["persona", "label", "aid", "files", "pins", "keys"])
    def test_a_part_that_is_missing_is_refused(self, path: Path, missing: str) -> None:
        path.write_text(json.dumps({key: value for key, value in FORMAT_1.items() if key != missing}))
        with pytest.raises(CardImageError, match="format 2"):
            load_image(path)


SPEND = """
import sys
from pathlib import Path
from reader.card.applet import SoftwareCard
from reader.card.image import load_image, save_image
path = Path(sys.argv[1])
card = SoftwareCard(load_image(path), lambda image: save_image(image, path))
commands = ("00A4040C0AD392F000260100000001", "00200098", "002000980430303030")
print(*(card.process(bytes.fromhex(command)).hex() for command in commands), flush=True)
import os
os._exit(9)  # as by a power cut: nothing is put in order any more
"""


@pytest.mark.daemon
def test_a_retry_counter_survives_the_program_that_counted_it(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    save_image(make_image(), path)
    answers = []
    for _ in range(4):
        done = subprocess.run([sys.executable, "-c", SPEND, str(path)], capture_output=True, text=True)
        assert done.returncode == 9, done.stderr
        answers.append(done.stdout.split()[1:])
    assert answers == [["63c3", "63c2"], ["63c2", "63c1"], ["63c1", "63c0"], ["63c0", "6984"]]


def test_the_file_is_for_its_owner_only_and_no_half_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    previous = os.umask(0)
    try:
        save_image(make_image(), path)
        save_image(make_image(tries_left=2), path)
    finally:
        os.umask(previous)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["card.json"]


def test_a_disk_that_refuses_leaves_the_old_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "card.json"
    save_image(make_image(tries_left=3), path)

    def no_space(descriptor: int) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="no space"):
        save_image(make_image(tries_left=1), path)
    assert load_image(path).pins[layout.AUTH_PIN].tries_left == 3
    assert [entry.name for entry in tmp_path.iterdir()] == ["card.json"]


def test_a_spent_try_is_on_the_disk_before_the_card_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file's bytes, then the folder that names it: without the second a power cut gives the try back."""
    synced: list[str] = []
    real_sync = os.fsync

    def note(descriptor: int) -> None:
        real_sync(descriptor)
        synced.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")

    path = tmp_path / "card.json"
    monkeypatch.setattr(os, "fsync", note)
    save_image(make_image(tries_left=2), path)
    assert synced == ["file", "folder"]


JPKI = "D3 92 F0 00 26 01 00 00 00 01"


def change(path: Path, *keys: str, to: object) -> None:
    data = json.loads(path.read_text())
    part = data if keys[0] in data else data["applications"][JPKI]
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = to
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("format",), 3),
        (("format",), "2"),
        (("generation",), "stone age"),
        (("applications",), []),
        (("objects",), {"0045": "***"}),
        (("pins", "0018", "tries_left"), 4),
        (("pins", "0018", "tries_left"), -1),
        (("pins", "0018", "tries_left"), True),
        (("pins", "0018", "value"), 1234),
        (("pins", "0018", "limit"), 16),
        (("files", "000A", "content"), "***"),
        (("files", "000A", "read_pin"), "0017"),
        (("files", "0018"), {"content": "", "filler": 0, "read_pin": None}),
        (("keys", "0017", "pin"), "0099"),
        (("keys", "0017", "algorithm"), "rot13"),
        (("keys", "0017", "modes"), [256]),
        (("records", "0018"), []),
        (("references",), ["0018"]),
        (("references",), ["10000"]),
        (("aid",), "D3 92 F"),
    ],
)
def test_a_file_that_is_no_image_is_refused_without_quoting_it(
    tmp_path: Path, keys: tuple[str, ...], value: object
) -> None:
    path = tmp_path / "card.json"
    save_image(make_image(), path)
    change(path, *keys, to=value)
    with pytest.raises(CardImageError) as refusal:
        load_image(path)
    assert refusal.value.path == path
    assert "1234" not in str(refusal.value).replace(str(tmp_path), "")
    assert refusal.value.__cause__ is refusal.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"null", b'{"format": 1}', b"{"])
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "card.json"
    path.write_bytes(content)
    with pytest.raises(CardImageError, match="format 2"):
        load_image(path)


def test_a_missing_file_is_the_callers_question(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_image(tmp_path / "nobody.json")


def test_changing_an_image_leaves_the_first_one_alone() -> None:
    image = make_image()
    locked = image.with_tries_left(0)
    changed = image.with_file(0x000C, FileRecord(b"?"))
    assert (image.pins[0x18].tries_left, locked.pins[0x18].tries_left) == (3, 0)
    assert 0x000C in changed.files
    assert 0x000C not in image.files
    other = next(aid for aid in image.applications if aid != image.aid)
    assert image.with_application(ApplicationRecord(), other).main == image.main


class TestBuilding:
    def build(self, **changes: object) -> None:
        auth = throw_away_pair("user authentication")
        arguments: dict[str, object] = {
            "pin": "1234",
            "sign_password": "ABC123",
            "auth_key": auth.pem,
            "auth_certificate": auth.der,
            "auth_ca": throw_away_ca("user authentication").der,
        }
        build_image("nobody", **(arguments | changes))  # type: ignore[arg-type]

    @pytest.mark.parametrize("pin", ["", "123", "12345", "123a", "１２３４"])
    def test_the_pin_has_four_digits(self, pin: str) -> None:
        with pytest.raises(ValueError, match="0018"):
            self.build(pin=pin)

    @pytest.mark.parametrize("password", ["ABC12", "ABC1234567890123X", "abc123", "ABC-123"])
    def test_the_password_has_six_to_sixteen_letters_or_digits(self, password: str) -> None:
        with pytest.raises(ValueError, match="001B") as refusal:
            self.build(sign_password=password)
        assert password not in str(refusal.value)

    @pytest.mark.parametrize("left", [-1, 4])
    def test_the_counter_is_within_its_limit(self, left: int) -> None:
        with pytest.raises(ValueError, match="0-3 tries"):
            self.build(auth_tries_left=left)

    @pytest.mark.parametrize("certificate", [b"", b"\x30\x03\x02\x01\x01", b"\x30\x82\x01\x00\x00"])
    def test_a_certificate_is_one_whole_der_object(self, certificate: bytes) -> None:
        with pytest.raises(ValueError, match="DER"):
            self.build(auth_certificate=certificate)

    @pytest.mark.parametrize("label", ["X" * 33, "窓口"])
    def test_a_label_fits_its_place(self, label: str) -> None:
        with pytest.raises(ValueError, match="32 ASCII"):
            self.build(label=label)

    def test_half_a_signing_pair_is_refused(self) -> None:
        with pytest.raises(ValueError, match="together"):
            self.build(sign_key=throw_away_pair("digital signature").pem)

    def test_pem_certificates_are_taken_too(self) -> None:
        from cryptography.hazmat.primitives.serialization import Encoding

        pair = throw_away_pair("user authentication")
        image = build_image(
            "nobody",
            pin="1234",
            sign_password=None,
            auth_key=pair.pem,
            auth_certificate=pair.certificate.public_bytes(Encoding.PEM),
            auth_ca=throw_away_ca("user authentication").certificate.public_bytes(Encoding.PEM),
        )
        assert image.auth_certificate == pair.der
