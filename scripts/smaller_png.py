"""
Make a screenshot small enough for the repository: 256 colours, packed as tightly as zlib can.

    python scripts/smaller_png.py out/1-asked.png docs/gallery/asked.png

Reads what Chromium writes (8-bit RGB, not interlaced) with the standard library alone.
"""

import struct
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGB, PALETTE = 2, 3
_CHANNELS = 3
_COLOURS = 256

Colour = tuple[int, ...]


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Go through a file's chunks: their type and content (PNG, section 5.3)."""
    at = len(SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def rows(packed: bytes, width: int) -> Iterator[bytes]:
    """Undo the filters of section 9.2, row by row."""
    raw, step = zlib.decompress(packed), width * _CHANNELS
    above = bytearray(step)
    for start in range(0, len(raw), step + 1):
        row = bytearray(raw[start + 1 : start + 1 + step])
        _unfilter(raw[start], row, above)
        yield bytes(row)
        above = row


def _unfilter(kind: int, row: bytearray, above: bytearray) -> None:
    for x in range(len(row)) if kind else ():
        left, corner = (row[x - _CHANNELS], above[x - _CHANNELS]) if x >= _CHANNELS else (0, 0)
        guess = (0, left, above[x], (left + above[x]) // 2, _paeth(left, above[x], corner))[kind]
        row[x] = (row[x] + guess) & 0xFF


def _paeth(left: int, up: int, corner: int) -> int:
    return min((left, up, corner), key=lambda one: abs(left + up - corner - one))


def pixels(row: bytes) -> Iterable[Colour]:
    """The colours of a row."""
    return zip(row[0::3], row[1::3], row[2::3], strict=True)


def nearest(colours: Counter[Colour]) -> tuple[list[Colour], dict[Colour, int]]:
    """Choose the commonest colours, and for every colour the nearest of them."""
    palette = [colour for colour, _ in colours.most_common(_COLOURS)]
    among = {colour: min(range(len(palette)), key=lambda one: _apart(colour, palette[one])) for colour in colours}
    return palette, among


def _apart(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def written(kind: bytes, content: bytes) -> bytes:
    """One chunk as it stands in a file."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def smaller(data: bytes) -> bytes:
    """The same picture with at most 256 colours. Raises ValueError for another kind of PNG."""
    found = list(chunks(data))
    width, height, depth, colour_type = struct.unpack_from(">IIBB", found[0][1])
    if (depth, colour_type) != (8, RGB):
        raise ValueError("only 8-bit RGB is read here")
    picture = list(rows(b"".join(content for kind, content in found if kind == b"IDAT"), width))
    palette, among = nearest(Counter(colour for row in picture for colour in pixels(row)))
    indices = b"".join(b"\0" + bytes(among[colour] for colour in pixels(row)) for row in picture)
    head = struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    parts = [(b"IHDR", head), (b"PLTE", bytes(part for colour in palette for part in colour))]
    return SIGNATURE + b"".join(
        written(*part) for part in [*parts, (b"IDAT", zlib.compress(indices, 9)), (b"IEND", b"")]
    )


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    target.write_bytes(smaller(source.read_bytes()))
    print(f"{target}: {target.stat().st_size:,} bytes")
