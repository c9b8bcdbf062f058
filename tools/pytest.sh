#!/bin/sh
# Runs pytest and ends by saying what was skipped and why.
set -u
cd "$(dirname "$0")/.."
mkdir -p .cache
report=.cache/pytest.xml
.venv/bin/python -m pytest --junit-xml="$report" -o junit_logging=no -q "$@"
code=$?
[ -e "$report" ] && .venv/bin/python tools/skipped.py "$report"
exit $code
