"""Who a reception was about, as far as the desk needs it again the same day. Lives inside an entry's seal only.

Never a PIN, a certificate, a passcode, medical data or a 個人番号: there is no field for the first four, and a value
that looks like the last is refused wherever an entry is made (reception.md §10, design.md §2).
What breaks if it is wrong: somebody who reads an exported journal learns who was ill.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from eligibility.text import holds_individual_number

_HIDDEN: Final = "***"
_TEXTS: Final = ("name", "name_kana", "birthdate", "insurer_number", "symbol", "number", "branch")


@dataclass(frozen=True, slots=True)
class Person:
    """The person of one entry; every field may be left out. Kept out of every repr.

    `birthdate` is YYYY-MM-DD; `insurer_number` 保険者番号, `symbol` 記号, `number` 番号, `branch` 枝番 as they were
    sent or typed; `ratio` the share in percent; `owed` and `pending` are words for what is still to be handed in or
    asked.
    """

    name: str = field(default="", repr=False)
    name_kana: str = field(default="", repr=False)
    birthdate: str = field(default="", repr=False)
    insurer_number: str = field(default="", repr=False)
    symbol: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    branch: str = field(default="", repr=False)
    ratio: int | None = field(default=None, repr=False)
    owed: tuple[str, ...] = field(default=(), repr=False)
    pending: tuple[str, ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Every field that says something."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in self._said()}

    def masked(self) -> Person:
        """The same without what finds a person: year of birth, and what the insurer's first two digits say."""
        said = [name for name in ("name", "name_kana", "symbol", "number", "branch") if getattr(self, name)]
        return replace(
            self.with_texts(said, _HIDDEN),
            birthdate=f"{self.birthdate[:4]}-**-**" if self.birthdate else "",
            insurer_number=masked_insurer_number(self.insurer_number),
        )

    def with_texts(self, names: Iterable[str], text: str) -> Person:
        """The same with `text` in the named text fields."""
        changes: dict[str, Any] = dict.fromkeys(names, text)
        return replace(self, **changes)

    def without_individual_numbers(self) -> tuple[Person, tuple[str, ...]]:
        """The same without texts that look like a 個人番号, and the names of the fields that were left out."""
        withheld = tuple(
            name for name, value in self._said() if isinstance(value, str) and holds_individual_number(value)
        )
        return (self.with_texts(withheld, "") if withheld else self), withheld

    def _said(self) -> list[tuple[str, Any]]:
        return [(name, value) for name, value in asdict(self).items() if value not in ("", None, ())]

    @classmethod
    def from_dict(cls, fields: Any) -> Person:
        """Read `as_dict`; keys of a later version are left out. Raises TypeError, ValueError for anything else."""
        if not isinstance(fields, dict):
            raise TypeError("a person is a JSON object")
        ratio = fields.get("ratio")
        person = cls(
            ratio=None if ratio is None else int(ratio),
            owed=tuple(map(str, fields.get("owed", ()))),
            pending=tuple(map(str, fields.get("pending", ()))),
        )
        texts: dict[str, Any] = {name: str(fields[name]) for name in _TEXTS if name in fields}
        return replace(person, **texts)


NOBODY: Final = Person()
PERSONAL: Final = tuple(Person.__slots__)
"""The names of its fields, in their order."""


def masked_insurer_number(digits: str) -> str:
    """`01139997` → `01******`; "" stays ""."""
    return digits[:2] + "*" * len(digits[2:])
