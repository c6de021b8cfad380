"""The journal, carried out of the house: the export, the newest checkpoint, the key, and the two proofs of RFC 6962."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import StreamingResponse

from daypass.doors.api.authentication import Reader, WithServices
from daypass.doors.api.router import api_router
from daypass.doors.api.stream import OCTETS, stream
from daypass.doors.api.visibility import may_audit, must_audit
from daypass.doors.wire.handout import CheckpointOut, ConsistencyOut, InclusionOut, KeyOut
from daypass.doors.wire.queries import Between
from daypass.journal.consistency import write_consistency
from daypass.journal.tlog_proof import write_tlog_proof

router = api_router("journal", "/journal")

_MOST = 2**53


@router.get("/export", response_class=StreamingResponse, responses=OCTETS)
def export(caller: Reader, services: WithServices) -> StreamingResponse:
    """The whole journal, as the file that `daypass verify` checks without a database."""
    must_audit(caller, services)
    headers = {"Content-Disposition": 'attachment; filename="daypass-journal.jsonl"'}
    return stream(services.book.export(), media_type="application/octet-stream", headers=headers)


@router.get("/checkpoint")
def checkpoint(_caller: Reader, services: WithServices) -> CheckpointOut:
    """The newest signed checkpoint."""
    newest = services.book.checkpoint()
    return CheckpointOut(checkpoint=newest.note, size=newest.size)


@router.get("/key")
def key(_caller: Reader, services: WithServices) -> KeyOut:
    """The key that checks our checkpoints. Take it once, by a way you trust, and keep it."""
    return KeyOut(public_key=services.book.public_key())


@router.get("/inclusion/{index}")
def inclusion(caller: Reader, index: Annotated[int, Path(ge=0, lt=_MOST)], services: WithServices) -> InclusionOut:
    """The proof that an entry is under the newest checkpoint; the entry itself for those who may export the journal."""
    found = services.book.inclusion(index)
    line = found.line if may_audit(caller, services) else None
    return InclusionOut(
        index=index,
        entry=None if line is None else line.decode(),
        hashes=_in_hex(found.hashes),
        checkpoint=found.checkpoint.note,
        proof=write_tlog_proof(index, found.hashes, found.checkpoint.note, line),
    )


@router.get("/consistency", responses={404: {"description": "No checkpoint yet."}})
def consistency(_caller: Reader, sizes: Annotated[Between, Query()], services: WithServices) -> ConsistencyOut:
    """The proof that the checkpoint of `second` entries, or the newest, only added to the tree of `first`."""
    found = services.book.consistency(sizes.first, sizes.second)
    return ConsistencyOut(
        first=found.first,
        second=found.newer.size,
        hashes=_in_hex(found.hashes),
        first_checkpoint=None if found.older is None else found.older.note,
        checkpoint=found.newer.note,
        proof=write_consistency(found.first, found.hashes, found.newer.note),
    )


def _in_hex(hashes: Iterable[bytes]) -> list[str]:
    return [one.hex() for one in hashes]
