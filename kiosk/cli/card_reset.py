"""`madoguchi card reset`: an invented patient's card as new, as if it had just been issued.

What breaks if it is wrong: a card is changed under a program that holds it, and its tries come back wrong.
"""

from __future__ import annotations

from kiosk.cli import values
from kiosk.cli.context import Context
from kiosk.cli.errors import ExitCode
from kiosk.cli.parsing import CommandParser
from kiosk.cli.troubles import told
from kiosk.cli.words import Words


def fill(parser: CommandParser, words: Words) -> None:
    """Add its options."""
    parser.add_argument("--persona", metavar="NAME", required=True, help=words.text("option.persona_reset"))
    parser.add_argument("--variant", metavar="NAME", help=words.text("option.variant"))
    parser.set_defaults(run=run)


def run(context: Context) -> int:
    """Put PIN, password and tries back to what the persona says; a card that ran out or was damaged is issued anew.

    Raises:
        CommandError: `card_elsewhere` while it lies in a reader, `unknown_persona`, `unknown_variant`.
    """
    from kiosk.cli import composition
    from kiosk.cli.card_source import counter_plan
    from kiosk.cli.held_card import own_variant, shelved_card

    persona = context.typed("persona")
    assert persona is not None
    composition.check_persona(persona)
    wanted = context.typed("variant")
    variant = own_variant(persona) if wanted is None else values.variant(wanted)
    with told():
        authority = composition.LazyAuthority(counter_plan(context)).open()
        with shelved_card(persona, authority, variant=variant):
            authority.reset_card(persona, variant)
    document = {"persona": persona, "variant": variant.value}
    context.output.result(document, [context.words.text("card.reset.done", **document)])
    return ExitCode.DONE
