"""
docs/bad-input.md, and what it is held against.

Each row is what is wrong, where a person meets it, and the exact sentence. A test produces the mistake on the real
thing and calls `says` with what came of it; a sentence that has changed without the page fails there. What differs from
machine to machine (a folder, a port, an id) stands in the page under a fixed name.

With DAYPASS_WRITE_DOCS=1 the page is brought up to date instead: rows that changed are written in place, new ones at
its end, for a person to move and to read.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/bad-input.md"
_ROW = re.compile(r"^\| (?P<wrong>[^|]+?) \| (?P<where>[^|]+?) \| (?P<sentence>.+) \|$")
_WRITES = bool(os.environ.get("DAYPASS_WRITE_DOCS"))

Key = tuple[str, str]


def rows() -> dict[Key, str]:
    """Every row of the page: what is wrong and where, and the sentence."""
    found = (_ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines())
    return {
        (row["wrong"], row["where"]): row["sentence"]
        for row in found
        if row and row["wrong"] != "what is wrong" and set(row["wrong"]) != {"-"}
    }


def says(wrong: str, where: str, sentence: str, names: Mapping[str, str] | None = None) -> None:
    """
    Hold a sentence against its row of the page.

    `names` are what the page calls the things that differ from run to run.
    """
    plain = _plain(sentence, names or {})
    if _WRITES:
        _write(wrong, where, plain)
    written = rows().get((wrong, where))
    assert written == plain, f"for “{wrong}” ({where}) the page says {written!r}, and Daypass says {plain!r}"


def _plain(sentence: str, names: Mapping[str, str]) -> str:
    for given, name in sorted(names.items(), key=lambda pair: -len(pair[0])):
        sentence = sentence.replace(given, name)
    shown = sentence.replace("<", "&lt;").replace("*", "\\*").replace("|", "\\|")  # as Markdown shows them
    return "<br>".join(line.strip() for line in shown.splitlines() if line.strip())


def _write(wrong: str, where: str, sentence: str) -> None:
    line = f"| {wrong} | {where} | {sentence} |"
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    at = next((n for n, old in enumerate(lines) if old.startswith(f"| {wrong} | {where} |")), None)
    if at is None:
        lines.append(line)
    else:
        lines[at] = line
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
