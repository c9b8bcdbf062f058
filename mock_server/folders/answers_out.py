"""From a decision to the files in `res`: an answer, or a copy of the request with its `.err`.

What breaks if wrong: after a crash an answer comes twice or not at all, or a refused request's 個人番号 is given back.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from mock_server.folders import records
from mock_server.folders.intake import stored_name
from mock_server.folders.lying import Lying, LyingFile
from mock_server.folders.outlet import Outlet, Shipment, hidden_name
from mock_server.folders.parcels import Parcel, parcels, schedule
from mock_server.folders.places import Place
from mock_server.folders.records import Decision
from mock_server.folders.refusals import error_text


class AnswersOut:
    """The way of decisions into `res`. Requests lie in `taken`, files that are ready in `ready`."""

    def __init__(self, outlet: Outlet, lying: Lying, *, res: Place, taken: Place, ready: Place) -> None:
        self._outlet = outlet
        self._lying = lying
        self._res = res
        self._taken = taken
        self._ready = ready

    def send(self, decision: Decision, now: float, waited_s: float = 0.0) -> None:
        """Write the files when they are due; `waited_s` is how long they have waited before a restart."""
        self._outlet.send(self._shipment(decision), now, waited_s=waited_s)

    def resume(self, decision: Decision, now: float) -> None:
        """Go on after a restart with files that were told to the store: those that are ready are put there."""
        shipment = self._shipment(decision)
        at = decision.written_at or decision.at
        if not self._outlet.resume(shipment, now, at):
            shipment.placed(at)

    def _shipment(self, decision: Decision) -> Shipment:
        if decision.reply.form == "refusal":
            files: tuple[Parcel, ...] = (Parcel(decision.name),)
            if decision.reply.copied:
                files = (Parcel(decision.request), *files)
        else:
            files = parcels(decision.name, decision.delivery)
        return Shipment(
            key=decision.claim,
            place=self._res,
            parcels=files,
            prepare=partial(self._prepare, decision, files),
            mark=partial(records.mark_written, claim=decision.claim),
            let_go=partial(self._let_go, decision),
            placed=partial(self._placed, decision, files),
            schedule=schedule(decision.delivery),
            may_replace=self._lying.holds,
        )

    def _prepare(self, decision: Decision, files: tuple[Parcel, ...]) -> None:
        reply, stored = decision.reply, stored_name(decision.claim, decision.request)
        if reply.form == "refusal":
            if reply.copied and self._taken.has(stored):
                self._taken.move(stored, self._ready, hidden_name(decision.claim, 0), replace=True)
            content = error_text(reply.code, reply.params, reply.encoding)
            self._ready.write(hidden_name(decision.claim, len(files) - 1), [content])
            return
        body: Iterable[bytes] = [reply.body]
        for index in range(1 if reply.form == "staged" else 0, len(files)):
            if reply.form == "staged":
                body = self._ready.pieces(hidden_name(decision.claim, 0))
            self._ready.write(hidden_name(decision.claim, index), body)

    def _let_go(self, decision: Decision) -> None:
        self._taken.remove(stored_name(decision.claim, decision.request))

    def _placed(self, decision: Decision, files: tuple[Parcel, ...], at: datetime) -> None:
        names = tuple(parcel.name for parcel in files)
        # A refused request is collected when its `.err` is.
        self._lying.add(LyingFile(decision.claim, names[::-1] if decision.reply.form == "refusal" else names, at))
