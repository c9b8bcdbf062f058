"""How fast the counter is there: first frame, and first frame to an accepted software card.

Peer: a bare Textual application with one label, started the same way, in turn. Goals: first frame ≤ 1.25 times the
bare application's; from there to the accepted card ≤ 3 times the bare application's whole start.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.report import Figure, ratio_line
from bench.terminal import seconds_until

IDLE_TEXT = "マイナンバーカードを"
ACCEPTED_TEXT = "暗証番号"
FIRST_FRAME_GOAL, ACCEPTED_GOAL = 1.25, 3.0


def environment(data: Path) -> dict[str, str]:
    """What both programs get: the same switches, compiled modules allowed, a terminal that knows colours."""
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in {"PYTHONDONTWRITEBYTECODE", "TEXTUAL", "TEXTUAL_LOG"}
    }
    return {**env, "TERM": "xterm-256color", "TEXTUAL_DISABLE_KITTY_KEY": "1", "MADOGUCHI_DATA_DIR": str(data)}


def run(runs: int) -> list[Figure]:
    """Interleaved runs after one warm-up each (which also issues the card)."""
    bare = [sys.executable, "-m", "bench.bare_app"]
    script = Path(sys.executable).with_name("madoguchi")
    counter = [str(script), "kiosk", "--lang", "ja"]
    with tempfile.TemporaryDirectory() as folder:
        env = environment(Path(folder))
        both = [IDLE_TEXT, ACCEPTED_TEXT]
        seconds_until(bare, ["bare-first-frame"], env=env)
        seconds_until([*counter, "--persona", "taro"], both, env=env)
        bare_times, frame_times, accepted_times = [], [], []
        for _ in range(runs):
            bare_times += seconds_until(bare, ["bare-first-frame"], env=env)
            frame_times += seconds_until(counter, [IDLE_TEXT], env=env)
            frame, accepted = seconds_until([*counter, "--persona", "taro"], both, env=env)
            accepted_times.append(accepted - frame)
    floor = statistics.median(bare_times)
    return [
        ratio_line("start to first frame", frame_times, bare_times, FIRST_FRAME_GOAL),
        ratio_line("first frame to accepted software card", accepted_times, [floor] * runs, ACCEPTED_GOAL),
    ]
