"""The options that say how the counter looks for one run; the settings file says it for good."""

from __future__ import annotations

from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words
from kiosk.settings.model import THEMES


def add_look_options(parser: CommandParser, words: Words) -> None:
    """Add --theme, --big and --plain."""
    parser.add_argument("--theme", metavar="THEME", help=words.text("option.theme") + f" ({', '.join(THEMES)})")
    parser.add_argument("--big", action="store_true", help=words.text("option.big"))
    parser.add_argument("--plain", action="store_true", help=words.text("option.plain"))
