"""What the doctor asks AWS: who Daypass is there, what it may do, and what stands there under its mark."""

from datetime import timedelta
from itertools import islice

from daypass.aws.identities import Kind, own_arn
from daypass.aws.inline_policies import InlinePolicies
from daypass.model.errors import DaypassError
from daypass.ports import MarkedObject, Strange
from daypass.wiring.build import Daypass, now
from daypass.wiring.clock import Agreement
from daypass.wiring.installation_tag import whose_role
from daypass.wiring.people import people

_NOTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}'
"""The session policy of the session that is opened and thrown away."""

_LISTED = 20


class CheckFailed(DaypassError):
    """A check that found something to fix."""


def aws_identity(house: Daypass) -> str:
    """Whom AWS takes Daypass for."""
    return f"AWS knows Daypass as {own_arn(house.clients)}."


def clock(house: Daypass) -> str:
    """Whether this machine's clock agrees with AWS's."""
    house.clock.compare_with_aws()
    if house.clock.agreement is not Agreement.AGREE:
        raise CheckFailed(house.clock.sentence)
    return house.clock.sentence


def buckets(house: Daypass) -> str:
    """Whether the form can suggest buckets."""
    return f"Daypass sees {len(house.buckets.buckets())} buckets to suggest in the form."


def broker(house: Daypass) -> str:
    """Whether sessions can be opened."""
    if house.sessions is None:
        return "No broker role is set: access is lent as policies only, without sessions and links."
    house.sessions.open("daypass-doctor", _NOTHING, timedelta())
    mine = house.database.signer.public.id.hex()
    return f"Daypass may open sessions on {house.sessions.role_arn}. {whose_role(house.sessions, mine)}"


def aws_people(house: Daypass) -> str:
    """Everybody's AWS identity; and on the first of them, whether a policy could be put there."""
    known = people(house.settings, house.buckets, house.services.ledger, now).identities()
    for first in islice(known.values(), 1):
        kind: Kind = "user" if first.kind == "user" else "role"
        InlinePolicies(clients=house.clients, kind=kind, owner=first.name).may_put("daypass-doctor")
        return f"Daypass knows the AWS identity of {len(known)} people, and may put policies on {first.name}."
    return "Daypass knows nobody's AWS identity: access is lent as sessions and links, and not as policies."


def sweep(house: Daypass) -> str:
    """What stands in AWS under this installation's mark, and whether the ledger knows it."""
    found = list(house.sweep.standing())
    ours = [one for one in found if isinstance(one, MarkedObject)]
    strange = [one.what for one in found if isinstance(one, Strange)]
    known = house.services.ledger.told_of({one.grant for one in ours})
    if unknown := [one.what for one in ours if one.grant not in known]:
        raise CheckFailed(
            f"{len(unknown)} things in AWS carry the mark of this installation and the ledger does not know their "
            "grants, so the ledger is older than AWS: a backup was restored, or this is a copy. They are left alone. "
            f"`daypass operator sweep-unknown` shows and removes them:\n{_listed(unknown)}"
        )
    others = f" {len(strange)} are left alone, as they are of another Daypass:\n{_listed(strange)}" if strange else ""
    return f"Daypass can look for what stands in AWS under its mark: {len(ours)} things do.{others}"


def _listed(what: list[str]) -> str:
    return "\n".join(f"  {one}" for one in what[:_LISTED])
