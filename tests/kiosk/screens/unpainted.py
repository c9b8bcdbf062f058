"""Headless screens without painting: the layout is made, and what nobody sees is not drawn.

A headless application renders every change and throws the picture away. These tests read the picture from the
compositor when they want it, whole and anew, so that leaving out the thrown-away ones costs them nothing they look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from textual._compositor import Compositor


def _draw_nothing(compositor: Compositor, *_args: Any, **_kwargs: Any) -> None:
    """What has changed counts as drawn."""
    compositor._dirty_regions.clear()


@contextmanager
def unpainted() -> Iterator[None]:
    """As long as it lasts no screen is drawn for the terminal that is not there."""
    with mock.patch.object(Compositor, "render_update", _draw_nothing):
        yield
