"""Finding a subject by the words somebody types, in Japanese or English, with or without blanks.

Pure: a query and the subjects in, the subjects that fit out, best first, the same every time. This module alone ranks
them: a keyword or title that is the whole query, keywords that stand in it, a query that stands in a keyword, words of
a title, and at last what only looks alike. It also tells what is sure from what is only near. If it is wrong, the
answer to another question is followed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from functools import lru_cache
from itertools import groupby
from typing import Final

from eligibility.topic import Topic

MOST_FOUND: Final = 5
_ALIKE: Final = 0.7
"""How alike two words must be, as difflib counts it, before one is offered for the other."""
_SHORTEST_BEGUN: Final = 3
"""Shorter Latin words stand by themselves."""
_MISSPELT: Final = 0.82
"""How alike before one is taken for the other misspelt: cirlce and circle, not grade and grace."""
_TOO_MANY: Final = 3
"""What stands in the keywords or titles of more subjects, such as 資格 and カード, points at none of them."""
_SHORTEST_ALIKE: Final = 4
"""Shorter words are all alike: 12割 and 2割."""

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_CIRCLES = dict.fromkeys(map(ord, "○◯〇⚫⬤•"), "●")
_BRACKETS = dict.fromkeys(map(ord, "()[]{}「」『』【】<>〈〉《》\"'’‘“”・"), "")
_OTHERS = re.compile(r"[^\w●%～]+|_")
_OTHER_THING_BEHIND: Final = {"保険証": "まいな"}
"""What makes another thing of a word it stands before, folded: マイナ保険証 is a card, and no 健康保険証."""
_LATIN = re.compile(r"[a-z0-9%]+")


class Rank(IntEnum):
    """How a subject fits, worst first."""

    NONE = 0
    ALIKE = 1
    TITLE = 2
    BEGUN = 3
    CONTAINED = 4
    EXACT = 5


def fold(text: str) -> str:
    """`text` as it is compared: width, case and kana made one, brackets and marks taken away, single blanks.

    For queries and keywords only: NFKC changes kanji of names (validation.md §5).
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_CIRCLES | _BRACKETS)
    return " ".join(_OTHERS.sub(" ", plain.translate(_KATAKANA_TO_HIRAGANA)).split())


@dataclass(frozen=True, slots=True)
class Found:
    """What a query leads to, each best first and at most five; one of the two is empty.

    `sure` may be answered. `perhaps` may only be offered by title: to answer it would be to guess the question.
    """

    sure: tuple[Topic, ...] = ()
    perhaps: tuple[Topic, ...] = ()


def search(query: str, topics: Sequence[Topic], titles: Mapping[str, Sequence[str]]) -> Found:
    """The subjects that fit.

    `titles` has the titles of each subject by its word, in every language that counts.
    """
    asked = fold(query)
    if not asked:
        return Found()
    words = _telling(query, [[_folded(title) for title in titles.get(topic.word, ())] for topic in topics])
    scored = [(_score(asked, words, topic, titles.get(topic.word, ())), topic) for topic in topics]
    scored = [(score, topic) for score, topic in scored if score[0] > Rank.NONE]
    # A sort keeps equals in the order of the subjects: nothing is left to chance.
    scored.sort(key=lambda found: found[0], reverse=True)
    # Beside what was meant, what merely shares a word with it would only distract.
    fitting = [topic for score, topic in scored if score[0] >= Rank.BEGUN][:MOST_FOUND]
    if fitting and not _is_begun_by_many([score[0] for score, _ in scored]):
        return Found(sure=tuple(fitting))
    misspelt = [] if fitting else [topic for _, topic in scored if _is_misspelt(asked, topic)]
    if len(misspelt) == 1:
        return Found(sure=tuple(misspelt))
    return Found(perhaps=tuple(fitting or [topic for _, topic in scored[:MOST_FOUND]]))


def _is_begun_by_many(ranks: Sequence[Rank]) -> bool:
    return ranks[0] is Rank.BEGUN and ranks.count(Rank.BEGUN) > _TOO_MANY


def _is_misspelt(asked: str, topic: Topic) -> bool:
    """Whether the query is a keyword, word by word, but for slips of the fingers.

    One letter of Japanese turns a question round (登録, 未登録): only Latin is taken for a word misspelt.
    """
    typed = asked.split()
    return asked.isascii() and any(
        len(parts) == len(typed)
        and all(
            SequenceMatcher(a=a, b=b, autojunk=False).ratio() >= _MISSPELT for a, b in zip(parts, typed, strict=True)
        )
        for parts in map(_parts, topic.keywords)
    )


def _telling(query: str, titles: Sequence[Sequence[str]]) -> frozenset[str]:
    """The words of a query that stand in some titles, but not in so many that they mean nothing."""
    counted = {word: sum(any(_span(word, title) for title in each) for each in titles) for word in _words(query)}
    return frozenset(word for word, count in counted.items() if 0 < count <= _TOO_MANY)


