#!/bin/sh
# Runs pytest and ends by saying what was skipped and why.
set -u
cd "$(dirname "$0")/.."
mkdir -p .cache
# Every worker and every started command reads what was compiled once; a machine that forbids that takes minutes longer.
unset PYTHONDONTWRITEBYTECODE
report=.cache/pytest.xml
.venv/bin/python -m pytest --junit-xml="$report" -o junit_logging=no -q "$@"
code=$?
[ -e "$report" ] && .venv/bin/python tools/skipped.py "$report"
exit $code
