"""Where the cards that were issued lie in the key store: one image for each persona and kind of card.

What breaks if wrong: a card that was issued is not found again, and spent tries come back.
"""

from __future__ import annotations

from pathlib import Path

from mock_server.errors import SetupError
from mock_server.keystore import Keystore
from reader.card.image import CardImage, CardImageError, load_image, save_image
from reader.card.variants import Variant


class CardFiles:
    """The folder of card images."""

    def __init__(self, keystore: Keystore) -> None:
        self._folder = keystore.make_folder("cards")

    def path(self, persona_name: str, variant: Variant) -> Path:
        """`taro.json`, `taro.face-only.json`; whether there is one or not."""
        ending = "json" if variant is Variant.PLASTIC else f"{variant.value}.json"
        return self._folder / f"{persona_name}.{ending}"

    def load(self, persona_name: str, variant: Variant) -> CardImage | None:
        """The card, or None where none was issued.

        Raises:
            SetupError: `setup.card.damaged` with path and persona; `setup.keystore.unusable`.
        """
        path = self.path(persona_name, variant)
        try:
            return load_image(path)
        except FileNotFoundError:
            return None
        except CardImageError as error:
            raise SetupError("setup.card.damaged", path=str(path), persona=persona_name) from error
        except OSError as error:
            raise SetupError("setup.keystore.unusable", path=str(path), reason=error.strerror or "") from error

    def save(self, persona_name: str, variant: Variant, image: CardImage) -> None:
        """Keep the card in place of what was there.

        Raises:
            SetupError: `setup.keystore.unusable`.
        """
        path = self.path(persona_name, variant)
        try:
            save_image(image, path)
        except OSError as error:
            raise SetupError("setup.keystore.unusable", path=str(path), reason=error.strerror or "") from error
