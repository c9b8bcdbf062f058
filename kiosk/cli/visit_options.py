"""The options that the counter and `check` share: which card, which server, which day, whose counter."""

from __future__ import annotations

from kiosk.cli.parsing import CommandParser
from kiosk.cli.words import Words


def add_visit_options(parser: CommandParser, words: Words) -> None:
    """Add --reader, --persona, --allow-real-card, --server and what belongs to it, --institution and --date."""
    parser.add_argument("--reader", metavar="READER", help=words.text("option.reader"))
    parser.add_argument("--persona", metavar="NAME", help=words.text("option.persona"))
    parser.add_argument("--allow-real-card", action="store_true", help=words.text("option.allow_real_card"))
    parser.add_argument("--server", metavar="URL", help=words.text("option.server"))
    parser.add_argument("--institution", metavar="CODE", help=words.text("option.institution"))
    add_login(parser, words)
    add_date(parser, words)


def add_login(parser: CommandParser, words: Words) -> None:
    """Add what an https server is known by and what it wants to see."""
    for name in ("server-ca", "institution-token-file", "client-certificate", "client-key"):
        parser.add_argument(f"--{name}", metavar="FILE", help=words.text(f"option.{name.replace('-', '_')}"))


def add_date(parser: CommandParser, words: Words) -> None:
    """Add --date."""
    parser.add_argument("--date", metavar="DATE", help=words.text("option.date"))
