"""What fields are called on the screen, and what is said of a paste: words put together, no widgets.

If it is wrong, a paste changes a field and nobody is told which.
"""

from __future__ import annotations

from collections.abc import Collection

from eligibility.papers.fields import PaperField
from kiosk.forms.pasting import Pasted
from kiosk.screens.view import CARE
from kiosk.words import Words

SHORT_LABELS = frozenset(
    {
        PaperField.RELATION,
        PaperField.INSURED_BRANCH,
        PaperField.INSURED_NAME,
        PaperField.FORMER_NAME,
        PaperField.ACQUIRED_ON,
        PaperField.ACQUIRED_ABOUT,
        PaperField.CERTIFICATE_EXPIRES_ON,
        PaperField.LIMIT_CLASS,
        PaperField.INSURER_NAME,
        PaperField.INSURER_BRANCH,
        PaperField.INSURER_ADDRESS,
        PaperField.INSURANCE_KIND,
        PaperField.FILLED_IN_ON,
        PaperField.ADDITIONS,
    }
)
"""Fields whose full name does not fit beside them in both languages: `forms.label.<field>`."""


def label_of(words: Words, at: PaperField) -> str:
    """The name of a field, short where the full one would not fit beside it."""
    return words.text(f"forms.label.{at.value}" if at in SHORT_LABELS else f"paper_field.{at.value}")


def account_of(
    words: Words,
    pasted: Pasted,
    *,
    taken: Collection[PaperField] | None = None,
    replaced: Collection[PaperField] = (),
) -> tuple[str, ...]:
    """The sentences about a paste, what needs a look first: refused, replaced, left out, taken.

    `taken` are the fields that were really filled (None: all that fit), `replaced` those of them that held something
    else before. No value is said.
    """
    filled = list(pasted.taken) if taken is None else list(taken)
    sentences = [
        f"{CARE} {label_of(words, at)}: {words.text(error.code, **error.params)}" for at, error in pasted.refused
    ]
    if replaced:
        sentences.append(f"{CARE} {words.text('forms.paste.replaced', fields=names_of(words, replaced))}")
    absent = [at for at in (*pasted.taken, *pasted.not_on_form) if at not in filled]
    left = words.text("forms.separator").join([*(label_of(words, at) for at in absent), *pasted.others])
    if left:
        sentences.append(words.text("forms.paste.left", fields=left))
    sentences.append(words.text(f"forms.paste.{pasted.source.value}", fields=names_of(words, filled)))
    return tuple(sentences)


def names_of(words: Words, fields: Collection[PaperField]) -> str:
    """Fields, one after the other; "none" where there is none."""
    return words.text("forms.separator").join(label_of(words, at) for at in fields) or words.text("forms.none")
