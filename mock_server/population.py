"""Invented people in any number, the same ones for the same seed: for load and batch.

Households come one after another, each from a random source of its own, so a larger population begins with the smaller
one of the same seed and nothing is kept in memory. Insurers are the invented ones of design.md §3 only; names are those
of sample forms; numbers are unique within a population and apart from the personas'. How many there are of each kind is
our guess, near enough to a waiting room. What breaks if wrong: a load test asks about people who cannot exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Final, TypeVar

from eligibility.calendar import elderly_from, seventy_rule_from
from mock_server.people import Limit, Membership, Person, SpecificDisease

T = TypeVar("T")

LARGEST: Final = 10_000_000
"""People in one population at most: beyond it the 8 digits of 後期高齢者医療 would run out."""

_SURNAMES: Final = (
    *(("見本", "ﾐﾎﾝ"), ("架空", "ｶｸｳ"), ("例文", "ﾚｲﾌﾞﾝ"), ("仮名", "ｶﾒｲ"), ("模擬", "ﾓｷﾞ"), ("試験", "ｼｹﾝ")),
    *(("練習", "ﾚﾝｼｭｳ"), ("雛形", "ﾋﾅｶﾞﾀ"), ("想定", "ｿｳﾃｲ"), ("仮想", "ｶｿｳ"), ("演習", "ｴﾝｼｭｳ"), ("訓練", "ｸﾝﾚﾝ")),
    *(("試作", "ｼｻｸ"), ("記入", "ｷﾆｭｳ"), ("標本", "ﾋｮｳﾎﾝ"), ("書式", "ｼｮｼｷ"), ("手本", "ﾃﾎﾝ"), ("番号", "ﾊﾞﾝｺﾞｳ")),
    *(("窓口", "ﾏﾄﾞｸﾞﾁ"), ("受付", "ｳｹﾂｹ"), ("待合", "ﾏﾁｱｲ"), ("問診", "ﾓﾝｼﾝ"), ("予約", "ﾖﾔｸ"), ("仮設", "ｶｾﾂ")),
)
_MEN: Final = (
    *(("太郎", "ﾀﾛｳ"), ("一", "ﾊｼﾞﾒ"), ("二郎", "ｼﾞﾛｳ"), ("三郎", "ｻﾌﾞﾛｳ"), ("健", "ｹﾝ"), ("翔", "ｼｮｳ"), ("実", "ﾐﾉﾙ")),
    *(("茂", "ｼｹﾞﾙ"), ("誠", "ﾏｺﾄ"), ("大輔", "ﾀﾞｲｽｹ"), ("蓮", "ﾚﾝ"), ("湊", "ﾐﾅﾄ"), ("清", "ｷﾖｼ"), ("正", "ﾀﾀﾞｼ")),
)
_WOMEN: Final = (
    *(
        ("花子", "ﾊﾅｺ"),
        ("陽菜", "ﾋﾅ"),
        ("幸子", "ｻﾁｺ"),
        ("美咲", "ﾐｻｷ"),
        ("恵", "ﾒｸﾞﾐ"),
        ("さくら", "ｻｸﾗ"),
        ("葵", "ｱｵｲ"),
    ),
    *(
        ("和子", "ｶｽﾞｺ"),
        ("由美", "ﾕﾐ"),
        ("節子", "ｾﾂｺ"),
        ("結衣", "ﾕｲ"),
        ("千代", "ﾁﾖ"),
        ("真理", "ﾏﾘ"),
        ("久美子", "ｸﾐｺ"),
    ),
)
_TOWNS: Final = ("東京都見本区架空町", "千葉県見本市例文町", "埼玉県見本市模擬町", "神奈川県見本市仮名町")
_KYOKAI: Final = ("01139997", "全国健康保険協会　見本支部")
_MEDICAL: Final = ("06129993", "千葉県医業健康保険組合")
_COMPANY: Final = ("06139992", "見本商事健康保険組合")
_NATIONAL: Final = ("139998", "見本市国民健康保険")
_ELDERLY: Final = ("39139993", "見本都後期高齢者医療広域連合")
_EMPLOYERS: Final = ((_KYOKAI, 62), (_COMPANY, 28), (_MEDICAL, 10))
_HOUSEHOLDS: Final = (("employed", 56), ("national", 24), ("elderly", 20))
_ELDERLY_RATIOS: Final = ((10, 75), (20, 17), (30, 8))
_SEVENTIES_RATIOS: Final = ((20, 86), (30, 14))
_FATES: Final = (("current", 930), ("changed", 25), ("lost", 25), ("unknown", 12), ("overlapping", 8))
"""What became of a household's membership, in thousandths."""
_FLAG: Final = {10: "B10", 20: "B09", 30: "B03"}
_PER_SYMBOL: Final = 100_000
_DIGITS: Final = str.maketrans("0123456789", "０１２３４５６７８９")


def generate(n: int, seed: int, on: date) -> Iterator[Person]:
    """The first `n` people of the population `seed` as of the day `on`: the same for the same three.

    Keys are `g<seed>-<number>`. Ages, memberships and shares fit each other on that day.

    Raises:
        ValueError: `n` is negative or above `LARGEST`.
    """
    if not 0 <= n <= LARGEST:
        raise ValueError(f"between 0 and {LARGEST} people")
    return _people(n, seed, on)


def _people(n: int, seed: int, on: date) -> Iterator[Person]:
    done = 0
    for household in count():
        source = Random(f"madoguchi/{seed}/{household}")  # noqa: S311 - the same again is the point
        for person in _household(household, source, on):
            if done == n:
                return
            done += 1
            yield replace(person, key=f"g{seed}-{done:07}")


