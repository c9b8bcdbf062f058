"""What stands half-typed when nobody is at the desk any more: kept encrypted, and offered again.

Pure. The one place that says which draft of a visit is kept; used where the time is over and where the counter ends.
What breaks if it is wrong: what staff typed is lost, or is kept twice.
"""

from __future__ import annotations

from kiosk.flow import effects as do
from kiosk.flow.counter import CARD_IN_HAND, FOUR_ITEMS, Counter, Draft
from kiosk.flow.effects import Effect
from kiosk.flow.ending import closing_effects
from kiosk.flow.states import DESK_STATES, ConfirmingPaper, TakingFourItems, TypingPaper


def keeping(counter: Counter, draft: Draft = ()) -> tuple[do.KeepDraft | None, tuple[Effect, ...]]:
    """The effect that keeps what stands half-typed, and what follows once it is on the disk; (None, ()): nothing does.

    `draft` is what stood in the form at the end; () where its screen is gone: then what the flow was told last.
    """
    form, text = "", draft
    match counter.state:
        case TypingPaper(form=word, draft=before):
            form, text = word, draft or before
        case ConfirmingPaper(paper=paper, draft=before):
            form, text = paper.form.word, before
        case TakingFourItems(draft=before):
            form, text = FOUR_ITEMS, draft or before
        case _ if counter.drafts:
            form, text = counter.drafts[-1]
    # Whether the card is in hand is of now; whoever takes the form up again says so anew.
    text = tuple((word, typed) for word, typed in text if word != CARD_IN_HAND)
    if not form or not text:
        return None, ()
    # Kept anew before the older one goes: whatever happens between, one of them is on the disk.
    again = counter.resumed is not None and counter.resumed[0] == form
    drop = (do.DropDraft(counter.visit, counter.resumed[1]),) if counter.resumed is not None and again else ()
    return do.KeepDraft(counter.visit, form, text), drop


def end_counter(counter: Counter, draft: Draft = ()) -> tuple[Effect, ...]:
    """What is left to do where the counter itself is closed in the middle of a visit."""
    keep, then = keeping(counter, draft) if isinstance(counter.state, DESK_STATES) else (None, ())
    return (*(() if keep is None else (keep,)), *closing_effects(counter), *then)
