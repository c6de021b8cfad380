#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: exact versions and their hashes, no address of any registry.
# The largest set is solved first; the smaller ones are held to it, so that they may share one environment. What the
# local Slack of the demo and the tests needs is in theirs.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.servers/installer/bin/uv}
[ -x "$uv" ] || { scripts/setup.sh installer && uv=.servers/installer/bin/uv; }

lock() {
    to=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
        "$@" --output-file "requirements/$to.txt"
}

lock dev pyproject.toml packages/localslack/pyproject.toml --extra demo --extra mcp --group build --group dev
lock demo pyproject.toml packages/localslack/pyproject.toml --extra demo --group build --constraint requirements/dev.txt
lock run pyproject.toml --group build --constraint requirements/dev.txt
lock tools --group tools
lock installer --group installer
