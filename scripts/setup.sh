#!/bin/sh
# Sets up what `make demo` or `make test` needs on Debian or Ubuntu, as root or with sudo. Quick when there is nothing to do.
#   scripts/setup.sh demo   runtime only, from requirements.txt
#   scripts/setup.sh test   with what the tests drive, from requirements-dev.txt
set -eu
cd "$(dirname "$0")/.."

stop() {
    echo "alongside: $1" >&2
    exit 1
}

lacking=""
need() { # need PACKAGE PROGRAM...: note the package unless one of the programs is there
    package=$1
    shift
    for program in "$@"; do
        if command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ]; then return 0; fi
    done
    lacking="$lacking $package"
}

install_lacking() {
    [ -n "$lacking" ] || return 0
    echo "alongside: installing system packages:$lacking"
    command -v apt-get >/dev/null || stop "please install$lacking, which this machine lacks; there is no apt-get here to do it with."
    as_root=""
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null || stop "please run 'apt-get install$lacking' as root, then this again; there is no sudo here."
    fi
    $as_root apt-get update -qq || echo "alongside: the package lists could not be refreshed; going on with those that are here." >&2
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $lacking >/dev/null ||
        stop "apt-get could not install$lacking. Try 'apt-get install$lacking' to see why, then this again."
    lacking=""
}

for_python() { # the first Python that is new enough
    for python in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$python"
            return 0
        fi
    done
    return 1
}

case "${1:-}" in
demo) lock=requirements.txt ;;
test) lock=requirements-dev.txt ;;
*) stop "say what to set up: scripts/setup.sh demo, or scripts/setup.sh test" ;;
esac

need dbus dbus-daemon
if [ "$1" = test ]; then
    need git git
    need mosquitto mosquitto
    [ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || lacking="$lacking postgresql"
    need espeak-ng espeak-ng
    need chromium chromium
fi
install_lacking

stamp_of() { cat "$1" pyproject.toml | sha256sum | cut -d' ' -f1; }
stamp=.venv/.alongside-$(stamp_of "$lock")
full=.venv/.alongside-$(stamp_of requirements-dev.txt) # what the tests need includes what the demo needs
if [ -e "$stamp" ] || [ -e "$full" ]; then exit 0; fi

python=$(for_python) || stop "Python 3.11 or newer is needed: 'apt-get install python3.11 python3.11-venv' where your release has it."
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    lacking="$(basename "$("$python" -c 'import sys; print(f"python3.{sys.version_info[1]}")')")-venv"
    install_lacking
fi

echo "alongside: preparing .venv from $lock (a few minutes the first time)"
[ -x .venv/bin/python ] || "$python" -m venv .venv
# --no-deps: the lock names everything. Without it pip 23 looks for the newest release of what is asked for with an extra
# (coverage[toml]), whatever the lock pins, and then refuses it for want of a hash.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r "$lock" ||
    stop "the Python packages could not be installed; the lines above say why."
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . ||
    stop "Alongside itself could not be installed into .venv; the lines above say why."
: >"$stamp"
