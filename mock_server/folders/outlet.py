"""Putting files into `res` and `face`: each once, whole (unless a scenario says otherwise), never over another's.

A file is written under a hidden name on the same file system, made durable, told to the store, and then renamed: a
watcher sees nothing or all of it. After a crash whatever still lies hidden was not delivered, and is. What breaks if
wrong: half an answer in a レセコン, an answer twice, or none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from mock_server.folders.parcels import Parcel, Schedule, grown_to
from mock_server.folders.places import Place
from mock_server.folders.troubles import Troubles
from mock_server.registry.interface import RegistryError
from mock_server.registry.ledger import Ledger
from mock_server.registry.transaction import Transaction

MOST: Final = 256 * 1_048_576
"""Bytes of the largest file that is read back in order to let it grow in full view."""


@dataclass(slots=True)
class Shipment:
    """Everything that goes back for one request, or one face file."""

    key: str
    """Its files lie hidden as `<key>.0`, `<key>.1` …"""
    place: Place
    parcels: tuple[Parcel, ...]
    prepare: Callable[[], None]
    """Writes the hidden files. May be called again after it failed."""
    mark: Callable[[Transaction], None]
    """Tells the store that they lie ready."""
    placed: Callable[[datetime], None]
    """Called once when everything is in the folder, with that moment."""
    let_go: Callable[[], None] = lambda: None
    """Removes the request, which is answered for good now."""
    schedule: Schedule = field(default_factory=Schedule)
    may_replace: Callable[[str], bool] = lambda _: False
    """Whether a file of that name may be overwritten: the answer to the very same request, another `.err`."""


@dataclass(slots=True)
class _Way:
    """How far one shipment is."""

    shipment: Shipment
    due: float
    hold_until: float | None
    before: int = 0
    """How many shipments had been delivered when this one was sent."""
    marked_at: datetime | None = None
    resumed: bool = False
    parts: list[_Part] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    index: int
    parcel: Parcel
    due: float
    step: int = 0


class Outlet:
    """The shipments on their way. `hidden` is the folder in which files lie before they are renamed."""

    def __init__(self, ledger: Ledger, hidden: Place, troubles: Troubles) -> None:
        self._ledger = ledger
        self._hidden = hidden
        self._troubles = troubles
        self._ways: dict[str, _Way] = {}
        self._delivered = 0

    def __contains__(self, key: str) -> bool:
        return key in self._ways

    def send(self, shipment: Shipment, now: float, *, waited_s: float = 0.0) -> None:
        """Send it when it is due; `waited_s` is how long it has waited before a restart."""
        due = now + max(0.0, shipment.schedule.delay_s - waited_s)
        hold = shipment.schedule.hold_s
        self._ways[shipment.key] = _Way(shipment, due, None if hold is None else due + hold, self._delivered)

    def resume(self, shipment: Shipment, now: float, marked_at: datetime) -> bool:
        """Go on with one that was told to the store before a restart; False where everything of it was delivered."""
        left = [index for index in range(len(shipment.parcels)) if self._hidden.has(hidden_name(shipment.key, index))]
        if not left:
            return False
        parts = [_Part(index, shipment.parcels[index], now) for index in left]
        self._ways[shipment.key] = _Way(shipment, now, None, marked_at=marked_at, resumed=True, parts=parts)
        return True

    def work(self, now: float) -> None:
        """Do whatever is due. A file that cannot be written now is tried again next time."""
        due = [
            way
            for way in self._ways.values()
            if now >= way.due and (way.hold_until is None or self._is_let_go(way, now))
        ]
        self._announce([way for way in due if way.marked_at is None], now)
        touched: set[Place] = set()
        for way in due:
            if way.marked_at is not None:
                touched.add(way.shipment.place)
                if self._advance(way, way.marked_at, now):
                    del self._ways[way.shipment.key]
                    self._delivered += 1
        for place in touched:
            self._attempt(place, place.sync)

    def _announce(self, ways: Sequence[_Way], now: float) -> None:
        """Write the hidden files of these shipments, and tell the store of all of them in one transaction."""
        ready = [way for way in ways if self._attempt(way.shipment.place, way.shipment.prepare)]
        if not ready or not self._attempt(self._hidden, self._hidden.sync):
            return

        def mark(tx: Transaction) -> datetime:
            for way in ready:
                way.shipment.mark(tx)
            return tx.now()

        try:
            at = self._ledger.run_sync(mark)
        except RegistryError:
            self._troubles.have("store")
            return
        for way in ready:
            parcels = enumerate(way.shipment.parcels)
            way.marked_at = at
            way.parts = [_Part(index, parcel, now + parcel.after_s) for index, parcel in parcels]
            self._attempt(way.shipment.place, way.shipment.let_go)

    def _is_let_go(self, way: _Way, now: float) -> bool:
        """Held back: until another one was delivered, or for long enough."""
        if self._delivered == way.before and way.hold_until is not None and now < way.hold_until:
            return False
        way.hold_until = None
        return True

    def _advance(self, way: _Way, marked_at: datetime, now: float) -> bool:
        """Put what is due into the folder; True when nothing is left."""
        shipment = way.shipment

        def deliver() -> None:
            for part in list(way.parts):
                if now >= part.due and self._deliver(way, part, now):
                    way.parts.remove(part)

        if not self._attempt(shipment.place, deliver) or way.parts:
            return False
        shipment.placed(marked_at)
        return True

    def _attempt(self, place: Place, work: Callable[[], None]) -> bool:
        """Whether it could be done now; what was in the way is told."""
        try:
            work()
        except FileExistsError as error:
            self._troubles.have("name_taken", path=str(place.path / str(error.filename2 or error.filename)))
        except OSError as error:
            self._troubles.have_os("unwritable", str(place.path), error)
        else:
            return True
        return False

    def _deliver(self, way: _Way, part: _Part, now: float) -> bool:
        hidden, place = hidden_name(way.shipment.key, part.index), way.shipment.place
        name = part.parcel.name
        if not self._hidden.has(hidden):  # somebody cleared the hidden folder: there is nothing to wait for
            return True
        if part.parcel.steps and (not way.resumed or place.has(name)):
            return self._grow(way, part, hidden, now)
        self._hidden.move(hidden, place, name, replace=way.shipment.may_replace(name))
        return True

    def _grow(self, way: _Way, part: _Part, hidden: str, now: float) -> bool:
        """One step of a file that grows in full view; True after the last."""
        place, parcel = way.shipment.place, part.parcel
        body = self._hidden.read(hidden, MOST)
        look = place.look(parcel.name)
        if way.resumed:
            part.step = len(parcel.steps) - 1
        if part.step and look is None:  # somebody took half of it away: that is what they get
            self._hidden.remove(hidden)
            return True
        until = grown_to(len(body), parcel.steps[part.step].share)
        if part.step == 0:
            place.begin(parcel.name, body[:until])
        elif look is not None:
            place.append(parcel.name, body[look.size : until])
        part.step += 1
        if part.step < len(parcel.steps):
            part.due = now + parcel.steps[part.step].pause_s
            return False
        self._hidden.remove(hidden)
        return True


def hidden_name(key: str, index: int) -> str:
    """Under which name a file lies before it is renamed: no watcher of `*.xml` takes it for one."""
    return f"{key}.{index}"
