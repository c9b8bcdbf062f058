"""F8 offers the half-typed papers that were kept, beside the documents, whose numbers stay what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.flow.events import DraftResumed
from kiosk.flow.states import ChoosingPaper
from kiosk.forms.choose_paper import ChoosePaperView
from kiosk.forms.draft import Draft, make_draft
from kiosk.forms.kept_forms import KeptForm
from tests.kiosk.forms.hosting import Hosted, hosted, setting
from tests.kiosk.forms.samples import KYOKAI, STRIP, TODAY
from tests.kiosk.staff.running_apps import SHARED

pytestmark = SHARED


@dataclass(frozen=True)
class Kept:
    form: str
    draft: Draft
    word: str
    since: datetime


@dataclass
class Shelf:
    forms: tuple[Kept, ...] = ()
    refuses: bool = False

    def kept(self) -> Sequence[KeptForm]:
        if self.refuses:
            raise OSError
        return self.forms


def at(hour: int) -> datetime:
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour, 5)


ONE = Kept(KYOKAI.word, make_draft({"number": "5"}, at="number"), "one", at(10))
OTHER = Kept(STRIP.word, make_draft({"number": "6", "symbol": "7"}), "other", at(9))


def choosing(shelf: Shelf) -> ChoosePaperView:
    return ChoosePaperView(setting(), ChoosingPaper(None, card_on_reader=False, can_retry=False), shelf)


async def offered(desk: Hosted) -> None:
    await desk.until(lambda: "入力しかけ" in desk.text(), "offered")


async def test_one_kept_paper_is_taken_up_with_one_key() -> None:
    async with hosted(choosing(Shelf((ONE,)))) as desk:
        await offered(desk)
        assert "10:05" in desk.text()
        assert "1項目" in desk.text(), "the field one goes on in is no further item"
        assert desk.focused_id() == "choice-1", "the documents come first, as ever"
        await desk.press("full_stop")
        assert desk.last(DraftResumed) == DraftResumed(ONE.form, ONE.draft, "one")


async def test_of_several_the_number_says_which() -> None:
    async with hosted(choosing(Shelf((ONE, OTHER)))) as desk:
        await offered(desk)
        await desk.press("full_stop")
        await desk.until(lambda: "09:05" in desk.text(), "listed")
        await desk.press("2")
        assert desk.last(DraftResumed).word == "other"


async def test_esc_leads_from_the_list_to_the_documents() -> None:
    async with hosted(choosing(Shelf((ONE, OTHER)))) as desk:
        await offered(desk)
        await desk.click("#choice-kept", (10, 0))
        await desk.until(lambda: "09:05" in desk.text(), "listed")
        await desk.press("escape")
        await desk.until(lambda: desk.focused_id() == "choice-1" and "高齢受給者証" in desk.text(), "back")
        assert desk.sent == []


async def test_nothing_is_offered_where_nothing_is_kept_or_the_disk_refuses() -> None:
    for shelf in (Shelf(), Shelf((ONE,), refuses=True)):
        async with hosted(choosing(shelf)) as desk:
            await desk.press("full_stop")
            assert "入力しかけ" not in desk.text()
            assert desk.sent == []
