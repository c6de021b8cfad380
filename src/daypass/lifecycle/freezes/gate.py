"""
The one gate for freezes: whatever gives something to somebody passes it, and nothing that ends anything does.

    asking, approving, windows, extensions, break glass      judge.Judge.judge
    what begins minutes after its approval                   begin.Clearing
    whose click it is, and approving in advance              review.approve, permits.allow
    changes of the rules                                     ruling.propose, ruling.decide_change
    logins, bots, agents                                     login.confirm, robots.identify
    credentials, console addresses, links                    hand_out.live

The gate gives back the row that it read, and what is given is written with it (Fact.stands): of a freeze and what it
would have refused, at the same moment, one is first, and the second sees it.
"""

from collections.abc import Callable, Iterable

from daypass.lifecycle.retries import tries
from daypass.model.bot import Bot
from daypass.model.errors import Conflict, NotAllowed, NotFound
from daypass.model.fact import Fact
from daypass.model.freeze import IN_FORCE, NEVER, Freeze, Freezes
from daypass.model.principal import OPERATOR, ROBOT, Principal, PrincipalId
from daypass.model.resource import Resource
from daypass.ports import Ledger, Records


def must_not_be_frozen(
    people: Iterable[Principal | PrincipalId],
    place: Resource | None,
    records: Records,
    *,
    reader: PrincipalId | None = None,
) -> Freezes:
    """
    Raise NotAllowed when one of these people, who answers for a bot among them, or this place is frozen.

    Returns what must still stand when whatever is given by this is written. A person's other accounts count, where they
    are known. `reader` is who reads the refusal, where that is one of them: it speaks to them of themselves. Raises
    Misconfigured when the freezes cannot be read: what cannot be read is not read as none.
    """
    row = freezes_now(records)
    if not row.standing:
        return row
    ids = frozenset(one for each in people for one in _accounts(each, records))
    for freeze in row.standing:
        if freeze.extent.names(ids) or (place is not None and freeze.extent.touches(place)):
            raise NotAllowed(_sentence(freeze, reader, records))
    return row


def record_unless_frozen(
    make: Callable[[Freezes], Fact], people: tuple[PrincipalId, ...], place: Resource | None, ledger: Ledger
) -> None:
    """Write a fact that gives something unless it is frozen. Raises NotAllowed, and Conflict when others come first."""
    for _ in tries():
        row = must_not_be_frozen(people, place, ledger)
        try:
            ledger.record(make(row))
        except Conflict:
            if freezes_now(ledger).revision == row.revision:
                raise
        else:
            return
    raise Conflict("Too much is being frozen and lifted at this moment; try again.")


def freeze_of(person: PrincipalId, records: Records) -> str:
    """What somebody who is frozen themselves is told of that; empty for everybody else."""
    found = (one for one in freezes(records) if _is_of(person, one, records))
    return next((to_the_frozen(one) for one in found), "")


def to_the_frozen(freeze: Freeze) -> str:
    """A freeze of a person as they read it: by whom, until when, whom to ask; why is for those who lift it."""
    others = [one for one in freeze.everybody if one != freeze.extent.person]
    by = " and ".join("the operator" if one == OPERATOR else one for one in others)
    first = f"You are frozen, by {by}" if others else "You have frozen yourself"
    whom = f"{by}, or another owner of the rules" if others else "an owner of the rules"
    return (
        f"{first}: you get nothing new until two owners of the rules lift that. Ask {whom}. "
        "What you have can be ended as always."
    )


def freezes(records: Records) -> tuple[Freeze, ...]:
    """Every freeze that stands, the oldest first."""
    return freezes_now(records).standing


def freezes_now(records: Records) -> Freezes:
    """The row of all freezes, as one that was never written where there is none yet."""
    try:
        return records.find(Freezes, IN_FORCE)
    except NotFound:
        return Freezes(standing=(), at=NEVER)


def _accounts(one: Principal | PrincipalId, records: Records) -> Iterable[PrincipalId]:
    if isinstance(one, Principal):
        yield from one.same_as
        if one.owner is not None:
            yield one.owner
    found = one.id if isinstance(one, Principal) else one
    yield found
    if found.startswith(ROBOT):
        try:
            yield records.find(Bot, found).owner
        except NotFound:
            return


def _is_of(person: PrincipalId, freeze: Freeze, records: Records) -> bool:
    return not freeze.extent.everything and freeze.extent.names(frozenset(_accounts(person, records)))


def _sentence(freeze: Freeze, reader: PrincipalId | None, records: Records) -> str:
    if reader is not None and _is_of(reader, freeze, records):
        return to_the_frozen(freeze)
    what = "Everything" if freeze.extent.everything else str(freeze.extent)
    return (
        f"{what} is frozen: nothing new is given until two owners of the rules lift it. "
        "What there is can be ended as always."
    )
