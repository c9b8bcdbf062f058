"""`python -m tests.fuzz --runs N [--target NAME]`: arbitrary bytes for everything that reads bytes. See README.md."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.engines import NO_ATHERIS, has_atheris, run_atheris, run_mutation
from tests.fuzz.targets import TARGETS


def main() -> int:
    """Run the targets one after the other: 0 where none failed, 1 where one did."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000, help="inputs in all (default: %(default)s)")
    parser.add_argument("--target", choices=TARGETS, action="append", help="only this one; may be given again")
    parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
    parser.add_argument("--engine", choices=("atheris", "mutation"), default="atheris")
    arguments = parser.parse_args()
    chosen = arguments.target or list(TARGETS)
    engine = run_atheris if arguments.engine == "atheris" else run_mutation
    if engine is run_atheris and not has_atheris():
        print(NO_ATHERIS, file=sys.stderr)
        engine = run_mutation
    findings = []
    for target in chosen:
        outcome = engine(target, max(1, arguments.runs // len(chosen)), arguments.seed)
        print(f"{target}: {outcome.tried} inputs, {'a failure' if outcome.finding else 'no failure'}", flush=True)
        if outcome.finding is not None:
            findings.append(outcome.finding)
    for finding in findings:
        print(f"\n{finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
