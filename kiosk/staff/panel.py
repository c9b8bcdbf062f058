"""What the desk reads about the present state: what is wrong, why, what next, what to charge, later, whom to call.

Pure: where the counter stands goes in, sentences come out, always in this order and always in the same parts. The
sentences of a decision are `eligibility`'s; those of the counter's own states are `side.*`. What breaks if it is wrong:
staff charge before they know, or read a step after they needed it (screens.md, principle 3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from eligibility.calendar import era_text, grace_until
from eligibility.errors import FieldError
from eligibility.guidance_lines import MINDED_FIRST, WHY_CHARGED
from eligibility.insurers import insurer_title, parse_insurer_number
from eligibility.names import unfit_for_claims
from kiosk.flow import states as st
from kiosk.flow.answer import Reception, Told
from kiosk.staff.actions import can_compare_by_eye, reception_of
from kiosk.staff.dialling import dial_lines
from kiosk.staff.standing import Standing
from kiosk.staff.trouble_words import exact_word
from kiosk.words import Words

FINE: Final = "*"
CARE: Final = "!"
BUSY: Final = "..."
"""Signs before the headline: never a colour alone."""

_VALID: Final = 1
"""資格有効性 1: everything else is said first."""
_CHARGE: Final = "staff.charge."
_ASKED: Final = "staff.ask."
_REASON: Final = "staff.reason."
_RETURN: Final = "staff.return."
_TELL: Final = "tell."
_GRACE: Final = "staff.reason.chip_certificate_in_grace"
_CONSENT_ASKED: Final = "staff.consent.ask"
_SAID_BY_ACTION: Final = frozenset({"tell.register_here", "tell.four_items", "tell.recheck_by_numbers", _CONSENT_ASKED})
"""What a numbered action or the line あとで says in other words."""
_SAID_BY_VALIDITY: Final = frozenset(
    {"answer_valid", "answer_ended", "answer_newer_membership", "answer_several", "answer_nothing_found"}
)
_AFTER_CHARGE: Final = frozenset({"tell.not_full_charge"})


@dataclass(frozen=True, slots=True)
class Panel:
    """The parts of いま, each a tuple of sentences."""

    sign: str
    headline: str
    code: str = ""
    """The policy's word and row, or a trouble's code."""
    record: tuple[str, ...] = ()
    """Whom the service named, to be compared with the person at the desk."""
    cautions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    charge: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    help: tuple[str, ...] = ()


def panel_for(now: Standing, words: Words, at: datetime) -> Panel:
    """What to show of `now` at the moment `at` (help lines are open or closed then)."""
    if isinstance(now.state, st.InTrouble):
        return _of_trouble(now, now.state, words, at)
    reception = reception_of(now.state)
    if reception is not None:
        panel = _of_reception(now, reception, words, at)
        return _until_taken(panel, words) if isinstance(now.state, st.TakingCard) else panel
    name = type(now.state).__name__
    idle = isinstance(now.state, st.Idle)
    if idle and now.reader_trouble is not None:
        return _of_reader(now, words)
    guidance = words.one_of(f"side.now.{name}.next", "")
    return Panel(
        "" if idle else BUSY,
        words.text(_idle_word(now) if idle else f"side.now.{name}"),
        guidance=tuple(guidance.split("\n")) if guidance else (),
        # A visit that is over without a decision has nothing that could still be charged.
        charge=() if idle or isinstance(now.state, st.TakingCard) else (words.text("side.charge.open"),),
    )


def _idle_word(now: Standing) -> str:
    if now.disaster:
        return "side.now.Idle.both" if now.outage else "side.now.Idle.disaster"
    return "side.now.Idle.outage" if now.outage else "side.now.Idle"


def _grace_as_a_day(reception: Reception) -> Reception:
    """The last day on which the card counts, in place of the rule by which staff would have to reckon it."""
    last = reception.certificate_until
    if last is None or all(line.message_id != _GRACE for line in reception.staff):
        return reception
    told = Told("side.grace.until", (("day", grace_until(last).isoformat()),))
    return replace(reception, staff=tuple(told if line.message_id == _GRACE else line for line in reception.staff))


def _of_reader(now: Standing, words: Words) -> Panel:
    assert now.reader_trouble is not None
    stem = f"side.trouble.{now.reader_trouble.value}"
    return Panel(
        CARE,
        words.text(stem),
        reasons=tuple(words.text(f"{stem}.why").split("\n")),
        guidance=(words.text("side.now.reader_trouble.next"),),
    )


def _of_trouble(now: Standing, trouble: st.InTrouble, words: Words, at: datetime) -> Panel:
    exact = exact_word(trouble.trouble, trouble.detail)
    stem = f"side.trouble.{exact or trouble.trouble.value}"
    only_by_paper = trouble.trouble is st.Trouble.PIN_LOCKED and _only_by_paper(trouble.card)
    why = tuple(words.text("side.trouble.pin_locked.why.paper" if only_by_paper else f"{stem}.why").split("\n"))
    if trouble.advice is None:
        return Panel(
            CARE,
            words.text(stem),
            trouble.detail,
            reasons=why,
            charge=(words.text("side.charge.open"),),
        )
    parts = _of_reception(now, trouble.advice, words, at)
    return Panel(
        CARE,
        words.text(stem),
        trouble.detail,
        cautions=parts.cautions,
        reasons=why,
        guidance=parts.guidance,
        charge=parts.charge,
        later=parts.later,
        help=parts.help,
    )


def _only_by_paper(card: st.CardSummary | None) -> bool:
    """Whether neither face nor eye leads on with a card whose PIN is locked."""
    return card is not None and not card.ways and not can_compare_by_eye(card, on_reader=True)


def _of_reception(now: Standing, reception: Reception, words: Words, at: datetime) -> Panel:
    cautions, guidance, later, charge = _sorted_lines(_grace_as_a_day(reception), words)
    shown = now.state
    if isinstance(shown, st.ShowingAnswer) and not shown.written:
        cautions = (words.text("side.now.not_written"), *cautions)
    if isinstance(shown, st.ShowingAnswer) and shown.consent_failed:
        cautions = (*cautions, words.text("side.now.consent_failed"))
    unfit = unfit_for_claims(reception.name)
    if unfit:
        cautions = (*cautions, words.text("warning.name_not_for_claims", characters="".join(unfit)))
    if reception.queue is not None:
        later = (words.text(f"queue.{reception.queue}"), *later)
    if isinstance(shown, st.ShowingAnswer) and shown.consents:
        later = (*later, consent_words(shown, words))
    outcome, validity = words.text(f"outcome.{reception.outcome}"), validity_words(reception, words)
    done = reception.accepted and not reception.ask_for
    # Where a paper counts although the service knows nothing, it is what staff go by: the answer is the reason.
    stopped = reception.validity is not None and reception.validity != _VALID and not done
    reasons = tuple(reason_lines(reception, words))
    return Panel(
        FINE if done else CARE,
        validity if stopped else outcome,
        words.text("side.now.code", outcome=reception.outcome, row=reception.row),
        record=tuple(record_lines(reception, words)),
        cautions=cautions,
        reasons=(outcome, *reasons[1:]) if stopped else reasons,
        guidance=guidance,
        charge=(charge_words(reception, words), *charge),
        later=later,
        help=dial_lines(reception, words, at),
    )


def _until_taken(panel: Panel, words: Words) -> Panel:
    """Decided and told: the card is still there, and nothing of the answer is left to be done."""
    said = f"{words.text('side.now.TakingCard')}  ({panel.headline})"
    return Panel(
        BUSY,
        said,
        panel.code,
        panel.record,
        guidance=(words.text("side.now.TakingCard.next"),),
        charge=panel.charge,
        later=panel.later,
    )


def consent_words(shown: st.ShowingAnswer, words: Words) -> str:
    """Which items were agreed to, and until when it counts."""
    given = [words.text(f"side.consent.{item}") for item, yes in shown.consents if yes]
    said = words.text("side.consent.given", items=words.text("side.and").join(given)) if given else ""
    if shown.consent_until is not None and given:
        said += words.text("side.consent.until", at=f"{shown.consent_until:%m-%d %H:%M}")
    return said or words.text("side.consent.refused")


def reason_lines(reception: Reception, words: Words) -> Iterator[str]:
    """Why it came to this; what explains the share is read beside the share."""
    validity = validity_words(reception, words)
    if validity:
        yield validity
    for word in reception.reasons:
        if word not in WHY_CHARGED and not (validity and word in _SAID_BY_VALIDITY):
            yield words.text(f"reason.{word}")


def validity_words(reception: Reception, words: Words) -> str:
    """資格有効性 and the day that goes with it; "" where nobody was asked."""
    if reception.validity is None:
        return words.text("side.validity.none") if not reception.by and reception.row else ""
    said = words.text(f"side.validity.{reception.validity}")
    if reception.lost_on is not None:
        return said + words.text("side.validity.lost_on", day=reception.lost_on.isoformat())
    if reception.valid_until is not None:
        return said + words.text("side.validity.until", day=reception.valid_until.isoformat())
    return said


def record_lines(reception: Reception, words: Words) -> Iterator[str]:
    """Name, birthday, insurer, numbers: as they came, ● kept."""
    born = "" if reception.birthdate is None else era_text(reception.birthdate)
    person = "  ".join(part for part in (reception.name, reception.name_kana, born) if part)
    if person:
        yield person
    numbers = "  ".join(
        words.text(f"side.record.{word}", value=value)
        for word, value in (("symbol", reception.symbol), ("number", reception.number), ("branch", reception.branch))
        if value
    )
    whole = "  ".join(part for part in (insurer_words(reception, words), numbers) if part)
    if whole:
        yield whole


def insurer_words(reception: Reception, words: Words) -> str:
    """Name and number; where no name came, what the number tells."""
    name, number = reception.insurer_name, reception.insurer_number
    if number and not name:
        try:
            title, params = insurer_title(parse_insurer_number(number))
        except FieldError:  # what a service sends is shown as it is
            return number
        name = words.text(title, **params)
    return f"{name}({number})" if number else name


def charge_words(reception: Reception, words: Words) -> str:
    """窓口負担 in a few words; the sentences beside it come from the guidance."""
    kind, _, percent = reception.charge.partition(":")
    if kind == "ask" and percent:
        kind = "provisional"
    said = words.text(f"side.charge.{kind or 'open'}", tenths=int(percent or 0) // 10, percent=percent or "0")
    if "not_full_charge" in reception.tell:
        said += words.text("side.charge.not_full")
    return said


def _sorted_lines(
    reception: Reception, words: Words
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The guidance's lines by where they stand: cautions, next, later, beside the charge."""
    cautions: list[Told] = []
    guidance: list[Told] = []
    later: list[Told] = []
    beside: list[Told] = []
    charged = False
    for line in reception.staff:
        message = line.message_id
        if message.startswith(_CHARGE):
            charged = True
        elif message.startswith(_ASKED) or message in _SAID_BY_ACTION | _AFTER_CHARGE:
            continue  # a numbered action says it
        elif message.startswith(_TELL) and message.removeprefix(_TELL) in MINDED_FIRST:
            cautions.append(line)
        elif message.startswith(_REASON) and message.removeprefix(_REASON) in WHY_CHARGED:
            beside.append(line)
        elif charged or message.startswith((_TELL, _RETURN)):
            later.append(line)
        else:
            guidance.append(line)
    return _said(cautions, words), _said(guidance, words), _said(later, words), _said(beside, words)


def _said(lines: Iterable[Told], words: Words) -> tuple[str, ...]:
    return tuple(words.text(line.message_id, **dict(line.params)) for line in lines)
