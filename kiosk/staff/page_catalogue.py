"""Which page answers which question of the staff side: the only place that knows them all.

What breaks if it is wrong: a number opens another page than its words say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kiosk.screens.view import Setting
from kiosk.staff.actions import Ask
from kiosk.staff.info_pages import HelpLinesPage, MorePage, WhyPage
from kiosk.staff.judging_pages import (
    MembershipPage,
    PersonPage,
    ProtectionPage,
    RealNamePage,
    UndoPage,
    VisualPage,
)
from kiosk.staff.mode_pages import DisasterPage, DraftsPage, OutagePage, QueuePage
from kiosk.staff.page import Hands, Page
from kiosk.staff.record_pages import CopyPage, FaceFilePage, MedicalPage, ReferencePage, SpokenConsentPage

PAGES: Final[dict[Ask, Callable[[Setting, Hands], Page]]] = {
    Ask.WHY: WhyPage,
    Ask.VISUAL: VisualPage,
    Ask.PERSON: PersonPage,
    Ask.PROTECTION: ProtectionPage,
    Ask.MEMBERSHIP: MembershipPage,
    Ask.SPOKEN_CONSENT: SpokenConsentPage,
    Ask.REAL_NAME: RealNamePage,
    Ask.MEDICAL: MedicalPage,
    Ask.REFERENCE_NUMBER: ReferencePage,
    Ask.COPY: CopyPage,
    Ask.FACE_FILE: FaceFilePage,
    Ask.OUTAGE: OutagePage,
    Ask.DISASTER: DisasterPage,
    Ask.QUEUE: QueuePage,
    Ask.DRAFTS: DraftsPage,
    Ask.HELP_LINES: HelpLinesPage,
    Ask.MORE: MorePage,
    Ask.UNDO: UndoPage,
}
"""By question; 今日の受付 and the patient's side are the screen's own."""
