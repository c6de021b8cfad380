"""The journal, carried out of the house: the export, the newest checkpoint, the key, and the two proofs of RFC 6962."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse

from daypass.doors.api.caller import AtDesk, Reader
from daypass.doors.api.sight import must_audit
from daypass.doors.api.streaming import stream
from daypass.doors.wire.handed import CheckpointOut, KeyOut, ProofOut

router = APIRouter(prefix="/journal", tags=["journal"])

_MOST = 2**53
Count = Annotated[int, Query(ge=0, lt=_MOST)]


@router.get("/export", response_class=StreamingResponse)
def export(desk: AtDesk, caller: Reader) -> StreamingResponse:
    """The whole journal, as the file that `daypass verify` checks without a database."""
    must_audit(caller, desk)
    headers = {"Content-Disposition": 'attachment; filename="daypass-journal.jsonl"'}
    return stream(desk.book.export(), media_type="application/octet-stream", headers=headers)


@router.get("/checkpoint")
def checkpoint(desk: AtDesk, _caller: Reader) -> CheckpointOut:
    """The newest signed checkpoint."""
    return CheckpointOut(checkpoint=desk.book.checkpoint(), size=desk.book.size())


@router.get("/key")
def key(desk: AtDesk, _caller: Reader) -> KeyOut:
    """The key that checks our checkpoints. Take it once, by a way you trust, and keep it."""
    return KeyOut(public_key=desk.book.public_key())


@router.get("/inclusion/{index}")
def inclusion(index: Annotated[int, Path(ge=0, lt=_MOST)], desk: AtDesk, _caller: Reader) -> ProofOut:
    """The proof that an entry is under the newest checkpoint."""
    return ProofOut(hashes=[one.hex() for one in desk.book.inclusion(index)], checkpoint=desk.book.checkpoint())


@router.get("/consistency")
def consistency(first: Count, second: Count, desk: AtDesk, _caller: Reader) -> ProofOut:
    """The proof that the tree of `second` entries only added to that of `first`."""
    return ProofOut(
        hashes=[one.hex() for one in desk.book.consistency(first, second)], checkpoint=desk.book.checkpoint()
    )
