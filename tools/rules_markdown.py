"""How the pages of the rules are written: tables that GitHub reads, sentences in both languages, links to files.

This module alone knows Markdown, the catalogue's source files and where a page lies. It knows no rule. If it is wrong,
a page shows a broken table, a link that leads nowhere, or half a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ja", "en")
BREAK = "<br>"
_SPECIAL = str.maketrans({"|": r"\|", "<": "&lt;", "*": r"\*", "[": r"\[", "]": r"\]", "\n": " "})


@cache
def sentences(lang: str) -> dict[str, str]:
    """Every id of the catalogue of `eligibility` with its sentence, in the order of the file."""
    source = ROOT / "eligibility" / "locale" / lang / "LC_MESSAGES" / "eligibility.po"
    with source.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def ids(prefix: str) -> list[str]:
    """The ids that begin with `prefix`, in the order of the catalogue."""
    return [message for message in sentences(LANGUAGES[0]) if message.startswith(prefix)]


def both(message: str, **params: str) -> str:
    """The sentence in Japanese and English, for one cell."""
    return BREAK.join(plain(sentences(lang)[message].format(**params)) for lang in LANGUAGES)


def plain(text: object) -> str:
    """A text as a cell shows it literally."""
    return str(text).translate(_SPECIAL)


def linked(text: str) -> str:
    """A source as a cell shows it, with every web page in it as a link."""
    return re.sub(r"(?<![\w/.])((?:[a-z0-9-]+\.)+[a-z]{2,}/[\w./?=&%-]*[\w/])", r"[\1](https://\1)", plain(text))


def code(text: object) -> str:
    """A word of the program."""
    return f"`{text}`"


def codes(words: Iterable[object]) -> str:
    """Words of the program, one per line of the cell; – where there are none."""
    return BREAK.join(code(word) for word in words) or "–"


def paragraphs(*parts: str) -> str:
    """Texts and tables one below the other."""
    return "\n\n".join(parts)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    short = [line for line in lines if len(line) != len(header)]
    if short:
        raise ValueError(f"{len(header)} columns, but {short[0]}")
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def link(path: str, shown: str | None = None) -> str:
    """A link from a page in `docs/` to a file of the repository.

    Raises:
        FileNotFoundError: There is no such file.
    """
    if not (ROOT / path).is_file():
        raise FileNotFoundError(path)
    return f"[{shown or path}](../{path})"


def links_to_tests(nodes: Iterable[str]) -> str:
    """Tests and lines of decision tables, "file::name", as one cell: each file linked once, its names below it."""
    by_file: dict[str, list[str]] = {}
    for node in nodes:
        path, _, name = node.partition("::")
        by_file.setdefault(path, []).append(code(name))
    cells = (
        f"{link(path, plain(Path(path).stem.removeprefix('test_')))}: {BREAK.join(names)}"
        for path, names in by_file.items()
    )
    return BREAK.join(cells) or "–"


def place_links(decided_by: str) -> str:
    """Where something is decided, "path words; path words" or a sentence, as the cell shows it."""
    cells = []
    for part in decided_by.split("; "):
        path, _, words = part.partition(" ")
        linked = "/" in path
        cells.append(f"{link(path)}{f' {code(words)}' if words else ''}" if linked else plain(part))
    return BREAK.join(cells)


def anchor(heading: str) -> str:
    """What GitHub makes of a heading, for links inside the page."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
