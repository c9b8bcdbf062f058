"""How an answer is to travel: what a transport does to it after the service has decided it. Values only.

An answer may go out twice: to whoever asked, and as a file in `face` after a card check. Each trouble says which of the
two it is for. What breaks if wrong: a trouble that was armed does not happen, and a test passes for the wrong reason.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

Target = Literal["answer", "face"]
ANSWER: Final = "answer"
FACE: Final = "face"


@dataclass(frozen=True, slots=True)
class Trouble:
    """One armed scenario that strikes this answer: its name, and parameters in which nothing is left to chance."""

    name: str
    params: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    on: Target = ANSWER
    """What it is played on: the answer itself, or the file in `face` that follows a card check."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Every trouble of one answer, in the order they were armed; none of them for an ordinary one."""

    troubles: tuple[Trouble, ...] = ()
    strikes: tuple[int, ...] = field(default=(), compare=False)
    """What was used up for it, by the ids of what was armed: for the service, not for a transport."""

    def trouble(self, name: str) -> Trouble | None:
        """The trouble of that name, if it strikes."""
        return next((one for one in self.troubles if one.name == name), None)

    @property
    def answer(self) -> Delivery:
        """What is played on the answer itself."""
        return self._on(ANSWER)

    @property
    def face(self) -> Delivery:
        """What is played on the file in `face`."""
        return self._on(FACE)

    def to_json(self) -> str:
        """As text, for a transport that plays it later."""
        return json.dumps([{"name": one.name, "params": dict(one.params), "on": one.on} for one in self.troubles])

    @classmethod
    def from_json(cls, text: str) -> Delivery:
        """From `to_json`'s text; "" is an ordinary delivery."""
        if not text:
            return AS_IT_IS
        return cls(tuple(Trouble(one["name"], one["params"], one["on"]) for one in json.loads(text)))

    def _on(self, target: Target) -> Delivery:
        own = tuple(one for one in self.troubles if one.on == target)
        return Delivery(own) if own else AS_IT_IS


AS_IT_IS: Final = Delivery()
