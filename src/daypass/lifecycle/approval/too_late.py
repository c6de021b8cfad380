"""What became of a request, for whoever comes too late to it."""

from daypass.lifecycle.end.end_early import how_closed
from daypass.lifecycle.idempotency import how_decided
from daypass.model.errors import TooLate
from daypass.model.request import Request, RequestState
from daypass.model.text import Text, text_of


def outcome(request: Request) -> Text:
    """Say in a sentence what became of a request."""
    match request.state:
        case RequestState.PENDING:
            return ("It waits for a decision.",)
        case RequestState.CANCELLED if request.closed is not None:
            return (how_closed(request.closed, request.extends),)
        case RequestState.CANCELLED:
            return ("It was cancelled by the one who asked.",)
        case RequestState.LAPSED:
            return ("Nobody decided in time, so it lapsed; ask again.",)
        case RequestState.APPROVED | RequestState.DENIED:
            return how_decided(request)


def decided_already(request: Request, besides: str = "") -> TooLate:
    """Make the refusal that says what became of a request."""
    return TooLate(text_of(outcome(request), besides and f" {besides}"))
