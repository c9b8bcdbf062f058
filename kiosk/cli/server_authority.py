"""`madoguchi server authority`: what another installation needs to believe the cards of this one, as a PEM text.

CA certificates and their CRLs (失効リスト), for `--trust` over there; no private key ever. What breaks if it is wrong:
a card of this machine is refused elsewhere, or one that was revoked here is believed there for longer than was meant.
"""

from __future__ import annotations

from typing import Final

from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.values import count
from kiosk.cli.visit_options import add_date
from kiosk.cli.words import Words

DEFAULT_DAYS: Final = 30
MOST_DAYS: Final = 3650


def fill_authority(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--days", metavar="N", default=str(DEFAULT_DAYS), help=words.text("option.authority_days"))
    add_date(parser, words)
    parser.set_defaults(run=authority)


def authority(context: Context) -> int:
    """Print CA certificates and CRLs good for `--days` from today; makes the CA where there is none yet.

    Raises:
        CommandError: `bad_count`; a data folder or key store that cannot be used.
    """
    days = count(context.option("days"), "--days", MOST_DAYS)
    now = context.now()
    data_dir = context.open_data_dir()
    from mock_server.composition import open_authority

    with told():
        text = open_authority(data_dir, now).export_trust(days).decode("ascii")
    context.output.result({"days": days, "pem": text}, text.splitlines())
    return ExitCode.DONE
