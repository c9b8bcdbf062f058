"""The card's memory on disk: what is written is read back, a crash loses nothing, and only its owner may look."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from reader.card import layout
from reader.card.builder import build_image
from reader.card.image import CardImageError, FileRecord, load_image, save_image
from reader.card.layout import Label
from tests.card_factory import make_image, throw_away_ca, throw_away_pair


def test_an_image_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    image = make_image(tries_left=1, label=Label.ANDROID, persona="花子")
    save_image(image, tmp_path / "card.json")
    assert load_image(tmp_path / "card.json") == image


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


def change(path: Path, *keys: str, to: object) -> None:
    data = json.loads(path.read_text())
    part = data
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = to
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("format",), 2),
        (("pins", "0018", "tries_left"), 4),
        (("pins", "0018", "tries_left"), -1),
        (("pins", "0018", "tries_left"), True),
        (("pins", "0018", "value"), 1234),
        (("pins", "0018", "limit"), 16),
        (("files", "000A", "content"), "***"),
        (("files", "000A", "read_pin"), "0017"),
        (("files", "0018"), {"content": "", "filler": 0, "read_pin": None}),
        (("keys", "0017", "pin"), "0099"),
        (("keys",), []),
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
    with pytest.raises(CardImageError, match="format 1"):
        load_image(path)


def test_a_missing_file_is_the_callers_question(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_image(tmp_path / "nobody.json")


def test_changing_an_image_leaves_the_first_one_alone() -> None:
    image = make_image()
    locked = image.with_tries_left(0)
    changed = image.with_file(0x0005, FileRecord(b"?"))
    assert (image.pins[0x18].tries_left, locked.pins[0x18].tries_left) == (3, 0)
    assert 0x0005 in changed.files
    assert 0x0005 not in image.files


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
