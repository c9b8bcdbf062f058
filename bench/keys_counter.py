"""The counter as a program of its own for `bench keys`, quiet or with something slow going on beside the keys.

Usage: python -m bench.keys_counter DATA_DIR [idle|card|server]
`card`: on another thread a card is read over and over, as slow as a contactless one at 106 kbit/s is modelled.
`server`: every question to the service takes two seconds, and one is always under way.
SIGUSR1 begins to note the CPU time of each callback of the event loop; SIGUSR2 writes what was noted to
DATA_DIR/callbacks.json and ends that.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

CALLBACKS = "callbacks.json"
SLOW_S = 2.0
MOMENT = datetime.fromisoformat("2026-11-20T09:14:00+09:00")


class SlowClient:
    """The real client, each of whose calls is answered late."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name == "close":
            return found

        def late(*args: object, **kwargs: object) -> Any:
            time.sleep(SLOW_S)
            return found(*args, **kwargs)

        return late


def read_cards_forever(data_dir: Path) -> None:
    """A card that is read again as soon as it was read, over a desk and a reader of its own."""
    from kiosk.cli.composition import keystore_path
    from kiosk.services.card_desk import SlotCardDesk
    from mock_server.issuer import TestAuthority
    from reader.card.applet import SoftwareCard
    from reader.card.contactless import contactless
    from reader.transports.in_process import SoftwareReader

    authority = TestAuthority.open(keystore_path(data_dir), lambda: MOMENT)
    reader = SoftwareReader()
    reader.place(contactless(SoftwareCard(authority.card("hanako")), 106))
    desk = SlotCardDesk(reader, test_authorities=authority.ca_certificates, on=lambda: date(2026, 11, 20))
    while True:
        desk.read()
        desk.release()


def ask_forever(client: SlowClient) -> None:
    """One question after the other, each of them late."""
    while True:
        client.health()


def note_callbacks_when_told(folder: Path) -> None:
    """As the two signals say; until the first of them the loop is as it always is."""
    from tests.kiosk.loop.callbacks import kinds, time_callbacks

    seconds: dict[str, list[float]] = defaultdict(list)
    end: list[Callable[[], None]] = []

    def begin(*_: object) -> None:
        seconds.clear()
        end.append(time_callbacks(threading.get_ident(), seconds))

    def write(*_: object) -> None:
        end.pop()()
        part = folder / f"{CALLBACKS}.part"
        part.write_text(json.dumps([asdict(kind) for kind in kinds(seconds)]))
        part.rename(folder / CALLBACKS)

    signal.signal(signal.SIGUSR1, begin)
    signal.signal(signal.SIGUSR2, write)


def main(data: str, beside: str = "idle") -> int:
    """Run the counter until it is killed."""
    from kiosk.cli.kiosk import prepare_textual, show

    prepare_textual(os.environ)
    from kiosk.app import KioskApp
    from kiosk.cli.composition import CounterPlan, load_services
    from kiosk.services.interfaces import Services
    from kiosk.settings.model import Settings

    folder = Path(data)
    folder.mkdir(parents=True, exist_ok=True)
    note_callbacks_when_told(folder)
    plan = CounterPlan(folder, lambda: MOMENT, "ja")

    def load() -> Services:
        services = load_services(plan)
        if beside == "card":
            threading.Thread(target=read_cards_forever, args=(folder,), daemon=True).start()
        if beside != "server":
            return services
        client: Any = SlowClient(services.connect_service())
        threading.Thread(target=ask_forever, args=(client,), daemon=True).start()
        return replace(services, connect_service=lambda: client)

    settings = Settings(privacy_seconds=600, auto_lock_seconds=600)
    return show(KioskApp(load, data_dir=folder, place="taro", settings=settings), folder)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
