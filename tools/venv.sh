#!/bin/sh
# Makes and refreshes the project's own virtual environment in .venv.
# Usage: tools/venv.sh run|dev     Prints nothing when there is nothing to do.
set -eu
cd "$(dirname "$0")/.."
want=$1
venv=.venv
stamps=$venv/.madoguchi
python=${PYTHON:-python3}

# Everything this script writes stays inside the project's folder.
mkdir -p .cache/tmp
export PIP_CACHE_DIR="$PWD/.cache/pip" TMPDIR="$PWD/.cache/tmp"

say() { printf '%s\n' "$*" >&2; }

if [ ! -x "$venv/bin/python" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        say "Madoguchi needs Python 3.11 or newer; \"$python\" is missing or older."
        say "Remedy: apt install python3 python3-venv, or make PYTHON=/path/to/python3.11 ..."
        exit 2
    fi
    say "Making a virtual environment in $venv ..."
    if ! "$python" -m venv "$venv" >.cache/venv.log 2>&1; then
        cat .cache/venv.log >&2; rm -rf "$venv"
        say "Python could not make a virtual environment. Remedy: apt install python3-venv"
        exit 2
    fi
fi
mkdir -p "$stamps"
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }

# A stamp holds the checksum of what was installed, so that a changed lock installs anew.
install_lock() {
    lock=requirements/$1.txt
    if [ "$(cat "$stamps/$1" 2>/dev/null)" != "$(cksum <"$lock")" ]; then
        say "Installing pinned packages: $lock ..."
        pip install -qq --require-hashes -r "$lock"
        cksum <"$lock" >"$stamps/$1"
    fi
}

install_lock build
install_lock run
if [ "$want" = dev ]; then install_lock dev; fi

# The project itself, editable; its build hook compiles the catalogues (.po -> .mo).
sources=$(cksum pyproject.toml tools/hatch_catalogues.py $(find eligibility reader kiosk mock_server -name '*.po' | sort) | cksum)
if [ "$(cat "$stamps/self" 2>/dev/null)" != "$sources" ] || [ -z "$(find kiosk -name '*.mo')" ]; then
    pip install -qq --no-deps --no-build-isolation --force-reinstall -e .
    printf '%s\n' "$sources" >"$stamps/self"
fi

# pyscard has no Linux wheel: it is built where a compiler, Python's headers and libpcsclite's headers are present.
if [ "$(cat "$stamps/pcsc" 2>/dev/null)" != "$(cksum <requirements/pcsc.txt)" ]; then
    headers=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    if [ -n "$(find /usr/include /usr/local/include -name winscard.h 2>/dev/null | head -n 1)" ] \
            && [ -e "$headers/Python.h" ] && command -v "${CC:-cc}" >/dev/null; then
        say "Building pyscard for real card readers ..."
        if pip install -qq --require-hashes -r requirements/pcsc.txt >"$stamps/pcsc.log" 2>&1; then
            cksum <requirements/pcsc.txt >"$stamps/pcsc"
        else
            say "pyscard could not be built; everything but a real card reader works. The log: $stamps/pcsc.log"
        fi
    elif [ "$want" = run ]; then
        say "Real card readers: not in this run. sudo hardware/setup.sh adds what they need (pcscd, a compiler, libpcsclite-dev, Python headers)."
    fi
fi
