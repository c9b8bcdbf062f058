#!/bin/sh
# Sets a Debian or Ubuntu machine up for a real card reader, or for the software card on the system's pcscd.
# Shows what it will change before it changes anything; running it twice changes nothing the second time; --undo takes it back.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

usage() {
    cat <<'TEXT'
Usage, in the project's folder: hardware/setup.sh [--reader] [--kiosk USER] [--vpcd | --vpcd-reversed] [--show] [--undo]

  --reader         (also when nothing is given) what a real reader needs: pcscd (the PC/SC service) with its CCID driver, a
                   compiler with the headers that pyscard is built with, udev rules that keep the reader awake, and a list
                   that keeps the kernel's NFC drivers off it. Then: make run ARGS="--reader 0"
  --kiosk USER     let USER reach readers and cards without a seat (ssh, service): group "madoguchi" and a polkit rule. One
                   user a run
  --vpcd           give the system's pcscd a virtual reader, so that `madoguchi card emulate` shows the software card to
                   every PC/SC program. Its driver listens on ports 35963 and 35964 of every interface, so systemd is told
                   to keep pcscd off the network; without systemd this is refused.
  --vpcd-reversed  the same, with nothing listening but the card on loopback (`madoguchi card emulate --listen`); pcscd then
                   starts only while a card listens
  --show           only say what would change
  --undo           take files, rules and group membership away again (packages stay): of the parts named with it, of all of
                   them when none is named. With --kiosk USER the group and its rule stay while somebody else is in the group
  --root FOLDER    write files below FOLDER instead of /, install nothing and start nothing (for images, and to look at it).
                   Who is in the group is read from FOLDER/etc/group, where nobody is put in or taken out
TEXT
}
say() { printf '%s\n' "$*"; }
refuse() { say "$*" >&2; exit 2; }

show='' vpcd='' undo='' root='' reader='' kiosk=''
while [ $# -gt 0 ]; do
    case $1 in
        --reader) reader=yes ;;
        --kiosk)
            [ -n "${2:-}" ] || refuse "--kiosk needs the name of a user, for example: --kiosk desk"
            [ -z "$kiosk" ] || refuse "--kiosk takes one user a run: run it once for $kiosk and once for $2."
            kiosk=$2; shift ;;
        --vpcd) [ "$vpcd" != reversed ] || refuse "--vpcd and --vpcd-reversed exclude each other."; vpcd=listening ;;
        --vpcd-reversed) [ "$vpcd" != listening ] || refuse "--vpcd and --vpcd-reversed exclude each other."; vpcd=reversed ;;
        --show) show=yes ;;
        --undo) undo=yes ;;
        --root) [ $# -ge 2 ] || refuse "--root needs a folder."; root=${2%/}; [ -d "$root" ] || refuse "--root: no folder $2"; shift ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; refuse "Unknown option: $1" ;;
    esac
    shift
done
all=''
if [ -z "$reader$kiosk$vpcd" ]; then
    # No part is named: that is a reader to set up, but everything to take away.
    reader=yes
    [ -z "$undo" ] || all=yes
fi
case $kiosk in -* | *[!A-Za-z0-9._-]*) refuse "That is no name of a user: $kiosk" ;; esac
if [ -n "$kiosk" ] && [ -z "$root" ] && ! id "$kiosk" >/dev/null 2>&1; then refuse "There is no user $kiosk on this machine."; fi

