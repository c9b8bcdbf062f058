#!/bin/sh
# Sets a Debian or Ubuntu machine up for a real card reader, or for the software card on the system's pcscd.
# Shows what it will change before it changes anything; running it twice changes nothing the second time.
set -eu

usage() {
    cat <<'TEXT'
Usage: hardware/setup.sh [--show] [--vpcd] [--undo]

  (nothing)  install what a real reader needs: pcscd (the PC/SC service) with its CCID driver, and a compiler with the
             headers that pyscard is built with. Then run: make run ARGS="--reader 0"
  --vpcd     also give the system's pcscd a virtual reader, so that `madoguchi card emulate` shows the software card to
             every PC/SC program. The driver listens on port 35963 and 35964 of every interface, so systemd is told to
             keep pcscd off the network; without systemd this is refused.
  --show     only say what would change
  --undo     take the virtual reader and the network rule away again (packages stay)
TEXT
}

show= vpcd= undo=
for option in "$@"; do
    case $option in
        --show) show=yes ;;
        --vpcd) vpcd=yes ;;
        --undo) undo=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; printf 'Unknown option: %s\n' "$option" >&2; exit 2 ;;
    esac
done

driver_dir=/usr/local/lib/madoguchi
reader_conf=/etc/reader.conf.d/madoguchi-vpcd
drop_in=/etc/systemd/system/pcscd.service.d/madoguchi-loopback.conf
packages="pcscd libccid libpcsclite-dev gcc libc6-dev python3-dev python3-venv"

say() { printf '%s\n' "$*"; }
command -v dpkg-query >/dev/null || { say "This script knows Debian and Ubuntu only." >&2; exit 2; }

missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $package"
done

plan=
if [ -n "$undo" ]; then
    for file in "$reader_conf" "$drop_in" "$driver_dir/libifdvpcd.so"; do
        [ ! -e "$file" ] || plan="$plan
  remove $file"
    done
else
    [ -z "$missing" ] || plan="$plan
  install$missing"
    if [ -n "$vpcd" ]; then
        if [ ! -d /run/systemd/system ]; then
            say "No systemd runs here, so pcscd could not be kept off the network: --vpcd is refused." >&2
            say "Tests do not need it: they run a private pcscd of their own (make test)." >&2
            exit 2
        fi
        [ -e "$driver_dir/libifdvpcd.so" ] || plan="$plan
  put the vpcd driver (from the package vsmartcard-vpcd, not installed) into $driver_dir"
        [ -e "$reader_conf" ] || plan="$plan
  write $reader_conf (the virtual reader)"
        [ -e "$drop_in" ] || plan="$plan
  write $drop_in (pcscd talks to loopback only)"
    fi
fi
if [ -z "$plan" ]; then say "Nothing to change."; exit 0; fi
say "This will change:$plan"
[ -z "$show" ] || exit 0
[ "$(id -u)" = 0 ] || { say "Root is needed: sudo hardware/setup.sh $*" >&2; exit 2; }

if [ -n "$undo" ]; then
    rm -f "$reader_conf" "$drop_in" "$driver_dir/libifdvpcd.so"
    rmdir "$driver_dir" "$(dirname "$drop_in")" 2>/dev/null || true
else
    # shellcheck disable=SC2086
    [ -z "$missing" ] || { apt-get update -qq && apt-get install -y --no-install-recommends $missing; }
    if [ -n "$vpcd" ]; then
        mkdir -p "$driver_dir" "$(dirname "$drop_in")" "$(dirname "$reader_conf")"
        if [ ! -e "$drop_in" ]; then
            printf '[Service]\nIPAddressDeny=any\nIPAddressAllow=localhost\n' >"$drop_in"
        fi
        if [ ! -e "$driver_dir/libifdvpcd.so" ]; then
            work=$(mktemp -d)
            trap 'rm -rf "$work"' EXIT
            (cd "$work" && apt-get download -qq vsmartcard-vpcd && dpkg-deb -x vsmartcard-vpcd_*.deb tree)
            cp "$(find "$work/tree" -name 'libifdvpcd.so*' -type f | head -n 1)" "$driver_dir/libifdvpcd.so"
        fi
        if [ ! -e "$reader_conf" ]; then
            printf 'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH %s\nCHANNELID 0x8C7B\n' \
                "$driver_dir/libifdvpcd.so" >"$reader_conf"
        fi
    fi
fi
if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl try-restart pcscd.service || true
fi
say "Done."
