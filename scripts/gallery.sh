#!/bin/sh
# Take the handbook's pictures anew: go through the demo in a browser, and keep what was on the screen.
set -eu
cd "$(dirname "$0")/.."

.venv/bin/pytest -q tests/browser
for picture in docs/gallery/*.png; do
    .venv/bin/python scripts/smaller_png.py "out/$(basename "$picture")" "$picture"
done
