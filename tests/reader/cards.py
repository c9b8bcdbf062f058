"""Cards that play a part, as `fakes` has connections: one remembers what reached it, one answers from a script."""

from __future__ import annotations


class ListeningCard:
    """Remembers every command (upper-case hex) and what happened to its power, and answers from a table by command.

    Answers are hex; what is not in the table is answered `9000`. An answer can be an exception to raise.
    """

    atr = bytes.fromhex("3B888001000005E0B381A1007F")

    def __init__(self, answers: dict[str, str | Exception] | None = None, *, mute: bool = False) -> None:
        self.answers = answers or {}
        self.mute = mute
        self.heard: list[str] = []
        self.power: list[str] = []

    def process(self, command: bytes | bytearray) -> bytes:
        if self.mute:
            return b""
        self.heard.append(bytes(command).hex().upper())
        answer = self.answers.get(self.heard[-1], "9000")
        if isinstance(answer, Exception):
            raise answer
        return bytes.fromhex(answer)

    def power_on(self) -> None:
        self.power.append("on")

    def power_off(self) -> None:
        self.power.append("off")

    def reset(self) -> None:
        self.power.append("reset")
