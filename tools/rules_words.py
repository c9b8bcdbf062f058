"""The section of docs/rules.md with every word of a decision and its sentence in both languages.

This module alone says which kinds of words a decision is made of. If it is wrong, a word that the desk reads cannot be
looked up.
"""

from __future__ import annotations

from eligibility.outcome import OutcomeWord
from tools.rules_markdown import LANGUAGES, code, ids, plain, sentences, table

_KINDS = (
    ("reason", "Reasons (`reasons`)"),
    ("tell", "What to say or mind (`tell`)"),
    ("ask", "What is asked for (`ask_for`)"),
    ("queue", "What is checked again later (`queue`)"),
    ("registration", "利用登録 on the spot (`registration`)"),
    ("document", "Documents (`presented`, `returns`)"),
    ("passed", "Why a row does not fit (`--explain`; where a word is not here, it is among the reasons)"),
)


def words() -> str:
    """Section: every word of a decision with its sentence."""
    parts = [("Outcomes (`outcome`)", [f"outcome.{word.value}" for word in OutcomeWord])]
    parts += [(title, ids(f"{kind}.")) for kind, title in _KINDS]
    return "\n\n".join(f"### {title}\n\n{_table(messages)}" for title, messages in parts)


def _table(messages: list[str]) -> str:
    return table(
        ("Word", "日本語", "English"),
        (
            (code(message.split(".", 1)[1]), *(plain(sentences(lang)[message]) for lang in LANGUAGES))
            for message in messages
        ),
    )
