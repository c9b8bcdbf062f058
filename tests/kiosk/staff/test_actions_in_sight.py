"""Whatever can be done stands on the screen, at the smallest size too: nobody pages to find the next step."""

from __future__ import annotations

import pytest

from kiosk.staff.actions import actions_for
from kiosk.widgets.choice import Choice
from tests.kiosk.staff.harness import staff
from tests.kiosk.staff.running_apps import SHARED
from tests.kiosk.staff.samples import STANDINGS

pytestmark = SHARED

MANY = [name for name, standing in STANDINGS.items() if len(actions_for(standing)) > 5]
"""Where it is narrow."""


@pytest.mark.parametrize("lang", ["ja", "en"])
async def test_every_action_is_in_sight(lang: str) -> None:
    hidden: dict[str, list[str]] = {}
    async with staff(STANDINGS["idle"], lang=lang) as running:
        for name in MANY:
            standing = STANDINGS[name]
            await running.move_to(standing)
            await running.at("side-now")
            frame = running.screen.query_one(".middle").region
            choices = list(running.screen.body.query(Choice))
            below = [choice.id or "" for choice in choices if not frame.contains_region(choice.region)]
            if below:
                hidden[name] = below
    assert hidden == {}
