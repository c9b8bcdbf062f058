#!/bin/sh
# Rewrites the pinned requirements from pyproject.toml. Needs uv on the PATH; only maintainers run it.
# The options keep every registry host, path and date out of the files.
set -eu
cd "$(dirname "$0")/.."
lock() {
    uv pip compile --universal --python-version 3.11 --generate-hashes --quiet \
        --no-emit-index-url --no-emit-find-links --no-header --no-annotate "$@"
}
# A checkout has the web extra at once (every package of it has wheels), so that --web works after make run.
lock pyproject.toml --extra web -o requirements/run.txt
lock pyproject.toml --extra pcsc -c requirements/run.txt -o requirements/all.txt
# pyscard alone: it has no Linux wheel, so it is installed only where it can be built.
grep -A 40 '^pyscard==' requirements/all.txt | awk 'NR>1 && /^[a-z]/ {exit} {print}' > requirements/pcsc.txt
rm requirements/all.txt
lock --group dev -c requirements/run.txt -o requirements/dev.txt
# Building the project itself (hatchling and its hook); part of every installation from a checkout.
printf 'hatchling\nbabel\neditables\n' | uv pip compile - --universal --python-version 3.11 --generate-hashes --quiet \
    --no-emit-index-url --no-emit-find-links --no-header --no-annotate -c requirements/dev.txt -o requirements/build.txt
