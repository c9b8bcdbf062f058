"""The counter with the trainer's drawer: which server's troubles it can make, and what they are called.

What breaks if it is wrong: the drawer offers a trouble of a server that it cannot reach.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # annotations only: the first frame waits for what is imported here
    from kiosk.app import KioskApp
    from kiosk.cli.composition import CounterPlan
    from kiosk.services.interfaces import Services
    from kiosk.settings.model import Settings


def with_trainer(plan: CounterPlan, load: Callable[[], Services], persona: str | None, settings: Settings) -> KioskApp:
    """The application. Only the server in this process has its troubles in the drawer."""
    from kiosk.cli.rehearsed_server import ServerInProcess
    from kiosk.rehearsal.trainer import TrainerApp

    own = plan.server is None
    return TrainerApp(
        load,
        ServerInProcess(plan.data_dir, plan.now) if own else None,
        scenario_titles(plan.lang) if own else (),
        data_dir=plan.data_dir,
        lang=plan.lang,
        place=persona,
        settings=settings,
    )


def scenario_titles(lang: str) -> tuple[tuple[str, str], ...]:
    """Name and title of every scenario that needs nothing to be told and strikes calls over HTTP."""
    from mock_server.scenarios.table import HTTP, SCENARIOS
    from mock_server.words import text

    return tuple(
        (name, text(lang, f"scenario.{name}.title"))
        for name, scenario in SCENARIOS.items()
        if HTTP in scenario.transports
    )