driver_dir=/usr/local/lib/madoguchi
driver=$driver_dir/libifdvpcd.so
guard=$driver_dir/card-listens.sh
reader_conf=/etc/reader.conf.d/madoguchi-vpcd
loopback=/etc/systemd/system/pcscd.service.d/madoguchi-loopback.conf
reversed=/etc/systemd/system/pcscd.service.d/madoguchi-reversed.conf
udev=/etc/udev/rules.d/70-madoguchi-readers.rules
modprobe=/etc/modprobe.d/madoguchi-nfc.conf
polkit=/etc/polkit-1/rules.d/50-madoguchi.rules
packages="pcscd libccid libpcsclite-dev gcc libc6-dev python3-dev python3-venv"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Every file as it should be, in $work under its own path; `wanted` is the list.
wanted=''
want() { # TARGET SOURCE MODE
    mkdir -p "$work$(dirname "$1")"
    sed -e "s#@DRIVER@#$driver#" -e "s#@DRIVER_DIR@#$driver_dir#" "$2" >"$work$1"
    chmod "$3" "$work$1"
    wanted="$wanted $1"
}
if [ -n "$reader" ]; then
    want "$udev" "$here/files/70-madoguchi-readers.rules" 644
    want "$modprobe" "$here/files/madoguchi-nfc.conf" 644
fi
[ -z "$kiosk" ] || want "$polkit" "$here/files/50-madoguchi.rules" 644
unwanted=''
case $vpcd in
    listening)
        want "$loopback" "$here/files/madoguchi-loopback.conf" 644
        want "$reader_conf" "$here/files/madoguchi-vpcd.reader.conf" 644
        unwanted="$reversed $guard" ;;
    reversed)
        want "$guard" "$here/card-listens.sh" 755
        want "$reversed" "$here/files/madoguchi-reversed.conf" 644
        want "$reader_conf" "$here/files/madoguchi-vpcd-reversed.reader.conf" 644
        unwanted="$loopback" ;;
esac

systemd_runs() { [ -z "$root" ] && [ -d /run/systemd/system ]; }
in_group() { id -nG "$1" 2>/dev/null | tr ' ' '\n' | grep -qx madoguchi; }
# The group's line, and everybody's, in this machine's user database or in the one below --root.
group_line() {
    if [ -z "$root" ]; then getent group madoguchi || true
    elif [ -f "$root/etc/group" ]; then grep '^madoguchi:' "$root/etc/group" || true; fi
}
accounts() {
    if [ -z "$root" ]; then getent passwd || true
    elif [ -f "$root/etc/passwd" ]; then cat "$root/etc/passwd"; fi
}
installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; }

plan='' missing='' writes='' removes='' leaves='' others='' owners='' group_goes=''
if [ -n "$undo" ] && [ -n "$all$kiosk" ]; then
    group=$(group_line)
    gid=$(printf '%s\n' "$group" | cut -d: -f3)
    # A user whose own first group this is: no line of the group names them, they cannot be taken out, and the group cannot go.
    [ -z "$gid" ] || owners=$(accounts | awk -F: -v gid="$gid" '$4 == gid { print $1 }' | tr '\n' ' ')
    for member in $(printf '%s\n' "$group" | cut -d: -f4 | tr ',' ' '); do
        if [ -n "$all" ] || [ "$member" = "$kiosk" ]; then leaves="$leaves $member"; else others="$others $member"; fi
    done
    for member in $owners; do
        if [ -z "$all" ] && [ "$member" != "$kiosk" ]; then others="$others $member"; fi
    done
    [ -z "$group" ] || [ -n "$others$owners" ] || group_goes=yes
fi
if [ -n "$undo" ]; then
    [ -z "$all" ] || removes="$udev $modprobe $polkit $reader_conf $loopback $reversed $guard $driver"
    [ -z "$kiosk" ] || [ -n "$others" ] || removes="$removes $polkit"
    [ -z "$vpcd" ] || removes="$removes $reader_conf $loopback $reversed $guard $driver"
    [ -z "$reader" ] || removes="$removes $udev $modprobe"
