"""What a software card remembers between two visits.

The image holds everything that makes one card differ from another (applications with their files, PINs and counters,
keys, objects), as data; `image_file` puts it on disk. Its parts stay out of every repr.
What breaks if this is wrong: a try that was spent comes back, or a card answers for another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reader.card import image_file, layout
from reader.card.image_file import CardImageError
from reader.card.layout import Layout
from reader.card.records import ApplicationRecord, FileRecord, KeyRecord, PinRecord

__all__ = [
    "ApplicationRecord",
    "CardImage",
    "CardImageError",
    "FileRecord",
    "KeyRecord",
    "PinRecord",
    "load_image",
    "save_image",
]

PLASTIC = "plastic"


@dataclass(frozen=True, slots=True)
class CardImage:
    """One card as data. Changing it gives a new image.

    `aid` names the application that signs; `files`, `pins` and `keys` are those of it, empty where the card has no
    such application. The first of `applications` whose name begins with what SELECT asks for is selected.
    """

    persona: str
    label: str
    applications: Mapping[bytes, ApplicationRecord] = field(repr=False)
    aid: bytes = layout.JPKI_AID
    atr: bytes = layout.ATR
    objects: Mapping[int, bytes] = field(default_factory=dict, repr=False)
    """What GET DATA gives while no application but the card's own is current, by tag."""
    variant: str = PLASTIC
    """Which kind of card it plays: a `reader.card.variants.Variant`."""
    generation: str = layout.MY_NUMBER.name
    """Which of `layout.LAYOUTS` its signing application has."""
    mute: bool = False
    """A broken chip."""

    @property
    def layout(self) -> Layout:
        """Where things are in the application that signs."""
        return layout.LAYOUTS[self.generation]

    @property
    def main(self) -> ApplicationRecord:
        """The application that signs; an empty one where the card has none."""
        return self.applications.get(self.aid, NO_APPLICATION)

    @property
    def files(self) -> Mapping[int, FileRecord]:
        """Transparent EFs of the application that signs."""
        return self.main.files

    @property
    def pins(self) -> Mapping[int, PinRecord]:
        """PINs of the application that signs."""
        return self.main.pins

    @property
    def keys(self) -> Mapping[int, KeyRecord]:
        """Private keys of the application that signs."""
        return self.main.keys

    @property
    def auth_certificate(self) -> bytes:
        """利用者証明用電子証明書, DER, without filler. Raises KeyError where the card has none."""
        return self.files[self.layout.auth.certificate].content

    def with_application(self, record: ApplicationRecord, aid: bytes | None = None) -> CardImage:
        """The same card with another application at `aid` (None: the one that signs)."""
        return replace(self, applications={**self.applications, self.aid if aid is None else aid: record})

    def with_pin(self, ef: int, record: PinRecord, aid: bytes | None = None) -> CardImage:
        """The same card with another PIN record at `ef` of an application (None: the one that signs)."""
        of = self.main if aid is None else self.applications[aid]
        return self.with_application(replace(of, pins={**of.pins, ef: record}), aid)

    def with_tries_left(self, tries_left: int, ef: int | None = None) -> CardImage:
        """The same card with another counter: 0 is a locked PIN. `ef` None: that of the 利用者証明用 PIN."""
        ef = self.layout.pin.ef if ef is None else ef
        return self.with_pin(ef, replace(self.pins[ef], tries_left=tries_left))

    def with_file(self, ef: int, record: FileRecord) -> CardImage:
        """The same card with another file at `ef` of the application that signs."""
        return self.with_application(replace(self.main, files={**self.files, ef: record}))

    def with_key(self, ef: int, record: KeyRecord) -> CardImage:
        """The same card with another key at `ef` of the application that signs."""
        return self.with_application(replace(self.main, keys={**self.keys, ef: record}))


NO_APPLICATION = ApplicationRecord()


def load_image(path: Path) -> CardImage:
    """Read an image, also one that an older version of this program wrote.

    Raises:
        CardImageError: The file is there but is no image that we know.
        OSError: The file cannot be read.
    """
    return CardImage(**image_file.read(path))


def save_image(image: CardImage, path: Path) -> None:
    """Write an image so that a crash leaves the old one or the new one, never a mixture. Mode 0600.

    Raises:
        OSError: The folder does not exist or cannot be written.
    """
    content = {name: getattr(image, name) for name in image_file.FIELDS}
    image_file.write(path, content)
