#!/bin/sh
# Installs the Debian packages that the tests' real parts need, saying what and why. Quick when nothing is missing.
# Where it may not install, it says so and the tests that need them are skipped with a sentence.
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
command -v dpkg-query >/dev/null || { say "This is no Debian: tests that need Debian packages are skipped."; exit 0; }

missing=
need() {  # need PACKAGE WHY
    if ! dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok installed'; then
        missing="$missing $1"
        say "  $1: $2"
    fi
}
why=$(
    {
        need gcc "builds pyscard, the door to real readers, which has no Linux wheel"
        need libc6-dev "the C headers that pyscard is built with"
        need libpcsclite-dev "the PC/SC headers that pyscard is built with"
        case "$(readlink -f "$(command -v "${PYTHON:-python3}")")" in
            /usr/bin/*) need python3-dev "Python's headers, for pyscard"
                        need python3-venv "virtual environments" ;;
        esac
        need libpcsclite1 "the PC/SC library"
        need pcscd "the real PC/SC service; tests run a private one as an ordinary user"
        need opensc "an independent program that judges the software card"
        need tmux "a real terminal to look at the counter"
        need postgresql "a real PostgreSQL for the server's store; tests run a private one as an ordinary user"
        need openssl "an independent program that judges CRLs and OCSP answers"
        need curl "runs the examples for vendors"
        need chromium "a real browser for the server's page"
        need fonts-noto-cjk "Japanese letters in that browser"
    } 2>&1
    printf '=%s' "$missing"
)
missing=${why##*=}
[ -n "$missing" ] || exit 0
say "The tests' real parts need these Debian packages:"
say "${why%=*}"

if [ "$(id -u)" = 0 ]; then as_root=
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as_root="sudo -n"
elif command -v sudo >/dev/null && [ -t 0 ]; then as_root=sudo
else
    say "They are not installed, because that needs root; what needs them is skipped. Remedy: apt install$missing"
    exit 0
fi

# No daemon is to run because of us: while this guard exists, Debian starts none.
guard=/usr/sbin/policy-rc.d
made_guard=
if [ ! -e "$guard" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$guard" >/dev/null
    $as_root chmod 755 "$guard"
    made_guard=yes
fi

# Nor is a database to lie about because of us: PostgreSQL's package makes one unless this file says no. Where the file
# was there before, it says so only while we install.
clusters=/etc/postgresql-common/createcluster.conf
mkdir -p .cache
kept=
[ ! -e "$clusters" ] || { kept=.cache/createcluster.conf; cp -p "$clusters" "$kept"; }
case " $missing " in
    *" postgresql "*)
        $as_root mkdir -p "${clusters%/*}"
        printf 'create_main_cluster = false\n' | $as_root tee -a "$clusters" >/dev/null ;;
esac

undo() {
    [ -z "$made_guard" ] || $as_root rm -f "$guard"
    [ -z "$kept" ] || $as_root cp -p "$kept" "$clusters"
}
trap undo EXIT
trap 'exit 130' INT TERM

say "Installing them with apt-get (log: .cache/apt.log) ..."
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
if ! { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends $missing; } >.cache/apt.log 2>&1; then
    tail -n 5 .cache/apt.log >&2
    say "apt-get did not succeed; what needs these packages is skipped."
fi
exit 0
