"""The counter as a program of its own for `bench keys`, quiet or with something slow going on beside the keys.

Usage: python -m bench.keys_counter DATA_DIR [idle|card|server]
`card`: on another thread a card is read over and over, as slow as a contactless one at 106 kbit/s is modelled.
`server`: every question to the service takes two seconds, and one is always under way.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

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


def main(data: str, beside: str = "idle") -> int:
    """Run the counter until it is killed."""
    from kiosk.cli.kiosk import prepare_textual, show

    prepare_textual(os.environ)
    from kiosk.app import KioskApp
    from kiosk.cli.composition import CounterPlan, load_services
    from kiosk.services.interfaces import Services
    from kiosk.settings.model import Settings

    folder = Path(data)
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
