"""What a later question brought, in sentences: for 保留 and for the detail of a visit of today.

Pure. First what the service says of the qualification, then what the visit is billed by, then what differs. What breaks
if it is wrong: staff send somebody for a paper that nobody needs, or bill an insurer that is not theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest

from kiosk.words import Words

VALID = 1
"""資格有効性 of a qualification that counts."""
_ENDED = (2, 3)
_SEVERAL = 5


@dataclass(frozen=True, slots=True)
class CameBack:
    """A later answer. `validity` 資格有効性, None where it said none; `outcome` the policy's word, "" for none.

    `differs` are names of fields and `values` what was noted and what came back of each, where it is known; the rest
    is the record as the service has it, `ratio` in percent. Personal data stay out of the repr.
    """

    validity: int | None = None
    outcome: str = ""
    differs: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: date | None = field(default=None, repr=False)
    insurer_number: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    ratio: int | None = field(default=None, repr=False)

    @property
    def in_order(self) -> bool:
        """Whether nothing is left to look at: the qualification counts, and nothing came back otherwise."""
        counts = self.outcome.startswith("OK_") if self.validity is None else self.validity == VALID
        return counts and not self.differs


def verdict_words(later: CameBack, words: Words) -> str:
    """What the service says of the qualification; where it said nothing, what the rules make of it."""
    if later.validity is not None:
        return words.text("side-later.validity", validity=words.text(f"side.validity.{later.validity}"))
    return words.one_of(f"outcome.{later.outcome}", later.outcome)


def record_lines(later: CameBack, words: Words) -> tuple[str, ...]:
    """What the visit is billed by, as far as it came back."""
    numbers = "  ".join(part for part in (later.symbol, later.number, later.branch) if part)
    rows = (
        ("insurer", later.insurer_number),
        ("numbers", numbers),
        ("name", "  ".join(part for part in (later.name, later.name_kana) if part)),
        ("birthdate", "" if later.birthdate is None else later.birthdate.isoformat()),
        ("ratio", "" if later.ratio is None else share(later.ratio, words)),
    )
    return tuple(words.text(f"side-later.{label}", said=said) for label, said in rows if said)


def difference_lines(later: CameBack, words: Words) -> tuple[str, ...]:
    """One line per field that came back otherwise; both values beside each other where they are known."""
    return tuple(
        words.text(
            "side-later.differs",
            field=_field(name, words),
            noted=_value(name, pair[0], words),
            said=_value(name, pair[1], words),
        )
        if pair is not None
        else words.text("side-queue.differs", what=_field(name, words))
        for name, pair in zip_longest(later.differs, later.values[: len(later.differs)])
    )


def next_line(later: CameBack, words: Words) -> str:
    """What staff do about it; "" where nothing is left to do."""
    if later.in_order:
        return ""
    if later.validity in _ENDED:
        return words.text("side-later.next.ended")
    if later.validity == _SEVERAL:
        return words.text("side-later.next.several")
    counts = later.outcome.startswith("OK_") if later.validity is None else later.validity == VALID
    return words.text("side-later.next.differs" if counts else "side-later.next.none")


def share(percent: int, words: Words) -> str:
    """自己負担の割合 as each language says it: tenths or percent."""
    return words.text("side.owed.ratio", tenths=percent // 10, percent=str(percent))


def _field(name: str, words: Words) -> str:
    return words.one_of(f"side.differs.{name}", name)


def _value(name: str, value: str, words: Words) -> str:
    if name == "sex":
        return words.one_of(f"side-later.sex.{value}", value)
    if name == "burden_ratio" and value.isdigit():
        return share(int(value), words)
    return value
