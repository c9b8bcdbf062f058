#!/bin/sh
# Prints the path of libifdvpcd.so, pcscd's driver for virtual cards, for tests with a private pcscd.
# The driver is extracted from Debian's package into .cache/vpcd, never installed: installing it makes the system's
# pcscd listen on every network interface for good. Needs no root. Downloads once; afterwards it only looks.
set -eu
cd "$(dirname "$0")/.."
cache=$PWD/.cache/vpcd
driver=usr/lib/pcsc/drivers/serial/libifdvpcd.so

say() { printf '%s\n' "$*" >&2; }

for found in "$cache/$driver" "/$driver"; do
    if [ -r "$found" ]; then printf '%s\n' "$found"; exit 0; fi
done

for tool in apt-get dpkg; do
    if ! command -v "$tool" >/dev/null; then
        say "The driver for virtual cards comes from Debian's package vsmartcard-vpcd, and this machine has no $tool."
        exit 1
    fi
done

# Extracted aside and moved at the end, so that an interrupted or doubled run leaves no half of a driver.
mkdir -p "$cache"
work=$(mktemp -d "$cache/extract.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
if ! (cd "$work" && apt-get download -qq vsmartcard-vpcd) >"$work/log" 2>&1; then
    grep -v '^W: ' "$work/log" >&2 || true
    say "The package vsmartcard-vpcd could not be downloaded. Remedy: apt-get update (as root), and a network."
    exit 1
fi
dpkg -x "$work"/vsmartcard-vpcd_*.deb "$work/tree"
if [ ! -r "$work/tree/$driver" ]; then
    say "The package vsmartcard-vpcd does not hold $driver."
    exit 1
fi
mkdir -p "$cache/$(dirname "$driver")"
cp -L "$work/tree/$driver" "$cache/$driver.new.$$"
chmod 755 "$cache/$driver.new.$$"
mv "$cache/$driver.new.$$" "$cache/$driver"
printf '%s\n' "$cache/$driver"
