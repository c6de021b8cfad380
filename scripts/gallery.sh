#!/bin/sh
# Take the handbook's pictures anew: go through the demo in a browser, and keep what was on the screen.
set -eu
cd "$(dirname "$0")/.."

.venv/bin/pytest -q tests/browser
for name in 1-asked 2-allowed 4-form 5-home; do
    .venv/bin/python scripts/smaller_png.py "out/$name.png" "docs/gallery/${name#*-}.png"
done
