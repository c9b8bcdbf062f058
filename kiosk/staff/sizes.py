"""What fits at which size of the terminal: the classes the staff side's style sheet knows.

Pure data. What breaks if it is wrong: 今日の受付 squeezes いま, or the cover hides a screen that would have fitted.
"""

from __future__ import annotations

from typing import Final

from textual.geometry import Size

SMALLEST: Final = (80, 24)
"""Columns and rows the staff side is complete in."""
WITH_TODAY: Final = 100
"""Columns from which 今日の受付 stands beside いま."""
BROAD: Final = 120
"""Columns from which 今日の受付 has room for long names."""
TALL: Final = 36
"""Rows from which there is air between the parts."""


def is_short(size: Size) -> bool:
    """Whether what can be done has to stand before why, so that it is all in sight."""
    return size.height < TALL


def fitting(size: Size) -> dict[str, bool]:
    """Each class of the style sheet, and whether it holds at this size."""
    return {
        "-wide": size.width >= WITH_TODAY,
        "-broad": size.width >= BROAD,
        "-tall": size.height >= TALL,
        "-small": size.width < SMALLEST[0] or size.height < SMALLEST[1],
    }
