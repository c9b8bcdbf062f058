"""What the catalogues hold and who uses it, for the tests of the words.

An id is used where it stands in a source as it is, or where an f-string of a source can make it. So nobody has to
keep a list of ids that are put together from a stem and a word.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.pofile import read_po

from kiosk.flow.states import Trouble
from kiosk.screens.trouble import MORE_EXACT, words_of
from kiosk.words import LOCALE_FOLDER, Words

KIOSK = LOCALE_FOLDER.parent
SOURCES = [path for path in sorted(KIOSK.rglob("*.py")) if "cli" not in path.relative_to(KIOSK).parts]
DESK_SCREENS = {"drawer.py", "form.py", "form_fields.py", "summary.py", "choose_document.py"}
PATIENT_SOURCES = [
    *(path for path in sorted((KIOSK / "screens").glob("*.py")) if path.name not in DESK_SCREENS),
    *(KIOSK / "widgets" / name for name in ("pin_pad.py", "choice.py", "lines.py", "prose.py")),
]
"""What draws the patient side."""
ALSO_SHOWN = {
    "head.title",
    "help.language",
    "news.still_there",
    "head.preparing",
    "head.reader_ok",
    "head.reader_bad",
    "key.help",
    "key.drawer",
    "key.quit",
    "key.staff",
    "news.staff_called",
    "too_small",
}
"""Ids the application itself puts on the patient's screen."""
SHORTEST_STEM = 4
"""An f-string with less of an id in it says nothing about which ids it makes."""


def catalogue(lang: str) -> dict[str, str]:
    """Id → sentence of one language."""
    with (LOCALE_FOLDER / lang / "LC_MESSAGES" / "kiosk.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def strings(sources: list[Path]) -> Iterator[str | re.Pattern[str]]:
    """Every string of the sources; an f-string as a pattern of what it can be."""
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
                fixed = "".join(str(part) for part in parts if part is not None)
                if len(fixed) >= SHORTEST_STEM and "." in fixed and " " not in fixed:
                    yield re.compile(
                        "".join("[A-Za-z0-9_.-]*" if part is None else re.escape(str(part)) for part in parts)
                    )


def used_in(sources: list[Path], known: set[str]) -> set[str]:
    """The known ids that these sources can ask for."""
    plain, patterns = set(), []
    for string in strings(sources):
        if isinstance(string, str):
            plain.add(string)
        else:
            patterns.append(string)
    return {known_id for known_id in known if known_id in plain or any(p.fullmatch(known_id) for p in patterns)}


def patient_views() -> set[str]:
    """Names of the views of the patient side."""
    import kiosk.screens.catalogue  # noqa: F401 - it imports every view
    from kiosk.screens.view import View

    def below(kind: type[View]) -> Iterator[type[View]]:
        for sub in kind.__subclasses__():
            yield sub
            yield from below(sub)

    desk = {name.removesuffix(".py") for name in DESK_SCREENS}
    views = (view for view in below(View) if view.__module__.startswith("kiosk.screens."))
    return {view.NAME for view in views if view.NAME and view.__module__.rpartition(".")[2] not in desk}


def troubles_as_said() -> set[str]:
    """The ids of what a person reads about any trouble."""
    words = Words("ja")
    details = {trouble: ["", *MORE_EXACT.get(trouble, {})] for trouble in Trouble}
    return {
        words_of(trouble, part, words, detail)
        for trouble, beginnings in details.items()
        for detail in beginnings
        for part in ("what", "next")
    }


def patient_ids() -> set[str]:
    """Every id a patient can be shown."""
    known = set(catalogue("ja"))
    exact = {string for string in strings(PATIENT_SOURCES) if isinstance(string, str)} & known
    stems = {known_id.split(".")[0] for known_id in exact} | patient_views()
    said_apart = {"help", "trouble"}
    made = {known_id for known_id in used_in(PATIENT_SOURCES, known) if known_id.split(".")[0] in stems - said_apart}
    ids = exact | made
    return ids | ALSO_SHOWN | {f"help.{name}" for name in patient_views()} | troubles_as_said()