def _household(index: int, random: Random, on: date) -> Iterator[Person]:
    """Who lives together, the insured first; 枝番 count from 00."""
    kind = _one_of(_HOUSEHOLDS, random)
    insurer = _insurer(kind, random)
    fate = _one_of(_FATES, random)
    surname = random.choice(_SURNAMES)
    address = f"{random.choice(_TOWNS)}{random.randint(1, 9)}番{random.randint(1, 99)}号".translate(_DIGITS)
    post_number = f"000-{random.randint(1000, 9999)}"
    holder = ""
    for place, (low, high) in enumerate(_ages(kind, random)):
        birthdate = _born(low, high, on, random)
        woman = random.random() < 0.5 if place != 1 else True
        given = random.choice(_WOMEN if woman else _MEN)
        name = f"{surname[0]}　{given[0]}"
        holder = holder or name
        person = Person(
            key="",
            name=name,
            kana=f"{surname[1]} {given[1]}",
            birthdate=birthdate,
            sex="2" if woman else "1",
            post_number=post_number,
            address=address,
        )
        own = _membership(index, place, holder, person, insurer, on, random)
        yield replace(person, memberships=_after(fate, own, index, place, holder, person, on, random))


def _ages(kind: str, random: Random) -> tuple[tuple[int, int], ...]:
    """Ranges of age in whole years, one for each member; nobody but the elderly is 75."""
    if kind == "elderly":
        return ((75, 98),)
    if kind == "national" and random.random() < 0.45:
        return ((60, 73), (58, 73))[: random.randint(1, 2)]
    if random.random() < 0.45:
        return ((30, 52), (28, 52), *((0, 17) for _ in range(random.choice((1, 1, 2, 2, 3)))))
    return ((20, 66), (22, 66))[: random.choice((1, 1, 1, 2))]


def _born(low: int, high: int, on: date, random: Random) -> date:
    """A birthdate of somebody who is at least `low` and at most `high` years old on the day."""
    latest = date(on.year - low, on.month, min(on.day, 28))
    return latest - timedelta(days=random.randrange((high - low) * 365 + 300))


def _insurer(kind: str, random: Random) -> tuple[str, str]:
    if kind == "employed":
        return _one_of(_EMPLOYERS, random)
    return _ELDERLY if kind == "elderly" else _NATIONAL


def _after(
    fate: str, own: Membership, index: int, place: int, holder: str, person: Person, on: date, random: Random
) -> tuple[Membership, ...]:
    """The memberships of a person, given what became of the household's."""
    if fate == "unknown":
        return ()
    changed_on = on - timedelta(days=random.randint(3, 60))
    # Nobody leaves 後期高齢者医療, and a newborn has left nothing yet.
    if fate == "current" or own.burden_ratio is not None or own.qualified_on >= changed_on:
        return (own,)
    if fate == "lost":
        return (replace(own, lost_on=changed_on, reason_of_loss="99"),)
    later = _KYOKAI if own.insurer_number == _NATIONAL[0] else _NATIONAL
    newer = replace(
        _membership(index, place, holder, person, later, on, random), qualified_on=changed_on, issued_on=changed_on
    )
    older = own if fate == "overlapping" else replace(own, lost_on=changed_on, reason_of_loss="03")
    return (newer, older)


def _membership(
    index: int, place: int, holder: str, person: Person, insurer: tuple[str, str], on: date, random: Random
) -> Membership:
    symbol, number = _numbers(index, insurer)
    elderly = insurer is _ELDERLY
    begun = on - timedelta(days=random.randint(90, 9000))
    qualified_on = max(begun, elderly_from(person.birthdate) if elderly else person.birthdate)
    burden = _one_of(_ELDERLY_RATIOS, random) if elderly else None
    seventies = not elderly and on >= seventy_rule_from(person.birthdate)
    sick = random.random() < 0.004
    flag = _FLAG[burden] if burden else "B04" if seventies else f"A0{random.randint(1, 5)}"
    return Membership(
        insurer_number=insurer[0],
        insurer_name=insurer[1],
        number=number,
        qualified_on=qualified_on,
        symbol=symbol,
        branch="" if elderly else f"{place:02}",
        family="1" if place == 0 else "2",
        holder_name="" if place == 0 else holder,
        issued_on=qualified_on,
        burden_ratio=burden,
        elderly_ratio=_one_of(_SEVENTIES_RATIOS, random) if seventies else None,
        limit=Limit("01", flag, date(on.year - 1, 8, 1)) if random.random() < 0.12 else None,
        diseases=(SpecificDisease("1", qualified_on, 10_000),) if sick else (),
    )


def _numbers(index: int, insurer: tuple[str, str]) -> tuple[str, str]:
    """記号 and 番号 of a household, in the form its insurer prints them (validation.md §2); none twice."""
    office, number = divmod(index, _PER_SYMBOL)
    if insurer is _ELDERLY:
        return "", f"{60_000_000 + index}"
    if insurer is _NATIONAL:
        return "生", f"{1_000_000 + index}".translate(_DIGITS)
    if insurer is _MEDICAL:
        return "医業", f"{1_000_000 + index}".translate(_DIGITS)
    if insurer is _COMPANY:
        return f"{900 + office}", f"{number + 1}"
    return f"{88_000_000 + office}", f"{number + 1}"


def _one_of(weighted: tuple[tuple[T, int], ...], random: Random) -> T:
    mark = random.randrange(sum(weight for _, weight in weighted))
    for value, weight in weighted:
        mark -= weight
        if mark < 0:
            return value
    raise AssertionError("the weights are summed above")
