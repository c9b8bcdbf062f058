#!/bin/sh
# Succeeds when something listens on every given TCP port of 127.0.0.1, within ten seconds. Looks at /proc/net/tcp only: it
# connects to nothing, because a connection would look like a reader to the card.
set -eu

listens() {
    awk -v port="$(printf '%04X' "$1")" '
        $4 == "0A" { split($2, part, ":"); if (part[2] == port && (part[1] == "0100007F" || part[1] == "00000000")) found = 1 }
        END { exit !found }' "${PROC_NET_TCP:-/proc/net/tcp}"
}

[ $# -gt 0 ] || { printf 'Usage: card-listens.sh PORT...\n' >&2; exit 2; }
patience=${PATIENCE:-10}
for port in "$@"; do
    until listens "$port"; do
        if [ "$patience" -le 0 ]; then
            printf 'No card listens on 127.0.0.1:%s. Start it first: madoguchi card emulate --persona taro --listen\n' "$port" >&2
            exit 1
        fi
        patience=$((patience - 1))
        sleep 1
    done
done
