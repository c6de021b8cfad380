#!/bin/sh
# Fetches all that a target of the Makefile needs into .venv and .servers, as root or as anyone else, and installs
# nothing into the system. What is there already, and still fits its lock, is left alone: the second run takes no time.
#
#   scripts/setup.sh demo         the service, its embedded AWS, and the aws command
#   scripts/setup.sh test         all of that, the tools that check it, and the servers that the tests stand on
#   scripts/setup.sh installer    only uv, which installs the rest
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
venv=$root/.venv
servers=$root/.servers
log=$servers/setup.log
python=${PYTHON:-python3}
export PIP_DISABLE_PIP_VERSION_CHECK=1
exec 3>&1 # where a step whose output goes to the log can still say something
export SETUP_SAYS=3

say() { echo "set-up: $*"; }
fail() {
    say "$*" >&2
    exit 1
}

# Runs a step with its output in the log; on failure shows the end of it.
quietly() {
    "$@" >>"$log" 2>&1 && return
    tail -n 15 "$log" >&2
    fail "this failed: $* (the whole story is in .servers/setup.log)"
}

need_python() {
    command -v "$python" >/dev/null || fail "no $python here; Daypass needs Python 3.11 or later (Debian: python3)"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "$("$python" --version) is too old; Daypass needs 3.11 or later (set PYTHON=/path/to/python3.11)"
    "$python" -c 'import venv' 2>/dev/null || fail "$python has no venv module (Debian: the package python3)"
}

# An environment at $1, made anew when it is absent or its Python has gone.
environment() {
    "$1/bin/python" -c '' 2>/dev/null && return
    rm -rf "$1"
    quietly "$python" -m venv --without-pip "$1"
}

# Where a copy of pip lies that runs without being installed: Python's own, Debian's, or Debian's fetched here.
pip_wheel() {
    for where in "$("$python" -c 'import ensurepip; print(ensurepip.__path__[0])' 2>/dev/null)/_bundled" \
        /usr/share/python-wheels "$servers/pip/usr/share/python-wheels"; do
        for wheel in "$where"/pip-*.whl; do
            if [ -e "$wheel" ]; then echo "$wheel" && return; fi
        done
    done
    return 1
}

# Does $1, a directory, hold exactly what the lock $2 says, by the mark that the last finished step left?
fits() { [ "$(cat "$1/.$2-lock" 2>/dev/null)" = "$(sha256sum <"requirements/$2.txt")" ]; }
mark() { sha256sum <"requirements/$2.txt" >"$1/.$2-lock"; }

# uv installs ten times as fast as pip; pip fetches it.
installer() {
    fits "$servers/installer" installer && return
    say "fetching the installer"
    pip_wheel >/dev/null || quietly scripts/unpack-debian.sh pip '.*' python3-pip-whl
    environment "$servers/installer"
    quietly "$servers/installer/bin/python" "$(pip_wheel)/pip" install --require-hashes -r requirements/installer.txt
    mark "$servers/installer" installer
}

# Where only pip is told of a mirror, uv finds nothing and pip finds all.
install() {
    into=$1
    shift
    "$servers/installer/bin/uv" pip install --python "$into/bin/python" "$@" >>"$log" 2>&1 ||
        quietly env PATH="$into/bin:$PATH" "$into/bin/python" "$(pip_wheel)/pip" install "$@"
}

locked() {
    environment "$1"
    install "$1" --require-hashes -r "requirements/$2.txt"
}

daypass() {
    fits "$venv" "$1" && [ -x "$venv/bin/daypass" ] && [ -x "$venv/bin/localslack" ] && return
    say "installing Daypass and what it needs"
    locked "$venv" "$1"
    install "$venv" --no-deps --no-build-isolation --editable ./packages/localslack --editable .
    mark "$venv" "$1"
}

aws_command() {
    fits "$servers/awscli" tools && return
    say "installing the aws command"
    locked "$servers/awscli" tools
    mkdir -p "$servers/bin"
    ln -sf ../awscli/bin/aws "$servers/bin/aws" # on its own, so that a PATH with it hides no other program
    mark "$servers/awscli" tools
}

unpacked() {
    [ -e "$servers/$1" ] && return
    say "fetching $1 from Debian's packages"
    quietly scripts/unpack-debian.sh "$@"
}

ceph() {
    unpacked ceph 'sudo|lvm2|dmeventd|logrotate|smartmontools|nvme-cli|hdparm|gdisk|parted|xfsprogs|dmidecode|cryptsetup-bin|uuid-runtime|liblvm2cmd.*|libparted2|libnvme1|python3.*|perl.*|systemd.*|udev|dbus.*' \
        radosgw ceph-mon ceph-osd ceph-common
}

chromium() {
    if [ -e /usr/bin/chromium ] && [ ! -e "$servers/chromium" ]; then return; fi
    unpacked chromium 'xdg-.*|libgl1-mesa-dri|.*-icon-theme|dbus.*|systemd.*|udev|at-spi2-core|dconf.*|glib-networking.*|upower|notification-daemon' \
        chromium fonts-dejavu-core
    [ -e "$servers/chromium/fonts.conf" ] && return
    printf '<fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>\n' \
        "$servers/chromium/usr/share/fonts" "$servers/chromium/font-cache" >"$servers/chromium/fonts.conf"
}

mkdir -p "$servers"
exec 9>"$servers/lock"
flock 9 # two makes at once: the second waits, and then finds all done
: >"$log"
started=$(date +%s)
need_python
case ${1:-} in
installer) installer ;;
demo)
    installer
    daypass demo
    aws_command
    ;;
test)
    installer
    daypass dev
    aws_command
    unpacked faketime '.*' libfaketime
    ceph
    unpacked atomic '.*' libatomic1 # for the browser's driver
    chromium
    unpacked pgbouncer 'postgresql-.*|perl.*|adduser|ucf|debconf|systemd.*|python3.*|sensible-utils|ssl-cert|openssl' pgbouncer
    ;;
*) fail "say what for: scripts/setup.sh demo, test or installer" ;;
esac
took=$(($(date +%s) - started))
[ "$took" -lt 2 ] || say "done in $took s; what follows is timed apart"
