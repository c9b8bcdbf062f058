"""What the reader's monitor reports, in the words of the flow."""

from __future__ import annotations

from typing import Final

from kiosk.flow.events import CardPlaced, CardTaken, ReaderBack, ReaderEvent, ReaderGone
from kiosk.flow.states import Trouble
from reader import monitor

_TROUBLES: Final = {
    "no_service": Trouble.NO_PCSC_SERVICE,
    "service_silent": Trouble.NO_PCSC_SERVICE,
    "no_reader": Trouble.NO_READER,
    "access_denied": Trouble.ACCESS_DENIED,
    "no_pyscard": Trouble.NO_PYSCARD,
}
"""`SlotReport.reason` to the trouble shown."""


def flow_event_of(reported: object) -> ReaderEvent:
    """The flow's event for one of the monitor's. An unknown reason is a lost reader."""
    match reported:
        case monitor.CardArrived():
            return CardPlaced()
        case monitor.CardGone():
            return CardTaken()
        case monitor.SlotUnavailable(reason):
            return ReaderGone(_TROUBLES.get(reason, Trouble.READER_LOST))
        case monitor.SlotAvailable():
            return ReaderBack()
    raise TypeError(f"no reader event: {type(reported).__name__}")
