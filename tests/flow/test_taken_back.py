"""What is taken back while somebody else moves it at the same moment is taken back all the same."""

from collections.abc import Callable

from daypass.lifecycle.cancel import cancel
from daypass.lifecycle.end.operator import end_as_operator
from daypass.lifecycle.preapprovals import withdraw
from daypass.model.fact import Fact
from daypass.model.preapproval import Preapproval
from daypass.model.principal import PrincipalId
from daypass.model.record import Validity
from daypass.model.request import RequestState
from daypass.rules.load.read import parse
from daypass.store.ledger import SqlLedger
from tests.flow.conftest import Walk
from tests.flow.test_stages import TEAM_THEN_SECURITY
from tests.makers import ANN, BOB, principal

CARL = principal(PrincipalId("U0CARL"), None)


class Overtaken(SqlLedger):
    """A ledger in which something happens between what was read and the next commit, once."""

    meanwhile: Callable[[], object] | None = None

    def record(self, *facts: Fact) -> None:
        """Let it happen, and write."""
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        super().record(*facts)


def overtaken(walk: Walk, by: Callable[[], object]) -> Overtaken:
    """The walk's ledger, as somebody has it who is overtaken."""
    ledger = Overtaken(walk.database)
    ledger.meanwhile = by
    return ledger


def test_a_request_is_taken_back_while_one_of_several_allows_it(walk: Walk) -> None:
    """Bob's click, the first of two that it needs, comes first; it still waits then, and Ann takes it back."""
    walk.directory.people[CARL.id] = CARL
    walk.rules = parse(TEAM_THEN_SECURITY, name="rules.yaml")
    request = walk.ask()
    ledger = overtaken(walk, lambda: walk.click(request.id, by=BOB))
    cancel(request.id, by=ANN, ledger=ledger, now=walk.clock())

    assert walk.ledger.request(request.id).state is RequestState.CANCELLED


def test_an_approval_in_advance_is_taken_back_while_it_is_used(walk: Walk) -> None:
    """Ann asks under it at the same moment: she has what she asked for, and nothing more of it."""
    permit = walk.allow()
    ledger = overtaken(walk, walk.ask)
    withdraw(permit.id, by=BOB, ledger=ledger, now=walk.clock())

    assert walk.ledger.find(Preapproval, permit.id).state is Validity.CLOSED


def test_the_operator_ends_what_somebody_moves(walk: Walk) -> None:
    """Ann uses it at the moment at which it is ended on the machine."""
    permit = walk.allow()
    ledger = overtaken(walk, walk.ask)
    end_as_operator(permit.id, os_user="root", reason="", ledger=ledger, now=walk.clock())

    assert walk.ledger.find(Preapproval, permit.id).state is Validity.CLOSED
