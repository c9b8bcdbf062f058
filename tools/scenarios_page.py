"""Writes docs/scenarios.md from the table of troubles and their words, so that the page cannot say anything else.

python tools/scenarios_page.py            write it
python tools/scenarios_page.py --check    say whether it is as it would be written
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mock_server.scenarios.parameters import Kind, Parameter
from mock_server.scenarios.table import CALLS, SCENARIOS, Level, Scenario
from mock_server.words import text
from tools import generated_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "scenarios.md"
HEADINGS = {
    Level.TRANSPORT: "The transport spoils the answer",
    Level.CLOSED: "The service is closed, or does not take the request",
    Level.SAID: "The service says something else than it knows",
}
INTRODUCTION = """# Troubles by name

Written by `tools/scenarios_page.py` from the program's own table. Arm one on the command line, in the console, over
HTTP or from a test ([verify.md](verify.md)):

```sh
madoguchi server scenario arm latency --param mean_ms=3000
madoguchi server scenario arm processing --until-reset --param asks=2
madoguchi server scenario arm wrong_person --persona taro --param other=hanako --run ci-1
madoguchi server scenario list
madoguchi server scenario reset
```

A trouble strikes the next call that it can strike; `--times N` strikes so many, `--until-reset` all of them.
`--persona`, `--call`, `--institution` and `--run` say whom. One call meets each trouble once, and of those that put
something else in the answer's place only the first that was armed. Every trouble has `chance` (1–100, per cent; 100
where nothing is said): the same `--seed` strikes the same calls again, with the same jitter. What strikes is used up in
the transaction of the request, so several workers share it.

Played on `http` (the answer), `folder` (the answer file in `res`), `face` (the file in `face` after a card check; for
troubles that can be either, `--param on=face`). F01–F32 are the failures of the catalogue in
[personas.md](personas.md).
"""


def page() -> str:
    """The whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield INTRODUCTION
    for level, heading in HEADINGS.items():
        yield f"## {heading}\n"
        yield "| name | what happens | parameters | played on | F |"
        yield "|---|---|---|---|---|"
        yield from (_row(one) for one in SCENARIOS.values() if one.level is level)
        yield ""
    yield "## Calls\n"
    yield ", ".join(f"`{call}`" for call in CALLS) + "; a word before the dot means its whole group."


def _row(one: Scenario) -> str:
    what = f"{text('ja', f'scenario.{one.name}.title')}. {text('en', f'scenario.{one.name}.what')}"
    parameters = "<br>".join(_parameter(parameter) for parameter in one.own_parameters)
    return f"| `{one.name}` | {what} | {parameters} | {' '.join(one.transports)} | {' '.join(one.plays)} |"


def _parameter(one: Parameter) -> str:
    allowed = one.range if one.kind is not Kind.WORD else " · ".join(one.choices)
    default = "" if one.default is None else f" = {one.default}"
    return f"`{one.name}`{default} ({allowed})"


def main() -> int:
    """Write the page, or say that it is stale."""
    return generated_page.write({PAGE: page()}, "scenarios_page")


if __name__ == "__main__":
    sys.exit(main())
