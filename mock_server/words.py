"""The server's words: the only module here that touches gettext. Japanese first, English complete."""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import as_file, files
from string import Formatter

LANGUAGES = ("ja", "en")
_DOMAIN = "mock_server"


@cache
def _catalogue(lang: str) -> gettext.GNUTranslations:
    with (
        as_file(files("mock_server") / "locale" / lang / "LC_MESSAGES" / f"{_DOMAIN}.mo") as path,
        path.open("rb") as mo,
    ):
        return gettext.GNUTranslations(mo)


def text(lang: str, message_id: str, **params: str) -> str:
    """The sentence for a message id in `ja` or `en` (any other language: `ja`), with its parameters filled in."""
    return _catalogue(lang if lang in LANGUAGES else LANGUAGES[0]).gettext(message_id).format_map(params)


def knows(lang: str, message_id: str) -> bool:
    """Whether the catalogue of `lang` has words for the id."""
    return _catalogue(lang).gettext(message_id) != message_id


def every_text(lang: str, prefix: str) -> dict[str, str]:
    """Every sentence whose id begins with `prefix`, by id, parameters still in their braces."""
    found: dict[object, str] = _catalogue(lang)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 - gettext lists nothing
    return {name: said for name, said in found.items() if isinstance(name, str) and name.startswith(prefix)}


def error_words(lang: str, code: str, params: dict[str, str]) -> tuple[str, str]:
    """Message and remedy of a refusal or set-up error."""
    return text(lang, f"{code}.message", **params), text(lang, f"{code}.remedy", **params)


def error_parameters(code: str) -> frozenset[str]:
    """The parameters that message and remedy of a refusal or set-up error need, in any language."""
    sentences = [_catalogue(lang).gettext(f"{code}.{part}") for lang in LANGUAGES for part in ("message", "remedy")]
    return frozenset(name for said in sentences for _, name, _, _ in Formatter().parse(said) if name)
