#!/bin/sh
# Unpacks Debian packages, with what they need, into .servers/NAME. Nothing is installed into the system, so this
# works as root and as anyone else, and leaves no service, no user and no entry in the package database behind.
#
#   scripts/unpack-debian.sh NAME 'REGEX OF PACKAGES TO LEAVE OUT' PACKAGE...
#
# The simulation names only what this machine lacks. The last step is one rename, so that a run that was cut off
# leaves nothing that looks finished.
set -eu
name=$1 leave_out=$2
shift 2

servers=$(CDPATH='' cd "$(dirname "$0")/.." && pwd)/.servers
apt=$servers/apt
if [ -e "$servers/$name" ]; then exit 0; fi

fail() {
    echo "set-up: could not fetch $name from Debian's packages: $1" >&2
    exit 1
}

say() { echo "set-up: $*" >&"${SETUP_SAYS:-2}"; }

# While packages are installed they look broken to everybody else ("unmet dependencies"). Who installs holds a lock, and
# which locks are held anybody may read, also where the lock's file itself is root's.
installing() {
    for lock in lock-frontend lock; do
        inode=$(stat -c %i "${DPKG_ADMINDIR:-/var/lib/dpkg}/$lock" 2>/dev/null) || continue
        grep -q ":$inode " /proc/locks 2>/dev/null && return 0
    done
    return 1
}

patience=${SETUP_PATIENCE_S:-600}
await_others() {
    installing || return 0
    say "another program is installing Debian packages; waiting until it has ended, $patience s at most"
    until_s=$(($(date +%s) + patience))
    while installing; do
        [ "$(date +%s)" -lt "$until_s" ] ||
            fail "another program has been installing Debian packages for $patience s; try again when it has ended"
        sleep 0.2
    done
}

command -v apt-get >/dev/null || fail "this machine has no apt-get; the tests need Debian 12 or a close relative"

# apt's own lists, cache and lock, so that no privilege is needed and the system's stay as they are.
apt_get() {
    apt-get -q -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" -o Debug::NoLocking=1 \
        -o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none "$@"
}

mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial"
if [ -z "$(find "$apt/fresh" -mtime -1 2>/dev/null)" ]; then # a day-old list may name versions that are gone
    apt_get update >"$apt/update.log" 2>&1 || true # a foreign source may fail; Debian's own is judged below
    apt-cache -o Dir::State::lists="$apt/lists" -o Dir::Cache="$apt/cache" show "$1" >/dev/null 2>&1 ||
        fail "the package lists did not arrive, see .servers/apt/update.log"
    touch "$apt/fresh"
fi

rm -rf "$servers/.$name".* # what a run that was killed left
work=$servers/.$name.$$
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/debs" "$work/root"

plan() {
    await_others
    apt_get install -s --no-install-recommends "$@" >"$work/plan" 2>"$work/plan.err"
}
# Again where it fails: somebody may have begun to install since it was looked.
plan "$@" || { sleep 1 && plan "$@"; } || fail "$(tail -n 3 "$work/plan.err")"
awk '/^Inst/ {print $2}' "$work/plan" | { grep -vE "^($leave_out)\$" || true; } >"$work/packages"
# A package that this machine already has is still unpacked: one directory then holds all that was asked for.
for package in "$@"; do
    grep -qx "$package" "$work/packages" || echo "$package" >>"$work/packages"
done

# shellcheck disable=SC2046 # one word a package
(cd "$work/debs" && apt_get download $(cat "$work/packages")) >"$work/download.log" 2>&1 ||
    fail "$(tail -n 3 "$work/download.log")"

for deb in "$work"/debs/*.deb; do
    dpkg -x "$deb" "$work/root" || fail "$(basename "$deb") would not unpack"
done
chmod 755 "$work/root"
mv "$work/root" "$servers/$name"
