"""One finding of `madoguchi doctor`, and how it is told: as a row of the JSON object, or as lines for a person.

A finding of `reader.doctor` and an error bring their own words; the rest have theirs in this package's catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kiosk.cli.errors import CommandError, ExitCode
from kiosk.cli.output import Output
from kiosk.cli.words import Words

if TYPE_CHECKING:  # annotations only: the reader package is loaded when it is asked
    from reader.doctor import Finding

SIGNS: Final = {True: "✓", None: "!", False: "×"}
CLOCK_PAGE: Final = "hardware/clock.md"
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding: `ok` True works, None is a remark, False does not work. `grave` is the exit code it then stands for.

    `code` names the words `finding.<code>` and `finding.<code>.remedy`; `link` is a page in hardware/ that says more.
    """

    check: str
    ok: bool | None
    code: str
    params: dict[str, object] = field(default_factory=dict)
    grave: ExitCode = ExitCode.USAGE
    error: CommandError | None = None
    reader: Finding | None = None
    """What `reader.doctor` found, with words of its own."""
    link: str | None = None


def row(finding: Diagnosis, output: Output) -> Row:
    """The finding with its sentences, as docs/schemas/doctor.json describes it."""
    message, remedy = _sentences(finding, output)
    return {
        "check": finding.check,
        "ok": finding.ok,
        "code": finding.code,
        "message": message,
        "remedy": remedy or None,
        "link": finding.link,
    }


def _sentences(finding: Diagnosis, output: Output) -> tuple[str, str]:
    if finding.error is not None:
        return output.sentences(finding.error)
    if finding.reader is not None:
        from reader import words as reader_words

        lang, found = output.words.lang, finding.reader
        remedy_id = found.remedy_id
        remedy = "" if remedy_id is None else reader_words.text(lang, remedy_id, **found.params)
        return reader_words.text(lang, found.message_id, **found.params), remedy
    message = output.words.text(f"finding.{finding.code}", **finding.params)
    key = f"finding.{finding.code}.remedy"
    return message, output.words.text(key, **finding.params) if output.words.has(key) else ""


def lines(rows: list[Row], words: Words, *, healthy: bool) -> Iterator[str]:
    """What a person reads: a sign and a sentence, one arrow for each action, and where there is more to read."""
    for one in rows:
        yield f"{SIGNS[one['ok']]} {one['message']}"
        for action in (one["remedy"] or "").splitlines():
            yield f"  → {action}"
        if one["link"] is not None and not one["ok"]:
            yield f"    {words.text('doctor.more', link=one['link'])}"
    remarks = any(one["ok"] is None for one in rows)
    yield words.text("doctor.ill" if not healthy else "doctor.healthy_with_remarks" if remarks else "doctor.healthy")
