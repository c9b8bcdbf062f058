"""Says how many tests of a JUnit report were skipped, and why; reasons that recur are told once."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET


def main(report: Path) -> None:
    """Print one line per reason."""
    cases = list(ET.parse(report).iter("testcase"))
    reasons = Counter(
        skipped.get("message", "no reason was given") for case in cases for skipped in case.findall("skipped")
    )
    print(f"Skipped: {sum(reasons.values())} of {len(cases)} tests.")
    for reason, times in reasons.most_common():
        print(f"  {times} x {reason}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
