"""
Long answers, sent while they are made.

The first piece is made before the answer begins, so that a refusal is still a refusal; what fails later breaks the
connection, and nobody takes half a file for a whole one.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from fastapi.responses import StreamingResponse

LINES: dict[int | str, dict[str, Any]] = {
    200: {"description": "A JSON object a line.", "content": {"application/x-ndjson": {}}}
}
OCTETS: dict[int | str, dict[str, Any]] = {200: {"description": "A file.", "content": {"application/octet-stream": {}}}}
"""What the description says of an operation that streams."""
_CHUNK_BYTES = 64 * 1024


def stream(pieces: Iterable[bytes], *, media_type: str, headers: Mapping[str, str] | None = None) -> StreamingResponse:
    """Send pieces joined to about 64 KiB, as each one sent costs a walk through a thread."""
    chunks = _joined(pieces)
    first = next(chunks)
    return StreamingResponse(_from(first, chunks), media_type=media_type, headers=headers)


def _from(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK_BYTES:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)
