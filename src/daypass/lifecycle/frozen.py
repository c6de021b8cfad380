"""
The one gate for freezes: whatever gives something to somebody passes it, and nothing that ends anything does.

    asking, approving, windows, extensions, break glass      weighing.weigh
    what begins minutes after its approval                   begin.RulesJudge
    whose click it is, and approving in advance              review.approve, permits.allow
    changes of the rules                                     ruling.propose, ruling.decide_change
    logins, bots, agents                                     login.confirm, robots.identify
    credentials, console addresses, links                    hand_out.live
"""

from collections.abc import Iterable

from daypass.model.entitlement import S3Place
from daypass.model.errors import NotAllowed, NotFound
from daypass.model.freeze import IN_FORCE, Freeze, Freezes
from daypass.model.kept import Robot
from daypass.model.principal import ROBOT, Principal, PrincipalId
from daypass.ports import Cabinet


def must_not_be_frozen(people: Iterable[Principal | PrincipalId], place: S3Place | None, cabinet: Cabinet) -> None:
    """
    Raise NotAllowed when one of these people, who answers for a bot among them, or this place is frozen.

    A person's other accounts count, where they are known. Raises Misconfigured when the freezes cannot be read: what
    cannot be read is not read as none.
    """
    standing = freezes(cabinet)
    if not standing:
        return
    ids = frozenset(one for each in people for one in _accounts(each, cabinet))
    for freeze in standing:
        if freeze.extent.names(ids) or (place is not None and freeze.extent.touches(place)):
            raise NotAllowed(_sentence(freeze))


def freezes(cabinet: Cabinet) -> tuple[Freeze, ...]:
    """Every freeze that stands, the oldest first."""
    try:
        return cabinet.find(Freezes, IN_FORCE).standing
    except NotFound:
        return ()


def _accounts(one: Principal | PrincipalId, cabinet: Cabinet) -> Iterable[PrincipalId]:
    if isinstance(one, Principal):
        yield from one.same_as
        if one.owner is not None:
            yield one.owner
    found = one.id if isinstance(one, Principal) else one
    yield found
    if found.startswith(ROBOT):
        try:
            yield cabinet.find(Robot, found).owner
        except NotFound:
            return


def _sentence(freeze: Freeze) -> str:
    what = "Everything" if freeze.extent.everything else str(freeze.extent)
    return (
        f"{what} is frozen: nothing new is given until two owners of the rules lift it "
        f"(`daypass lift {freeze.id}`). What there is can be ended as always."
    )
