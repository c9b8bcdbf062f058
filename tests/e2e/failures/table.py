"""Which failure of the catalogue is played by which tests: the number in their names says it (reception.md §12).

`CATALOGUE` is written by hand from the fact sheet; `test_table.py` holds it against the tests that there are.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

CATALOGUE: Final = MappingProxyType(
    {
        "F01": ("● in a name", 1),
        "F02": ("a kanji that passes here and comes back with the claim", 1),
        "F03": ("無効 after a job change", 1),
        "F04": ("該当なし: no マイナンバー on file", 2),
        "F05": ("無効（新しい資格あり）", 1),
        "F06": ("複数該当", 2),
        "F07": ("reader unplugged", 2),
        "F08": ("card not detected or unreadable, or another card", 4),
        "F09": ("card removed during the read", 1),
        "F10": ("face fails, and locks at 10", 3),
        "F11": ("PIN wrong once, twice, three times; locked; two or one left", 5),
        "F12": ("a card without PIN", 1),
        "F13": ("certificate: ending, in grace, beyond it, revoked", 3),
        "F14": ("the plastic expired", 1),
        "F15": ("not registered: registers, declines, cannot", 3),
        "F16": ("the service is late, closed, confused or away; outage queue", 3),
        "F17": ("お知らせ alone", 2),
        "F18": ("an expired 保険証 alone", 1),
        "F19": ("two 資格確認書", 1),
        "F20": ("資格確認書 expired, or of a membership that ended", 4),
        "F21": ("70–74 with a paper without ratio", 3),
        "F22": ("the paper's ratio is not the answer's", 1),
        "F23": ("the name differs", 1),
        "F24": ("someone else's record", 2),
        "F25": ("protection flags", 2),
        "F26": ("a phone where none is read", 2),
        "F27": ("an infant's card without photo", 2),
        "F28": ("consent refused", 1),
        "F29": ("the card is left on the reader", 1),
        "F30": ("disaster", 1),
        "F31": ("a copy or a picture of a 資格確認書", 1),
        "F32": ("a typed number with a wrong check digit", 1),
    }
)
"""Number → what happens, and how many tests play it (cases of one table count once)."""