else
    removes=$unwanted
    if [ -n "$vpcd" ] && [ -z "$root" ] && ! systemd_runs; then
        say "No systemd runs here, so pcscd could not be kept off the network: --vpcd is refused." >&2
        refuse "Tests do not need it: they run a private pcscd of their own (make test)."
    fi
    if [ -n "$reader$vpcd" ] && [ -z "$root" ]; then
        command -v dpkg-query >/dev/null || refuse "This script knows Debian and Ubuntu only. See hardware/README.md for others."
        for package in $packages; do installed "$package" || missing="$missing $package"; done
        [ -z "$missing" ] || plan="$plan
  install$missing"
    fi
    for file in $wanted; do
        if ! cmp -s "$work$file" "$root$file"; then
            writes="$writes $file"
            plan="$plan
  write $root$file"
        fi
    done
    if [ -n "$vpcd" ] && [ -z "$root" ] && [ ! -e "$driver" ]; then
        plan="$plan
  put the vpcd driver (from the package vsmartcard-vpcd, which is not installed) into $driver_dir"
    fi
    if [ -n "$kiosk" ] && [ -z "$root" ] && ! in_group "$kiosk"; then
        plan="$plan
  make the group madoguchi and put $kiosk into it"
    fi
fi
present=''
for file in $removes; do
    if [ -e "$root$file" ]; then
        case " $present " in *" $file "*) continue ;; esac
        present="$present $file"
        plan="$plan
  remove $root$file"
    fi
done
if [ -z "$root" ]; then
    for member in $leaves; do plan="$plan
  take $member out of the group madoguchi"; done
    [ -z "$group_goes" ] || plan="$plan
  remove the group madoguchi"
fi

if [ -n "$others" ]; then say "The group madoguchi and its polkit rule stay; in the group are:$others"
elif [ -n "$owners" ]; then say "The group madoguchi stays: it is the first group of ${owners% }."; fi
if [ -z "$plan" ]; then say "Nothing to change."; exit 0; fi
say "This will change:$plan"
[ -z "$show" ] || exit 0
[ -n "$root" ] || [ "$(id -u)" = 0 ] || refuse "Root is needed: run the same again with sudo."

# shellcheck disable=SC2086
[ -z "$missing" ] || { apt-get update -qq && apt-get install -y --no-install-recommends $missing; }
if [ -z "$undo" ] && [ -n "$vpcd" ] && [ -z "$root" ] && [ ! -e "$driver" ]; then
    (cd "$work" && apt-get download -qq vsmartcard-vpcd && dpkg-deb -x vsmartcard-vpcd_*.deb tree)
    mkdir -p "$driver_dir"
    cp "$(find "$work/tree" -name 'libifdvpcd.so*' -type f | head -n 1)" "$driver"
fi
for file in $present; do rm -f "$root$file"; done
for file in $writes; do
    mkdir -p "$root$(dirname "$file")"
    cp -p "$work$file" "$root$file"
    # A rule counts before the reader it is for is written: the driver must never listen without it.
    case $file in *.service.d/*) ! systemd_runs || systemctl daemon-reload ;; esac
done
for folder in "$driver_dir" "$(dirname "$loopback")"; do rmdir "$root$folder" 2>/dev/null || true; done
if [ -z "$root" ]; then
    if [ -n "$kiosk" ] && [ -z "$undo" ]; then
        getent group madoguchi >/dev/null || groupadd --system madoguchi
        in_group "$kiosk" || usermod -a -G madoguchi "$kiosk"
    fi
    for member in $leaves; do gpasswd -d "$member" madoguchi >/dev/null; done
    [ -z "$group_goes" ] || groupdel madoguchi
fi
if systemd_runs; then
    systemctl daemon-reload
    systemctl try-restart pcscd.service || true
    command -v udevadm >/dev/null && udevadm control --reload && udevadm trigger --subsystem-match=usb || true
fi
say "Done."
[ -z "$reader" ] || [ -n "$undo" ] || say "Next: plug the reader in, then  madoguchi doctor --reader 0"
if [ -n "$kiosk" ] && [ -z "$undo" ]; then
    if [ -z "$root" ]; then say "$kiosk has to log in anew before the group counts."
    else say "Nobody was put into a group below $root: $kiosk has to be in the group madoguchi there."; fi
fi
