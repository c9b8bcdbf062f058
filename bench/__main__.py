"""`python -m bench [NAME …] [--runs N] [--json FILE]`: measure and print, everything or what is named.

Ends with 1 when a goal was missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from bench import apdu, batch, decision, insertion, keys, server, server_counters, start, visit

MEASUREMENTS = {
    "start": start.run,
    "apdu": apdu.run,
    "insertion": insertion.run,
    "visit": visit.run,
    "keys": keys.run,
    "decision": decision.run,
    "batch": batch.run,
    "server": server.run,
    "counters": server_counters.run,
}


def main() -> int:
    """Run what was named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=[*MEASUREMENTS, []], help="default: everything")
    parser.add_argument("--runs", type=int, default=10, help="interleaved runs of each side (default 10)")
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write every figure, with what was measured beside it"
    )
    options = parser.parse_args()
    figures = [figure for name in options.what or MEASUREMENTS for figure in MEASUREMENTS[name](options.runs)]
    for figure in figures:
        print(figure)
    if options.json is not None:
        options.json.write_text(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=1) + "\n")
    return 0 if all(figure.ratio <= figure.goal for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
