"""`python -m bench [start] [apdu] [--runs N]`: measure and print; exit code 1 when a goal was missed."""

from __future__ import annotations

import argparse
import sys

from bench import apdu, start


def main() -> int:
    """Run what was named, or everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", choices=["start", "apdu", []], help="default: everything")
    parser.add_argument("--runs", type=int, default=10, help="interleaved runs of each side (default 10)")
    options = parser.parse_args()
    chosen = options.what or ["start", "apdu"]
    figures = []
    if "start" in chosen:
        figures += start.run(options.runs)
    if "apdu" in chosen:
        figures += apdu.run(options.runs)
    for figure in figures:
        print(figure)
    return 0 if all(figure.ratio <= figure.goal for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
