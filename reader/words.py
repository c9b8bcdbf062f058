"""The sentences of `reader`: message ids and parameters in, a person's language out.

The only module of the package that touches gettext. Japanese and English are both complete; another language falls back
to Japanese. What breaks if this is wrong: a person reads an id instead of what to do.
"""

from __future__ import annotations

import functools
import gettext
import re
from dataclasses import dataclass
from pathlib import Path

from reader.errors import (
    AmbiguousReaderError,
    NotMynaCardError,
    ReaderError,
    ReaderUnavailableError,
    ServiceUnavailableError,
    StatusWordError,
    UnsafePinError,
    WrongPinError,
)

LANGUAGES = ("ja", "en")
_CATALOGUES = Path(__file__).parent / "locale"


@functools.cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation("reader", _CATALOGUES, languages=[lang, LANGUAGES[0]])


def has(lang: str, message_id: str) -> bool:
    """Whether there is a sentence for this id."""
    return _catalogue(lang).gettext(message_id) != message_id


def text(lang: str, message_id: str, **params: object) -> str:
    """The sentence of a message id with its parameters filled in.

    Raises:
        KeyError: The sentence needs a parameter that is not given.
    """
    return _catalogue(lang).gettext(message_id).format(**params)


@dataclass(frozen=True, slots=True)
class Explained:
    """What went wrong and what to do about it, each one sentence or two."""

    message: str
    remedy: str


def error_id(error: ReaderError | type[ReaderError]) -> str:
    """The message id of an error's class: `error.no_card_error`. Its remedy has `.remedy` behind."""
    name = (error if isinstance(error, type) else type(error)).__name__
    return "error." + re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def explain(lang: str, error: ReaderError) -> Explained:
    """Message and remedy for any error of this package, with what the error itself knows filled in."""
    base, variant, params = error_id(error), "", dict[str, object]()
    match error:
        case ServiceUnavailableError() | UnsafePinError():
            variant = error.reason
        case ReaderUnavailableError() if error.names:
            variant, params = "among", {"wanted": error.wanted, "names": " / ".join(error.names)}
        case AmbiguousReaderError():
            variant, params = "among", {"wanted": error.wanted, "names": " / ".join(error.names)}
        case NotMynaCardError() if error.label:
            variant, params = "label", {"label": error.label}
        case WrongPinError():
            variant, params = "left" if error.attempts_left else "locked", {"left": error.attempts_left}
        case StatusWordError():
            named = f"{error.sw:04X}"
            variant, params = named if has(lang, f"{base}.{named}") else "sw", {"sw": named}
    if variant and has(lang, f"{base}.{variant}"):
        base = f"{base}.{variant}"
    elif not has(lang, base):
        base = error_id(ReaderError)
    # A variant without a remedy of its own has that of its class.
    remedy = f"{base}.remedy" if has(lang, f"{base}.remedy") else f"{base.rpartition('.')[0]}.remedy"
    return Explained(text(lang, base, **params), text(lang, remedy, **params))