Score = tuple[Rank, int, int]
"""Rank, letters of the query that are explained (ALIKE: how alike in thousandths), letters of the longest keyword."""
_NOT_FOUND: Final = (Rank.NONE, 0, 0)


def _score(asked: str, words: frozenset[str], topic: Topic, titles: Sequence[str]) -> Score:
    keywords = tuple(map(_parts, topic.keywords))
    joined = asked.replace(" ", "")
    if any("".join(parts) == joined for parts in (*keywords, *map(_parts, titles))):
        return Rank.EXACT, len(joined), len(joined)
    return _contained(asked, keywords) or _begun(joined, keywords) or _titled(words, titles) or _alike(asked, keywords)


def _contained(asked: str, keywords: Sequence[tuple[str, ...]]) -> Score | None:
    covered: set[int] = set()
    longest = 0
    for parts in keywords:
        spans = [_span(part, asked) for part in parts]
        if all(spans):
            covered.update(place for span in spans for place in span)
            longest = max(longest, sum(map(len, parts)))
    return (Rank.CONTAINED, len(covered), longest) if covered else None


def _begun(joined: str, keywords: Sequence[tuple[str, ...]]) -> Score | None:
    """The query is the beginning of a keyword, or stands in one: somebody stopped typing."""
    if len(joined) < 2:
        return None
    found = [word for parts in keywords if (word := "".join(parts)) and _is_begun(joined, parts)]
    # The less of the keyword is missing, the better it fits.
    return (Rank.BEGUN, len(joined), -min(map(len, found))) if found else None


def _is_begun(joined: str, parts: Sequence[str]) -> bool:
    """Latin stands at the beginning of a word: "dv" is not begun in "advantages"."""
    if joined.isascii():
        return any("".join(parts[place:]).startswith(joined) for place in range(len(parts)))
    return joined in "".join(parts)


def _titled(words: frozenset[str], titles: Sequence[str]) -> Score | None:
    folded = [_folded(title) for title in titles]
    found = {word for word in words if any(_span(word, title) for title in folded)}
    return (Rank.TITLE, sum(map(len, found)), 0) if found else None


def _alike(asked: str, keywords: Sequence[tuple[str, ...]]) -> Score:
    """By difflib: the query, or one of its words, is nearly a keyword."""
    best = 0.0
    for typed in {asked.replace(" ", ""), *asked.split()}:
        if len(typed) < _SHORTEST_ALIKE:
            continue
        matcher = SequenceMatcher(b=typed, autojunk=False)
        for word in {"".join(parts) for parts in keywords}:
            matcher.set_seq1(word)
            if matcher.real_quick_ratio() >= max(_ALIKE, best) and matcher.quick_ratio() >= max(_ALIKE, best):
                best = max(best, matcher.ratio())
    return (Rank.ALIKE, round(best * 1000), 0) if best >= _ALIKE else _NOT_FOUND


@lru_cache(maxsize=4096)
def _folded(title: str) -> str:
    """Of what is ours only: a query is not kept."""
    return fold(title)


@lru_cache(maxsize=4096)
def _parts(keyword: str) -> tuple[str, ...]:
    """The parts of a keyword, each of which must stand somewhere in the query."""
    return tuple(fold(keyword).split())


def _span(part: str, asked: str) -> range:
    """Where a part stands in the query; empty where it does not.

    Latin parts stand at the beginning of a word (forgot in forgotten; "no" not in "not"), numbers are whole. Japanese
    is found anywhere, also where the query has blanks inside.
    """
    if part.replace(" ", "") not in asked.replace(" ", ""):
        return range(0)
    if _LATIN.fullmatch(part):
        end = r"(?![a-z0-9])" if part[-1].isdigit() or len(part) < _SHORTEST_BEGUN else r"[a-z]*"
        found = re.search(rf"(?<![a-z0-9]){re.escape(part)}{end}", asked)
    else:
        # 0歳 does not stand in 70歳.
        start = "(?<![0-9])" if part[0].isdigit() else ""
        start += "".join(
            f"(?<!{other})(?<!{other} )" for word, other in _OTHER_THING_BEHIND.items() if part.startswith(word)
        )
        found = re.search(start + " *".join(map(re.escape, part)), asked)
    return range(*found.span()) if found else range(0)


def _words(query: str) -> Iterator[str]:
    """The words of a query in which blanks may be missing: runs of kanji, of katakana and of Latin, folded."""
    plain = unicodedata.normalize("NFKC", query)
    for kind, letters in groupby(plain, _script):
        word = fold("".join(letters))
        if kind and len(word) > 1:
            yield word


def _script(letter: str) -> str:
    if letter.isascii():
        return "latin" if letter.isalnum() else ""
    if "ァ" <= letter <= "ー":
        return "katakana"
    return "kanji" if "一" <= letter <= "鿿" else ""
