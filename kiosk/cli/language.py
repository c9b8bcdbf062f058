"""Which language the command speaks: said, set, or guessed from the locale; Japanese first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.cli.errors import CommandError
from kiosk.cli.words import LANGUAGES


def guess_language(environ: Mapping[str, str]) -> str:
    """The language nobody asked for by option.

    MADOGUCHI_LANG decides where it names one of ours; else English where the first set of LC_ALL, LC_MESSAGES, LANG
    begins with "en"; else Japanese.
    """
    wanted = environ.get("MADOGUCHI_LANG", "")
    if wanted in LANGUAGES:
        return wanted
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "en" if locale.startswith("en") else "ja"


def early_language(argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """The language for what must be said before the arguments are parsed: `--lang` if it is plainly there."""
    for index, word in enumerate(argv):
        value = word[7:] if word.startswith("--lang=") else None
        if word == "--lang" and index + 1 < len(argv):
            value = argv[index + 1]
        if value in LANGUAGES:
            return value
    return guess_language(environ)


def check_language_variable(environ: Mapping[str, str]) -> None:
    """Raise CommandError `bad_language` where MADOGUCHI_LANG names a language we do not have."""
    wanted = environ.get("MADOGUCHI_LANG", "")
    if wanted and wanted not in LANGUAGES:
        raise CommandError("bad_language", value=wanted)
